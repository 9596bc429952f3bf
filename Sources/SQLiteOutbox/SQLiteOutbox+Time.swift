// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import GRDB
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

    /// The file was opened only because each commit waits for the disk.
    package func standing() async throws(StoreError) -> StoreStanding {
        let (level, mode) = try await writes.perform { database, _ in
            (
                try database.row("PRAGMA synchronous", []) { $0[0] as Int64 },
                try database.row("PRAGMA journal_mode", []) { $0[0] as String }
            )
        }
        guard level ?? 0 >= 2 else {
            return StoreStanding(durability: .doubtful(because: "synchronous is not FULL"))
        }
        return StoreStanding(durability: .disk(by: "SQLite with synchronous = FULL, journal_mode = \(mode ?? "")"))
    }

    package func examine(within limit: Duration) async throws(StoreError) -> StoreExamination {
        let examination: DatabaseExamination
        do {
            // A connection of its own, which alone is interrupted when the time is up.
            var configuration = Configuration()
            configuration.readonly = true
            examination = DatabaseExamination(try DatabaseQueue(path: pool.path, configuration: configuration))
        } catch {
            throw StoreError(error)
        }
        let result: Result<StoreExamination, StoreError> = await withTaskCancellationHandler {
            await Self.onBlockingQueue {
                Result { () throws(StoreError) in
                    do { return try examination.run(within: limit) } catch { throw StoreError(error) }
                }
            }
        } onCancel: {
            examination.end()
        }
        return try result.get()
    }

    /// The times to judge by when a caller says that it is `now`.
    func times(at now: Timestamp) -> ReckonedTime.Times {
        guard let reckoned else { return .init(keys: now, deleting: now) }
        return reckoned.times
    }
}
