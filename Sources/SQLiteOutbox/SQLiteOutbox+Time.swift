// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Messages
package import Outbox

// What the store knows of time and of its own health.

extension SQLiteOutbox {
    package func follow(_ step: Duration, at now: Timestamp) async throws(StoreError) -> Int {
        try await writes.perform { database, effects in
            effects.wakes = true
            effects.standing = nil
            return try ClockTable(database: database).follow(ClockStep(step, at: now))
        }
    }

    package func remember(_ mark: Reckoning.Mark) async throws(StoreError) {
        try await writes.perform { database, _ in try ClockTable(database: database).remember(mark) }
    }

    package func lastTime() async throws(StoreError) -> Timestamp? {
        try await read { try ClockTable(database: $0).mark()?.wall }
    }

    package func examine(within limit: Duration) async throws(StoreError) -> StoreExamination {
        let pool = pool
        return try await Self.onBlockingQueue { () throws(StoreError) in
            do {
                return try DatabaseExamination(pool).run(within: limit)
            } catch {
                throw StoreError(error)
            }
        }
    }

    /// The times to judge by when a caller says that it is `now`.
    func times(at now: Timestamp) -> ReckonedTime.Times {
        guard let reckoned else { return .init(keys: now, deleting: now) }
        return reckoned.times
    }
}
