// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
import NIOConcurrencyHelpers
package import Outbox
import PostgresConnection

extension PostgresOutbox: JobStore {
    package func counts(
        _ selection: MessageSelection,
        for kind: Decision.Kind
    ) async throws(StoreError) -> [SelectionCount] {
        try await read { try JobWork.counts(selection, for: kind, &$0) }
    }

    package func job(_ id: JobID) async throws(StoreError) -> Job? {
        try await read { try JobRows.job(id, &$0) }
    }

    package func job(ofKey key: String) async throws(StoreError) -> Job? {
        try await read { try JobRows.job(key: key, &$0) }
    }

    package func jobs(_ filter: JobFilter) async throws(StoreError) -> Page<Job> {
        try await ask { try JobRows.jobs(filter, &$0) }
    }

    /// What a job to begin is about; `nil` for any other change.
    func survey(_ action: OperatorAction) async throws(StoreError) -> JobWork.Survey? {
        guard case .beginJob(let order) = action.change else { return nil }
        return try await readWhole { try JobWork.survey(order, $0, &$1) }
    }

    /// Where messages go out of its way while it locks them, it takes fewer with the next try.
    package func step(_ id: JobID, at now: Timestamp) async throws(StoreError) -> Job? {
        let (keys, tries) = (keys(at: now), NIOLockedValueBox(0))
        return try await change { effects, transaction in
            let most = tries.withLockedValue { tries in
                defer { tries += 3 }
                return max(1, Job.largestStep >> tries)
            }
            return try JobWork.step(id, at: now, keys: keys, most: most, &effects, &transaction)
        }
    }

    // MARK: Replays

    package func count(_ scope: ReplayScope) async throws(StoreError) -> Int {
        try await read { try ReplayRows.count(scope, &$0) }
    }

    package func events(
        _ scope: ReplayScope,
        after place: Int64,
        upTo bound: Int64,
        limit: Int
    ) async throws(StoreError) -> [PlacedEvent] {
        try await read { try ReplayRows.events(scope, after: place, upTo: bound, limit: limit, &$0) }
    }

    package func holders(of facts: [Fact], at now: Timestamp) async throws(StoreError) -> [Fact: FactHolder] {
        let held = try await read { try FactRows.holders(of: Array(Set(facts)), locks: false, &$0) }
        return held.held(at: now, keys: keys(at: now))
    }

    /// A piece of the tables that is missing for the new messages is made, as for those that come through the doors.
    package func replay(_ batch: ReplayBatch, of id: JobID, at now: Timestamp) async throws(StoreError) -> Job? {
        let keys = keys(at: now)
        let ids = batch.events.flatMap { $0.consequences?.messages ?? [] }.compactMap { PostgresUUID($0.id) }
        // Run again it finds the job at another place.
        return try await change(piecesOf: ids, again: true) { effects, transaction in
            // The batch may have been stored with a commit of which nobody heard.
            effects.wakes = true
            return try ReplayWork.store(batch, of: id, at: now, keys: keys, &effects, &transaction)
        }
    }
}
