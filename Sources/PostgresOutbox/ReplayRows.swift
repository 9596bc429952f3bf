// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Which events replays are about, and which messages they made, inside the caller's transaction or snapshot.
enum ReplayRows {
    static let tables = [
        """
        CREATE TABLE hookline.replayed_messages (
            message uuid PRIMARY KEY, job text NOT NULL, event uuid NOT NULL, rule text NOT NULL, place bigint NOT NULL)
        """,
        "CREATE INDEX replayed_messages_event ON hookline.replayed_messages (event, rule)",
    ]

    // MARK: Events

    /// The events of a scope, by columns of `e`.
    private static func list(_ scope: ReplayScope, _ select: String, upTo bound: Int64) -> ListQuery {
        var list = ListQuery(select, along: "e.place")
        list.add("e.place <= ?", bound) { $0.add($1) }
        list.add("e.received_at >= ?", scope.since)
        list.add("e.received_at < ?", scope.until)
        list.add("e.source = ?", scope.source)
        list.add("e.type = ?", scope.type)
        if !scope.events.isEmpty {
            list.add("e.id = ANY(?::uuid[])", scope.events.map { PostgresUUID($0) }) { $0.add($1) }
        }
        if scope.isFailedOnly {
            list.add(
                "EXISTS (SELECT 1 FROM hookline.messages m WHERE m.event = e.id AND m.noteworthy AND m.state = 'failed')"
            )
        }
        return list
    }

    static func count(
        _ scope: ReplayScope,
        upTo bound: Int64 = .max,
        _ transaction: inout PostgresTransaction
    ) throws -> Int {
        let list = list(scope, "SELECT count(*) FROM hookline.events e", upTo: bound)
        return try list.rows(&transaction).first.map { Int(try $0.number(0)) } ?? 0
    }

    static func events(
        _ scope: ReplayScope,
        after place: Int64,
        upTo bound: Int64,
        limit: Int,
        _ transaction: inout PostgresTransaction
    ) throws -> [PlacedEvent] {
        var list = list(scope, WholeEvent.select, upTo: bound)
        list.add("e.place > ?", place) { $0.add($1) }
        let rows = try list.rows(&transaction, then: "ORDER BY e.place LIMIT \(limit)")
        return try Reading.archived(rows, &transaction)
    }

    // MARK: Messages

    /// Writes which messages a replay made of events.
    static func insertion(
        _ made: [(message: PostgresUUID?, event: PostgresUUID?, rule: String, place: Int)],
        by job: JobID
    ) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.replayed_messages (message, job, event, rule, place)
            SELECT message, $1, event, rule, place
            FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bigint[]) AS s(message, event, rule, place)
            """
        return PostgresQuery(sql) {
            $0.add(job.rawValue)
            $0.add(made.map(\.message))
            $0.add(made.map(\.event))
            $0.add(made.map(\.rule))
            $0.add(made.map { Int64($0.place) })
        }
    }

    /// Asks for the job that made a message of an event of the past.
    static func replay(of message: PostgresUUID) -> PostgresQuery {
        PostgresQuery("SELECT job FROM hookline.replayed_messages WHERE message = $1") { $0.add(message) }
    }

    /// Of each message the one of a later replay that tells what it was to tell; left out where none does that may reach
    /// anybody.
    ///
    /// They are found by way of the few messages that replays made of the event, never by all that the recipient got.
    static func successors(
        of messages: [MessageID],
        _ transaction: inout PostgresTransaction
    ) throws -> [MessageID: MessageID] {
        let sql = """
            SELECT m.id, n.id FROM hookline.messages m
                JOIN hookline.replayed_messages r ON r.event = m.event AND r.rule = m.rule
                JOIN hookline.messages n ON n.id = r.message AND n.recipient = m.recipient
            WHERE m.id = ANY($1::uuid[]) AND n.place > m.place AND n.state NOT IN ('failed', 'cancelled', 'suppressed')
            ORDER BY n.place
            """
        let query = PostgresQuery(sql) { $0.add(messages.map { PostgresUUID($0) }) }
        let pairs = try transaction.rows(query).map { (try $0.uuid(0).messageID, try $0.uuid(1).messageID) }
        return Dictionary(pairs) { first, _ in first }
    }
}
