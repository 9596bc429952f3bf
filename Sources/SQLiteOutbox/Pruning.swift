// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Messages

/// Deletes what a rule says need not be kept any more, a bounded number of rows of each kind, inside the caller's
/// transaction.
struct Pruning {
    let database: Database
    let limit: Int

    func prune(_ rule: PruneRule, effects: inout WriteQueue.Effects) throws -> Pruned {
        let (events, messages) = try pruneEvents(before: rule.eventsBefore, effects: &effects)
        let rejections = try delete(
            "DELETE FROM rejections WHERE seq IN (SELECT seq FROM rejections WHERE at < ? ORDER BY at LIMIT ?)",
            [rule.rejectionsBefore.microseconds, limit]
        )
        _ = try delete(
            "DELETE FROM consent_doubts WHERE seq IN (SELECT seq FROM consent_doubts WHERE at < ? LIMIT ?)",
            [rule.eventsBefore.microseconds, limit]
        )
        return Pruned(
            events: events,
            messages: messages,
            rejections: rejections,
            keys: try forgetKeys(rule.keysUntil.microseconds),
            contents: try rule.contentsBefore.map(eraseContents) ?? 0,
            limit: limit
        )
    }

    /// Deletes what is held no longer: what tells a repetition, what rules have told, requests that may be repeated.
    ///
    /// - Returns: How many of each.
    private func forgetKeys(_ keys: Int64) throws -> [Int] {
        let dedupeKeys = try delete(
            """
            DELETE FROM dedupe_keys WHERE (source, key) IN
                (SELECT source, key FROM dedupe_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
            """,
            [keys, limit]
        )
        let facts = try delete(
            """
            DELETE FROM facts WHERE (rule, recipient, kind, key) IN
                (SELECT rule, recipient, kind, key FROM facts WHERE until <= ? ORDER BY until LIMIT ?)
            """,
            [keys, limit]
        )
        let idempotencyKeys = try delete(
            """
            DELETE FROM idempotency_keys WHERE (api_key, key) IN
                (SELECT api_key, key FROM idempotency_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
            """,
            [keys, limit]
        )
        return [dedupeKeys, facts, idempotencyKeys]
    }

    private static let keptStates = MessageState.kept.map { "'\($0.rawValue)'" }.joined(separator: ", ")

    /// Deletes old events whose messages all are settled; one that nobody has decided about keeps its event, and an
    /// event that waits for its look-up is kept.
    private func pruneEvents(
        before cutoff: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> (events: Int, messages: Int) {
        let old = try database.rows(
            """
            SELECT seq FROM events e WHERE received_at < ? AND NOT EXISTS
                (SELECT 1 FROM messages m WHERE m.event = e.seq AND m.state IN (\(Self.keptStates)))
                AND NOT EXISTS (SELECT 1 FROM look_ups l WHERE l.event = e.seq AND l.due_at IS NOT NULL)
                AND NOT EXISTS (SELECT 1 FROM digest_items i JOIN messages m ON m.seq = i.message
                    WHERE i.event = e.seq AND m.event <> e.seq)
            ORDER BY received_at LIMIT ?
            """,
            [cutoff.microseconds, limit]
        ) { $0[0] as Int64 }
        let table = MessageTable(database: database)
        var messages = 0
        for event in old {
            let made = try database.rows("SELECT seq FROM messages WHERE event = ?", [event]) { $0[0] as Int64 }
            for message in made { try table.delete(message, &effects) }
            messages += made.count
            try database.run("DELETE FROM look_ups WHERE event = ?", [event])
            try database.run("DELETE FROM event_bodies WHERE event = ?", [event])
            try database.run("DELETE FROM event_traces WHERE event = ?", [event])
            try database.run("DELETE FROM events WHERE seq = ?", [event])
        }
        return (old.count, messages)
    }

    /// Erases what old events and their messages say, and keeps that they were, of those that ``pruneEvents`` would take.
    ///
    /// - Returns: Of how many events.
    private func eraseContents(before cutoff: Timestamp) throws -> Int {
        // Rows are numbered about as they came: no body behind the first younger event is looked at.
        let old = try database.rows(
            """
            SELECT b.event FROM event_bodies b JOIN events e ON e.seq = b.event
            WHERE b.event < coalesce(
                    (SELECT seq FROM events WHERE received_at >= ? ORDER BY received_at LIMIT 1), 9223372036854775807
                )
                AND e.received_at < ? AND NOT EXISTS
                (SELECT 1 FROM messages m WHERE m.event = b.event AND m.state IN (\(Self.keptStates)))
                AND NOT EXISTS (SELECT 1 FROM look_ups l WHERE l.event = b.event AND l.due_at IS NOT NULL)
                AND NOT EXISTS (SELECT 1 FROM digest_items i JOIN messages m ON m.seq = i.message
                    WHERE i.event = b.event AND m.state IN (\(Self.keptStates)))
            ORDER BY b.event LIMIT ?
            """,
            [cutoff.microseconds, cutoff.microseconds, limit]
        ) { $0[0] as Int64 }
        for event in old {
            for table in ["message_requests", "message_alternatives"] {
                try database.run(
                    "DELETE FROM \(table) WHERE message IN (SELECT seq FROM messages WHERE event = ?)",
                    [event]
                )
            }
            try database.run(
                "UPDATE attempts SET body = NULL WHERE message IN (SELECT seq FROM messages WHERE event = ?)",
                [event]
            )
            try database.run("UPDATE messages SET request = NULL WHERE event = ? AND request IS NOT NULL", [event])
            try EventContents(database: database).erase(event, inDigests: nil)
        }
        return old.count
    }

    private func delete(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try database.run(sql, arguments)
        return database.changesCount
    }
}

/// What an event says: the one place where it is erased while the record that it came stays.
struct EventContents {
    let database: Database

    /// Whether what an event says is still there: builds of before migration 22 erased it by leaving an empty row.
    static func isKept(_ headers: String, _ body: Data?) -> Bool {
        body.map { !$0.isEmpty || headers != "[]" } ?? false
    }

    /// Erases headers, body, look-up, and what digests keep of an event.
    ///
    /// - Parameters:
    ///   - event: The event's number.
    ///   - left: What digests keep in its place; `nil` for nothing: it is only counted then.
    /// - Throws: What SQLite says.
    func erase(_ event: Int64, inDigests left: Data?) throws {
        try database.run("DELETE FROM event_bodies WHERE event = ?", [event])
        try database.run("DELETE FROM look_ups WHERE event = ?", [event])
        try database.run("UPDATE digest_items SET payload = ? WHERE event = ? AND payload NOTNULL", [left, event])
    }
}
