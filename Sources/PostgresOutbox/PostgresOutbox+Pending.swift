// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox
import PostgresConnection

/// Events that wait for a look-up: every node tries them, and at a time only one of them a certain event.
extension PostgresOutbox: PendingEventStore {
    package func pendingEvents(of source: String, limit: Int) async throws(StoreError) -> [PendingEvent.Due] {
        let holder = holder
        return try await ask { try LookUpRows.due(of: source, limit: limit, by: holder, &$0) }
    }

    /// The event is this node's for a while.
    package func pendingEvent(_ id: EventID) async throws(StoreError) -> PendingEvent? {
        let holder = holder
        noteTry()
        return try await write(again: true) { try LookUpRows.take(id, by: holder, &$0) }
    }

    /// Lets other nodes try at once what this one tried when it ended; else they would wait until its time is over.
    func releaseTries() async {
        let holder = holder
        try? await desk.perform { session in
            _ = try session.rows(LookUpRows.release(by: holder), by: ContinuousClock.now.advanced(by: .seconds(2)))
        }
    }

    package func pendingCounts() async throws(StoreError) -> [String: Int] {
        try await ask { try LookUpRows.counts(&$0) }
    }

    package func postpone(
        _ id: EventID,
        until time: Timestamp,
        because reason: String
    ) async throws(StoreError) {
        try await write { try LookUpRows.postpone(id, until: time, because: reason, &$0) }
    }

    /// Of nodes that tried the event at the same time the first one concludes it, and the others hear that it waits no more.
    package func conclude(_ evaluation: LateEvaluation, at now: Timestamp) async throws(StoreError) -> Receipt? {
        let work = LateWork(evaluation, at: now, keys: keys(at: now))
        return try await change(piecesOf: work.ids, again: true) { try work.conclude(&$0, &$1) }
    }
}
