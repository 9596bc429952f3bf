// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox
import PostgresConnection

// How the store is kept small and sound.

extension PostgresOutbox {
    /// So long taking pieces away may wait for whoever reads them.
    private static let dropsWithin: Duration = .seconds(20)

    /// With tables in pieces, whole pieces go first that nothing keeps; then single events, as without pieces.
    package func prune(_ retention: Retention, now: Timestamp, limit: Int) async throws(StoreError) -> Pruned {
        let (times, partitions) = (times(at: now), partitions)
        let rule = PruneRule(retention, deleting: times.deleting, keys: times.keys)
        let (gone, leavesPieces) = try await perform(on: desk) { session, deadline in
            var pieces = PrunedPieces()
            try pieces.empty(partitions, rule, limit: limit, session, by: deadline)
            let rest = try EmptyPieces.isNeeded(partitions, before: rule.eventsBefore, session, by: deadline)
            return (pieces, rest)
        }
        if leavesPieces { await dropPieces(before: rule.eventsBefore) }
        return try await write { try Pruning(rule: rule, limit: limit).prune(after: gone, &$0) }
    }

    /// What does not come about is tried with the next round: nothing is in the pieces any more.
    private func dropPieces(before time: Timestamp) async {
        let (lane, partitions) = (PostgresLane(to: address, options.session), partitions)
        _ = try? await lane.perform { session in
            let deadline = ContinuousClock.now.advanced(by: Self.dropsWithin)
            try EmptyPieces.drop(partitions, before: time, session, by: deadline)
        }
        await lane.close()
    }

    package func examine(within limit: Duration) async throws(StoreError) -> StoreExamination {
        let lane = PostgresLane(to: address, options.session)
        let result: Result<StoreExamination, any Error>
        do {
            result = .success(try await lane.perform { try DatabaseExamination.run($0, within: limit) })
        } catch {
            result = .failure(error)
        }
        await lane.close()
        do { return try result.get() } catch { throw StoreError(error) }
    }
}
