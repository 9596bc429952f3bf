// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
import Outbox
import PostgresConnection

/// Counts what is in the store, inside the caller's snapshot.
enum Counts {
    static let state = "CASE WHEN l.message IS NULL THEN m.state ELSE 'sending' END"

    static func byState(_ transaction: inout PostgresTransaction) throws -> [MessageState: Int] {
        try counts(MessageCounts.question, &transaction)
    }

    static func byState(
        of rule: String,
        newest limit: Int,
        _ transaction: inout PostgresTransaction
    ) throws -> [MessageState: Int] {
        let sql = """
            SELECT \(state), count(*)
            FROM (SELECT id, state FROM hookline.messages WHERE rule = $1 ORDER BY place DESC LIMIT $2) m
                LEFT JOIN hookline.leases l ON l.message = m.id GROUP BY 1
            """
        let query = PostgresQuery(sql) {
            $0.add(rule)
            $0.add(limit)
        }
        return try counts(query, &transaction)
    }

    private static func counts(
        _ query: PostgresQuery,
        _ transaction: inout PostgresTransaction
    ) throws -> [MessageState: Int] {
        let counts = try transaction.rows(query).map { (try $0.name(0) as MessageState, Int(try $0.number(1))) }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    /// Counts what has come since a moment.
    ///
    /// The lists end where nothing is on its way any more: what comes late with a smaller place is new all the same, and what
    /// is behind that may be told once more.
    static func growth(
        since start: ListEnds?,
        through end: ListEnds?,
        whole horizon: ListEnds,
        upTo bound: Int,
        _ transaction: inout PostgresTransaction
    ) throws -> Growth {
        func newest(_ table: String) -> PostgresQuery {
            PostgresQuery("SELECT coalesce(max(place), 0) FROM hookline.\(table)")
        }
        func count(_ table: String, _ start: Int64?, _ end: Int64?) -> PostgresQuery {
            let rows = "SELECT 1 FROM hookline.\(table) WHERE place > $1 AND place <= $2 LIMIT $3"
            return PostgresQuery("SELECT count(*) FROM (\(rows)) counted") {
                $0.add(start ?? .max)
                $0.add(end ?? .max)
                $0.add(bound)
            }
        }
        let found = try transaction.rows([
            newest("events"), newest("messages"), count("events", start?.event, end?.event),
            count("messages", start?.message, end?.message),
        ])
        let numbers = try found.map { try $0.first?.number(0) ?? 0 }
        return Growth(
            ends: ListEnds(event: min(numbers[0], horizon.event), message: min(numbers[1], horizon.message)),
            events: Int(numbers[2]),
            messages: Int(numbers[3])
        )
    }
}

extension RejectionRows {
    static func page(
        _ filter: RejectionFilter,
        _ transaction: inout PostgresTransaction
    ) throws -> Page<Rejection> {
        let select = "SELECT place, at, source, status, code, reason, count FROM hookline.rejections"
        var list = ListQuery(select, along: "place")
        list.add("source = ?", filter.source)
        list.add("at >= ?", filter.since)
        return try list.page(&transaction, limit: filter.limit, cursor: filter.cursor) { row in
            let rejection = Rejection(
                at: try row.time(1),
                source: try row.text(2),
                status: Int(try row.number(3)),
                code: try row.text(4),
                reason: try row.text(5),
                count: Int(try row.number(6))
            )
            return (try row.number(0), rejection)
        }
    }
}
