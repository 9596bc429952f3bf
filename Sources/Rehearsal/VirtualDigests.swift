// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Rules

/// The events that digests in virtual time may need again, by the numbers that the virtual outbox knows them by.
struct VirtualDigests: Sendable {
    private var events: [(event: Event, context: EvaluationContext)] = []

    /// Keeps an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - context: What its evaluation depended on.
    /// - Returns: Its number.
    mutating func add(_ event: Event, _ context: EvaluationContext) -> Int {
        events.append((event, context))
        return events.count - 1
    }

    /// Builds a digest that is due.
    ///
    /// - Parameters:
    ///   - digest: The digest.
    ///   - rules: The rules as they are then.
    /// - Returns: Its message; or why there is none.
    func build(_ digest: VirtualDigest, _ rules: RuleSet) -> Result<PlannedMessage, DigestRefusal> {
        let kept = digest.events.map { events[$0] }
        guard var context = kept.last?.context, let recipient = digest.record.recipient.flatMap(Fact.recipient) else {
            return .failure(DigestRefusal(reason: "it has no events"))
        }
        context.now = digest.record.message.dueAt ?? context.now
        let rule = digest.record.message.rule
        return rules.digest(of: rule, kept.map(\.event), size: digest.size, to: recipient, in: context)
    }
}
