// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Rules

/// The events that digests in virtual time may need again, by the numbers that the virtual outbox knows them by.
struct VirtualDigests: Sendable {
    private var events: [Int: Kept] = [:]
    private var count = 0

    /// An event with what its evaluation depended on.
    private struct Kept {
        let event: Event
        let context: EvaluationContext
        /// How many digests may need it still.
        var uses: Int
    }

    /// Keeps an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - context: What its evaluation depended on.
    ///   - uses: How many digests it goes into; it is forgotten once all of them have released it.
    /// - Returns: Its number.
    mutating func add(_ event: Event, _ context: EvaluationContext, uses: Int = 1) -> Int {
        events[count] = Kept(event: event, context: context, uses: uses)
        count += 1
        return count - 1
    }

    /// A digest needs these events no more.
    mutating func release(_ numbers: [Int]) {
        for number in numbers {
            events[number]?.uses -= 1
            if events[number]?.uses == 0 { events[number] = nil }
        }
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
        let (kept, message) = (digest.events.compactMap { events[$0] }, digest.record.message)
        guard var context = kept.last?.context, let recipient = digest.record.recipient.flatMap(Fact.recipient) else {
            return (.failed("it has no events"), nil)
        }
        context.now = message.dueAt ?? context.now
        let made = rules.digest(of: message.rule, kept.map(\.event), size: digest.size, to: recipient, in: context)
        return (made.content(accounts: accounts, at: message.createdAt, in: context), try? made.get())
    }
}
