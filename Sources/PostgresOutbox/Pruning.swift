// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Deletes what a rule says need not be kept any more, a bounded number of rows of each kind, inside the caller's
/// transaction.
///
/// Several nodes may at once: each passes by what another one has. What goes is locked before the law is asked, so that
/// nobody decides to send meanwhile what is being deleted.
struct Pruning {
    let rule: PruneRule
    let limit: Int

    /// Tables of which rows hang on a message, by its id in the column `message`.
    static let ofMessages =
        ["message_requests", "stories", "attempts", "replayed_messages", "leases"] + SubjectTables.ofMessages

    /// Deletes.
    ///
    /// - Parameters:
    ///   - gone: How many events and messages went already, with whole pieces of the tables.
    ///   - transaction: The transaction.
    /// - Returns: What was deleted, with what went already.
    /// - Throws: `PostgresError`.
    func prune(after gone: PrunedPieces, _ transaction: inout PostgresTransaction) throws -> Pruned {
        let room = max(0, limit - gone.events)
        let (events, messages) = room > 0 ? try pruneEvents(room, &transaction) : (0, 0)
        let contents = try rule.contentsBefore.map { try eraseContents(before: $0, &transaction) } ?? 0
        let counts = try transaction.rows(others).map { try $0.first.map { Int(try $0.number(0)) } ?? 0 }
        return Pruned(
            events: gone.events + events,
            messages: gone.messages + messages,
            rejections: counts[0],
            keys: Array(counts[1...3]),
            contents: contents,
            limit: limit
        )
    }

    // MARK: Events

    /// No message of `e` that the law keeps; what is on its way has a state that waits in its row.
    private static let isOver = """
        NOT EXISTS (SELECT 1 FROM hookline.messages m WHERE m.event = e.id AND m.state IN (\(MessageRows.kept)))
        AND e.disposition <> 'pending'
        """

    /// No digest of `e` that another event opened, which tells of it still.
    private static let isInNoOther = """
        NOT EXISTS (SELECT 1 FROM hookline.digest_items i JOIN hookline.messages m ON m.id = i.message
            WHERE i.event = e.id AND m.event <> e.id)
        """

    /// No digest of `e` that the law keeps.
    private static let isInNoneKept = """
        NOT EXISTS (SELECT 1 FROM hookline.digest_items i JOIN hookline.messages m ON m.id = i.message
            WHERE i.event = e.id AND m.state IN (\(MessageRows.kept)))
        """

    /// Deletes old events whose messages all are settled; one that nobody has decided about keeps its event, and an event
    /// that waits for its look-up is kept.
    private func pruneEvents(
        _ room: Int,
        _ transaction: inout PostgresTransaction
    ) throws -> (events: Int, messages: Int) {
        let sql = """
            SELECT e.id, e.received_at FROM hookline.events e
            WHERE e.id < $1 AND e.received_at < $2 AND \(Self.isOver) AND \(Self.isInNoOther)
            ORDER BY e.id LIMIT $3 FOR UPDATE OF e SKIP LOCKED
            """
        let query = PostgresQuery(sql) {
            $0.add(PostgresUUID(before: rule.eventsBefore))
            $0.add(rule.eventsBefore)
            $0.add(room)
        }
        let old = try transaction.rows(query).map { (try $0.uuid(0), try $0.time(1)) }
        let messages = try messages(of: old.map(\.0), &transaction)
        let going = old.filter { id, time in
            let states = messages[id.eventID, default: []].map(\.record.message.state)
            return rule.takes(eventFrom: time, isPending: false, states)
        }.map(\.0)
        let gone = going.flatMap { messages[$0.eventID] ?? [] }
        Self.delete(messages: gone.compactMap(\.uuid), &transaction)
        Self.delete(events: going, &transaction)
        return (going.count, gone.count)
    }

    /// The messages of events, locked.
    private func messages(
        of events: [PostgresUUID],
        _ transaction: inout PostgresTransaction
    ) throws -> [EventID: [StoredMessage]] {
        guard !events.isEmpty else { return [:] }
        let locked = try MessageRows.lock(where: "m.event = ANY($1::uuid[])", &transaction) { $0.add(events) }
        return Dictionary(grouping: locked, by: \.record.message.event)
    }

    /// Deletes messages with all that hangs on them; they are locked.
    static func delete(messages: [PostgresUUID], _ transaction: inout PostgresTransaction) {
        guard !messages.isEmpty else { return }
        let line = """
            DELETE FROM hookline.waiting w USING hookline.messages m
            WHERE m.id = ANY($1::uuid[]) AND \(byKey("w.account", "m.account"))
                AND (w.due_at, w.place) = (m.due_at, m.place)
            """
        transaction.write(MessageCounts.forget(messages))
        transaction.write(PostgresQuery(line) { $0.add(messages) })
        for (table, column) in ofMessages.map({ ($0, "message") }) + [("messages", "id")] {
            let sql = "DELETE FROM hookline.\(table) WHERE \(column) = ANY($1::uuid[])"
            transaction.write(PostgresQuery(sql) { $0.add(messages) })
        }
    }

