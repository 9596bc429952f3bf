// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox
import PostgresConnection

// How the store is kept small and sound.

extension PostgresOutbox {
    /// So long it may take to count what is in old pieces, and to empty them.
    private static let emptiesWithin: Duration = .seconds(300)
    /// So long taking pieces away may wait for whoever reads them.
    private static let dropsWithin: Duration = .seconds(20)

    /// With tables in pieces, whole pieces go first that nothing keeps; then single events, as without pieces.
    package func prune(_ retention: Retention, now: Timestamp, limit: Int) async throws(StoreError) -> Pruned {
        let times = times(at: now)
        let rule = PruneRule(retention, deleting: times.deleting, keys: times.keys)
        let gone = try await prunePieces(rule, limit)
        return try await write { try Pruning(rule: rule, limit: limit).prune(after: gone, &$0) }
    }

    /// Empties old pieces and takes them away, where there are any, over a connection that nobody else waits for.
    private func prunePieces(_ rule: PruneRule, _ limit: Int) async throws(StoreError) -> PrunedPieces {
        let partitions = partitions
        let isNeeded = try await perform(on: desk) { session, deadline in
            try PrunedPieces.isNeeded(partitions, rule, session, by: deadline)
                || EmptyPieces.isNeeded(partitions, before: rule.eventsBefore, session, by: deadline)
        }
        guard isNeeded else { return PrunedPieces() }
        let lane = PostgresLane(to: address, options.session)
        let result: Result<PrunedPieces, any Error>
        do {
            let pieces = try await lane.perform { session in
                var pieces = PrunedPieces()
                let deadline = ContinuousClock.now.advanced(by: Self.emptiesWithin)
                try pieces.empty(partitions, rule, limit: limit, session, by: deadline)
                return pieces
            }
            result = .success(pieces)
        } catch {
            result = .failure(error)
        }
        // What does not come about is tried with the next round: nothing is in the pieces any more.
        _ = try? await lane.perform { session in
            let deadline = ContinuousClock.now.advanced(by: Self.dropsWithin)
            try EmptyPieces.drop(partitions, before: rule.eventsBefore, session, by: deadline)
        }
        await lane.close()
        do { return try result.get() } catch { throw StoreError(error) }
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
