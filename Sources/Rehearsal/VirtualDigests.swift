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
    ///   - accounts: The accounts of the configuration, the default first; empty for any.
    /// - Returns: Its message as the outbox takes it and as its rule made it; or why there is none.
    func build(
        _ digest: VirtualDigest,
        _ rules: RuleSet,
        accounts: [String] = []
    ) -> (content: DigestContent, message: PlannedMessage?) {
        let (kept, message) = (digest.events.map { events[$0] }, digest.record.message)
        guard var context = kept.last?.context, let recipient = digest.record.recipient.flatMap(Fact.recipient) else {
            return (.failed("it has no events"), nil)
        }
        context.now = message.dueAt ?? context.now
        let made = rules.digest(of: message.rule, kept.map(\.event), size: digest.size, to: recipient, in: context)
        return (made.content(accounts: accounts, at: message.createdAt, in: context), try? made.get())
    }
}
