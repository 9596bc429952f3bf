// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

// The table `digest_items`: which events are in which digest, and what each says.

extension DigestRows {
    /// An event that goes into a digest.
    struct Item {
        let message: PostgresUUID
        let event: PostgresUUID
        let place: Int64
        let rule: String
        let key: String?
        let joinedAt: Timestamp
        let payload: [UInt8]?
    }

    static func insertion(_ items: [Item]) -> PostgresQuery? {
        guard !items.isEmpty else { return nil }
        let sql = """
            INSERT INTO hookline.digest_items (message, place, event, rule, key, joined_at, payload)
            SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::bytea[])
            """
        return PostgresQuery(sql) {
            $0.add(items.map(\.message))
            $0.add(items.map(\.place))
            $0.add(items.map(\.event))
            $0.add(items.map(\.rule))
            $0.add(items.map(\.key))
            $0.add(items.map(\.joinedAt))
            $0.add(blobs: items.map(\.payload))
        }
    }

    /// The events of digests that are kept with what they say.
    static func items(
        of messages: [PostgresUUID],
        _ transaction: inout PostgresTransaction
    ) throws -> [PostgresUUID: [DigestOrder.Item]] {
        guard !messages.isEmpty else { return [:] }
        let sql = """
            SELECT \(Reading.eventColumns), b.headers, i.payload, i.message FROM hookline.digest_items i
                JOIN hookline.events e ON \(byKey("e.id", "i.event"))
                LEFT JOIN hookline.event_bodies b ON \(byKey("b.event", "i.event"))
            WHERE i.message = ANY($1::uuid[]) AND i.payload IS NOT NULL ORDER BY i.message, i.place, i.number
            """
        let rows = try transaction.rows(PostgresQuery(sql) { $0.add(messages) }).map { row in
            // The body as it was received is not what the rules saw.
            let event = try WholeEvent.event(row, headers: try row.optionalText(15), body: nil)
            return (try row.uuid(17), DigestOrder.Item(event: event, payload: try row.blob(16)))
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    /// The events of a digest, in the order in which they were accepted.
    static func events(of message: PostgresUUID) -> PostgresQuery {
        let sql = "SELECT event FROM hookline.digest_items WHERE message = $1 ORDER BY place, number LIMIT $2"
        return PostgresQuery(sql) {
            $0.add(message)
            $0.add(Digest.mostKept)
        }
    }

    /// The digests that events are in.
    static func digests(
        with events: [PostgresUUID],
        _ transaction: inout PostgresTransaction
    ) throws -> [PostgresUUID] {
        let sql = "SELECT DISTINCT message FROM hookline.digest_items WHERE event = ANY($1::uuid[])"
        return try transaction.rows(PostgresQuery(sql) { $0.add(events) }).map { try $0.uuid(0) }
    }

    /// What a ``DigestPart`` is read from.
    private static let part = "count(*), count(payload), coalesce(sum(length(payload)), 0)::bigint"

    /// Which items a cancellation is about.
    struct Meant {
        let rule: String
        let key: String
        let event: PostgresUUID
        let place: Int64
        let last: Timestamp

        fileprivate static let condition = """
            left(key, 64) = left($2, 64) AND rule = $1 AND key = $2 AND event <> $3 AND (place < $4 OR joined_at <= $5)
            """

        fileprivate func add(to parameters: inout PostgresParameters) {
            parameters.add(rule)
            parameters.add(key)
            parameters.add(event)
            parameters.add(place)
            parameters.add(last)
        }
    }

    /// The digests that a cancellation concerns, and how much of each.
    static func parts(
        _ meant: Meant,
        _ transaction: inout PostgresTransaction
    ) throws -> [PostgresUUID: DigestPart] {
        let sql = "SELECT message, \(part) FROM hookline.digest_items WHERE \(Meant.condition) GROUP BY message"
        return try parts(PostgresQuery(sql) { meant.add(to: &$0) }, &transaction)
    }

    /// The digests that an event is in, and how much of each it is.
    static func parts(
        ofEvent event: PostgresUUID,
        _ transaction: inout PostgresTransaction
    ) throws -> [PostgresUUID: DigestPart] {
        let sql = "SELECT message, \(part) FROM hookline.digest_items WHERE event = $1 GROUP BY message"
        return try parts(PostgresQuery(sql) { $0.add(event) }, &transaction)
    }

    private static func parts(
        _ query: PostgresQuery,
        _ transaction: inout PostgresTransaction
    ) throws -> [PostgresUUID: DigestPart] {
        let rows = try transaction.rows(query).map { row in
            let part = DigestPart(
                count: Int(try row.number(1)),
                kept: Int(try row.number(2)),
                bytes: Int(try row.number(3))
            )
            return (try row.uuid(0), part)
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Takes out of a digest what a cancellation concerns.
    static func takeOut(_ meant: Meant, of message: PostgresUUID) -> PostgresQuery {
        PostgresQuery("DELETE FROM hookline.digest_items WHERE \(Meant.condition) AND message = $6") {
            meant.add(to: &$0)
            $0.add(message)
        }
    }

    /// Takes an event out of a digest.
    static func takeOut(_ event: PostgresUUID, of message: PostgresUUID) -> PostgresQuery {
        PostgresQuery("DELETE FROM hookline.digest_items WHERE event = $1 AND message = $2") {
            $0.add(event)
            $0.add(message)
        }
    }
}
