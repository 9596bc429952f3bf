// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

// Events whose rules wait for a look-up.

extension MemoryOutbox {
    package func pendingEvents(of source: String, limit: Int) async throws(StoreError) -> [PendingEvent.Due] {
        try read { book in
            let waiting = book.waiting.filter { $0.row.event.source == source }
            let due = waiting.sorted { ($0.at, $0.row.seq) < ($1.at, $1.row.seq) }.prefix(limit)
            return due.map { PendingEvent.Due(event: $0.row.event.id, at: $0.at) }
        }
    }

    package func pendingEvent(_ id: EventID) async throws(StoreError) -> PendingEvent? {
        try read { book in
            guard let row = book.events[id], let lookUp = row.lookUp, lookUp.dueAt != nil else { return nil }
            return PendingEvent(
                event: row.event,
                payload: lookUp.payload,
                failures: lookUp.failures,
                since: lookUp.since
            )
        }
    }

    package func pendingCounts() async throws(StoreError) -> [String: Int] {
        try read { book in Dictionary(grouping: book.waiting, by: \.row.event.source).mapValues(\.count) }
    }

    package func postpone(_ id: EventID, until time: Timestamp, because reason: String) async throws(StoreError) {
        try write { book in
            guard book.events[id]?.lookUp?.dueAt != nil else { return }
            book.events[id]?.lookUp?.failures += 1
            book.events[id]?.lookUp?.dueAt = time
            book.dispose(id, .pending(reason: reason))
        }
    }

    package func conclude(_ evaluation: LateEvaluation, at now: Timestamp) async throws(StoreError) -> Receipt? {
        let (id, keys) = (evaluation.event, times(at: now).keys)
        return try write { book throws(StoreError) in
            guard book.events[id]?.lookUp?.dueAt != nil else { return nil }
            book.events[id]?.lookUp?.dueAt = nil
            book.events[id]?.lookUp?.result = evaluation.result
            book.dispose(id, evaluation.disposition)
            try book.carryOut(evaluation.sideEffects, of: id, at: now, keys: keys)
            try book.insert(evaluation.messages, evaluation.digests, evaluation.failures, of: id, at: now, keys: keys)
            let messages = book.entries(of: id)
            return Receipt(event: id, isDuplicate: false, messages: messages, calledOff: book.events[id]?.calledOff)
        }
    }
}

extension Book {
    /// The events that wait, each with the time at which it is to be tried.
    fileprivate var waiting: [(row: EventRow, at: Timestamp)] {
        events.values.compactMap { row in row.lookUp?.dueAt.map { (row, $0) } }
    }

    fileprivate mutating func dispose(_ id: EventID, _ disposition: Disposition) {
        guard let event = events[id]?.event else { return }
        events[id]?.event = event.disposed(disposition)
    }

    mutating func resume(_ id: EventID, at now: Timestamp) throws(StoreError) {
        guard let row = events[id] else { throw StoreError(.notFound, "there is no event '\(id)'") }
        let resumed: Disposition
        do throws(ResumptionRefusal) {
            resumed = try .resumed(id, from: row.event.disposition.name, isLookedUp: row.lookUp != nil)
        } catch {
            throw StoreError(.conflict, "\(error)")
        }
        events[id]?.lookUp?.failures = 0
        events[id]?.lookUp?.since = now
        events[id]?.lookUp?.dueAt = now
        dispose(id, resumed)
    }
}

extension NewEvent {
    /// The event with what became of it, in the words that may be kept.
    func disposed(_ disposition: Disposition) -> NewEvent {
        var event = self
        event.disposition = Disposition(disposition.name, reason: disposition.reason)
        return event
    }
}
