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

    /// Moves what was reckoned in spans by as much as the wall clock was set: ``ClockStep`` for all rows at once.
    ///
    /// - Returns: How many messages were moved.
    func follow(_ step: ClockStep) throws -> Int {
        let earliest = ClockStep.earliestLease.microseconds
        try database.run(
            "UPDATE messages SET lease_ends = max(?, lease_ends + ?) WHERE lease_ends IS NOT NULL AND lease_ends >= ?",
            [earliest, step.span.microseconds, earliest]
        )
        return step.isBack ? try followBack(step) : try followAhead(step)
    }

    private static let reckonedStates = ClockStep.reckonedStates.map { "'\($0.rawValue)'" }.joined(separator: ", ")

    private func followBack(_ step: ClockStep) throws -> Int {
        let (span, now) = (step.span.microseconds, step.now.microseconds)
        try database.run(
            "UPDATE look_ups SET due_at = due_at + ? WHERE due_at IS NOT NULL AND due_at > ?",
            [span, now]
        )
        try database.run(
            """
            UPDATE messages SET due_at = due_at + ?
            WHERE due_at IS NOT NULL AND due_at > ? AND (account = '' OR state IN (\(Self.reckonedStates)))
            """,
            [span, now]
        )
        return database.changesCount
    }

    private func followAhead(_ step: ClockStep) throws -> Int {
        let (span, before) = (step.span.microseconds, step.lastBefore.microseconds)
        try database.run(
            "UPDATE look_ups SET since = since + ? WHERE due_at IS NOT NULL AND since <= ?",
            [span, before]
        )
        try database.run(
            """
            UPDATE messages SET ages_from = ages_from + ?, expires_at = expires_at + ?
            WHERE (due_at IS NOT NULL OR lease_ends IS NOT NULL) AND created_at <= ?
            """,
            [span, span, before]
        )
        return database.changesCount
    }
}
