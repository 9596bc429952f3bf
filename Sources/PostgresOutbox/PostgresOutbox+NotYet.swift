// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

/// What the store on PostgreSQL does not know yet: each of these is refused. The configuration refuses such a store while one
/// of them is left; docs/postgres.md lists them.
extension PostgresOutbox: OutboxStore, ConsentStore, DigestStore, PendingEventStore {
    private func missing(_ what: String) -> StoreError {
        StoreError(.failed, "the store on PostgreSQL does not know \(what) yet")
    }

    // MARK: Digests and look-ups

    package func dueDigests(at now: Timestamp, limit: Int) async throws(StoreError) -> DueDigests {
        throw missing("digests")
    }

    package func close(_ closings: [DigestClosing], at now: Timestamp) async throws(StoreError) -> [DigestResult] {
        throw missing("digests")
    }

    package func openDigests() async throws(StoreError) -> Int { throw missing("digests") }

    package func digestCalls() -> AsyncStream<Void> { AsyncStream { $0.finish() } }

    package func pendingEvents(of source: String, limit: Int) async throws(StoreError) -> [PendingEvent.Due] {
        throw missing("look-ups")
    }

    package func pendingEvent(_ id: EventID) async throws(StoreError) -> PendingEvent? { throw missing("look-ups") }

    package func pendingCounts() async throws(StoreError) -> [String: Int] { throw missing("look-ups") }

    package func postpone(
        _ id: EventID,
        until time: Timestamp,
        because reason: String
    ) async throws(StoreError) { throw missing("look-ups") }

    package func conclude(_ evaluation: LateEvaluation, at now: Timestamp) async throws(StoreError) -> Receipt? {
        throw missing("look-ups")
    }
}
