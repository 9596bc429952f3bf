// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// What the database knows of time, inside the caller's transaction or snapshot.
struct ClockTable {
    let database: Database

    /// The time of the last run; of a database from before this table, when its last event came.
    func mark() throws -> Reckoning.Mark? {
        let kept = try database.row("SELECT wall, keys FROM clock", []) { row in
            Reckoning.Mark(wall: row.time(0), keys: row.time(1))
        }
        if let kept { return kept }
        let last = try database.row("SELECT max(received_at) FROM events", []) { $0.optionalTime(0) } ?? nil
        return last.map { Reckoning.Mark(wall: $0, keys: $0) }
    }

    func remember(_ mark: Reckoning.Mark) throws {
        try database.run(
            "INSERT OR REPLACE INTO clock (id, wall, keys) VALUES (1, ?, ?)",
            [mark.wall.microseconds, mark.keys.microseconds]
        )
    }

    /// Moves what was reckoned in spans by as much as the wall clock was set.
    ///
    /// - Returns: How many messages were moved.
    func follow(_ step: Duration, now: Timestamp) throws -> Int {
        try database.run(
            "UPDATE messages SET lease_ends = max(1, lease_ends + ?) WHERE lease_ends IS NOT NULL AND lease_ends > 0",
            [step.microseconds]
        )
        return step < .zero ? try followBack(step, now) : try followAhead(step, now)
    }

    /// What would be held until the clock shows that time again leaves when it would have left.
    ///
    /// A message that a rule timed is `scheduled` or `deferred`, and keeps its time.
    private func followBack(_ step: Duration, _ now: Timestamp) throws -> Int {
        try database.run(
            "UPDATE look_ups SET due_at = due_at + ? WHERE due_at IS NOT NULL AND due_at > ?",
            [step.microseconds, now.microseconds]
        )
        try database.run(
            """
            UPDATE messages SET due_at = due_at + ?
            WHERE due_at IS NOT NULL AND due_at > ? AND state IN ('queued', 'retrying')
            """,
            [step.microseconds, now.microseconds]
        )
        return database.changesCount
    }

    /// The age and the expiry of what is not settled do not count the jump.
    ///
    /// What was stored since the jump has the new time already: it came in the moments before this, so half of the
    /// jump tells it from what was there before.
    private func followAhead(_ step: Duration, _ now: Timestamp) throws -> Int {
        let before = now.advanced(by: .zero - step / 2)
        try database.run(
            "UPDATE look_ups SET since = since + ? WHERE due_at IS NOT NULL AND since <= ?",
            [step.microseconds, before.microseconds]
        )
        try database.run(
            """
            UPDATE messages SET ages_from = ages_from + ?, expires_at = expires_at + ?
            WHERE (due_at IS NOT NULL OR lease_ends IS NOT NULL) AND created_at <= ?
            """,
            [step.microseconds, step.microseconds, before.microseconds]
        )
        return database.changesCount
    }
}
