// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Messages in virtual time, without a store and without a partner: they begin, wait and leave by the law that every
/// store asks, and whatever leaves is taken.
///
/// For `rules test`, which runs over days, and for `explain`.
package struct VirtualOutbox: Sendable {
    /// What was told and what left, so far.
    package var book = FactBook()
    /// The messages in the order in which they were accepted.
    package private(set) var messages: [Entry] = []

    /// A message with what became of it.
    package struct Entry: Sendable {
        /// The message as it stands.
        package fileprivate(set) var record: MessageRecord
        /// Where it began.
        package let beginning: Beginning
        /// Every reason of its timeline, the first one first.
        package fileprivate(set) var story: [String]

        /// Whether it was called off in time, of one that is only recorded.
        fileprivate var isCalledOff = false

        /// When it left, or would if its rule were live; `nil` for one that waits or does not leave.
        package var leftAt: Timestamp? {
            if beginning.obstacle == .shadow { return isCalledOff ? nil : beginning.due }
            return record.message.state == .sending ? record.claimedAt : nil
        }
    }

    /// An outbox in which nothing is.
    package init() {}

    /// Does what an event does beside its messages; to be called before these are taken.
    ///
    /// - Parameters:
    ///   - sideEffects: What it calls off, and what it says of changes.
    ///   - event: Which event.
    ///   - now: The time now.
    package mutating func carryOut(_ sideEffects: SideEffects, of event: CallingEvent, at now: Timestamp) {
        for cancellation in sideEffects.cancellations {
            for index in messages.indices {
                let record = messages[index].record
                guard record.message.rule == cancellation.rule, record.key == cancellation.key else { continue }
                messages[index].story += messages[index].record.callOff(by: event, at: now).1.map(\.why)
                guard messages[index].beginning.obstacle == .shadow, messages[index].beginning.due > now else {
                    continue
                }
                messages[index].isCalledOff = true
                messages[index].story.append("shadow mode: otherwise called off by \(event.name)")
            }
        }
        book.note(sideEffects, of: event, at: now, keys: now)
    }

    /// Takes a message, as a store does with the event that caused it.
    ///
    /// - Parameters:
    ///   - message: What a rule built.
    ///   - now: The time now.
    package mutating func accept(_ message: NewMessage, at now: Timestamp) {
        let (fact, terms) = (message.fact, message.terms)
        let beginning = book.begin(
            message.id,
            of: message.rule,
            telling: fact,
            terms,
            cause: message.cause,
            at: now,
            keys: now
        )
        let record = MessageRecord(message, of: (EventID(rawValue: ""), ""), beginning, at: now)
        messages.append(Entry(record: record, beginning: beginning, story: [beginning.reason]))
    }

    /// Lets time pass: what becomes due leaves or is held, in the order of the due times.
    ///
    /// - Parameter end: Until when; `nil` until nothing waits any more.
    package mutating func pass(until end: Timestamp?) {
        while let (index, due) = next(), end.map({ due <= $0 }) ?? true { claim(index, at: due) }
    }

    /// The message that is due first.
    private func next() -> (index: Int, due: Timestamp)? {
        messages.indices.compactMap { index in messages[index].record.message.dueAt.map { (index, $0) } }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }
    }

    private mutating func claim(_ index: Int, at time: Timestamp) {
        var entry = messages[index]
        let hold = entry.record.hold(at: time, keys: time) { book.departure($0) }
        do {
            entry.story += try entry.record.claim(until: time, at: time, held: hold).map(\.why)
        } catch {
            preconditionFailure("a message that is due waits, and can be claimed: \(error)")
        }
        book.depart(entry.record.departing(at: time))
        messages[index] = entry
    }
}