    private static func delete(events: [PostgresUUID], _ transaction: inout PostgresTransaction) {
        guard !events.isEmpty else { return }
        for (table, column) in [("event_bodies", "event"), ("look_ups", "event"), ("events", "id")] {
            let sql = "DELETE FROM hookline.\(table) WHERE \(column) = ANY($1::uuid[])"
            transaction.write(PostgresQuery(sql) { $0.add(events) })
        }
    }

    // MARK: Contents

    /// Erases what old events and their messages say, and keeps that they were, of those that ``pruneEvents`` would take.
    ///
    /// - Returns: Of how many events.
    private func eraseContents(before cutoff: Timestamp, _ transaction: inout PostgresTransaction) throws -> Int {
        let sql = """
            SELECT e.id, e.received_at FROM hookline.event_bodies b JOIN hookline.events e ON e.id = b.event
            WHERE b.event < $1 AND e.id < $1 AND e.received_at < $2 AND \(Self.isOver) AND \(Self.isInNoneKept)
            ORDER BY b.event LIMIT $3 FOR UPDATE OF e SKIP LOCKED
            """
        let query = PostgresQuery(sql) {
            $0.add(PostgresUUID(before: cutoff))
            $0.add(cutoff)
            $0.add(limit)
        }
        let old = try transaction.rows(query).map { (try $0.uuid(0), try $0.time(1)) }
        let messages = try messages(of: old.map(\.0), &transaction)
        let going = old.filter { id, time in
            let states = messages[id.eventID, default: []].map(\.record.message.state)
            return rule.takes(contentsFrom: time, isPending: false, states)
        }.map(\.0)
        let ids = going.flatMap { messages[$0.eventID] ?? [] }.compactMap(\.uuid)
        for sql in [
            "DELETE FROM hookline.message_requests WHERE message = ANY($1::uuid[])",
            "DELETE FROM hookline.message_alternatives WHERE message = ANY($1::uuid[])",
            "UPDATE hookline.attempts SET body = NULL WHERE message = ANY($1::uuid[]) AND body IS NOT NULL",
        ] { transaction.write(PostgresQuery(sql) { $0.add(ids) }) }
        EventContents.erase(going, inDigests: nil, &transaction)
        return going.count
    }

    // MARK: Others

    /// Deletes rejections, and what is held no longer: what tells a repetition, what rules have told, requests that may be
    /// repeated; then what nobody counts.
    private var others: [PostgresQuery] {
        [
            deletion("rejections", "place", "at", rule.rejectionsBefore.last),
            deletion("dedupe_keys", "source, key", "expires_at", rule.keysUntil),
            deletion("facts", "rule, recipient, kind, key", "until", rule.keysUntil),
            deletion("idempotency_keys", "caller, key", "expires_at", rule.keysUntil),
            deletion("consent_doubts", "place", "at", rule.eventsBefore.last),
            deletion("early_reports", "partner, status", "until", rule.keysUntil),
            deletion("limit_lines", "rule, recipient", "until", rule.keysUntil),
        ]
    }

    /// Deletes rows of which a time is over.
    private func deletion(_ table: String, _ key: String, _ column: String, _ time: Timestamp) -> PostgresQuery {
        let sql = """
            WITH d AS (
                DELETE FROM hookline.\(table) WHERE (\(key)) IN (
                    SELECT \(key) FROM hookline.\(table) WHERE \(column) <= $1 ORDER BY \(column) LIMIT $2
                    FOR UPDATE SKIP LOCKED) RETURNING 1)
            SELECT count(*) FROM d
            """
        return PostgresQuery(sql) {
            $0.add(time)
            $0.add(limit)
        }
    }
}

/// What an event says: the one place where it is erased while the record that it came stays.
enum EventContents {
    /// Erases headers and bodies, look-ups, and what digests keep of the events.
    ///
    /// - Parameters:
    ///   - events: The events.
    ///   - left: What digests keep in its place; `nil` for nothing: it is only counted then.
    ///   - transaction: The transaction.
    static func erase(
        _ events: [PostgresUUID],
        inDigests left: [UInt8]?,
        _ transaction: inout PostgresTransaction
    ) {
        guard !events.isEmpty else { return }
        for table in ["event_bodies", "look_ups", "pending"] {
            let sql = "DELETE FROM hookline.\(table) WHERE event = ANY($1::uuid[])"
            transaction.write(PostgresQuery(sql) { $0.add(events) })
        }
        let items = """
            UPDATE hookline.digest_items SET payload = $2 WHERE event = ANY($1::uuid[]) AND payload IS NOT NULL
            """
        transaction.write(
            PostgresQuery(items) {
                $0.add(events)
                $0.add(blob: left)
            }
        )
    }
}

extension Timestamp {
    /// The last one before it.
    fileprivate var last: Timestamp { advanced(by: .microseconds(-1)) }
}

extension PostgresUUID {
    /// Greater than every id of an event that came before a time, to the millisecond.
    init(before time: Timestamp) {
        let milliseconds = max(0, (time.microseconds + 999) / 1_000)
        self.init(high: UInt64(milliseconds) << 16, low: 0)
    }
}
