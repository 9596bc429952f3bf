// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PostgresConnection

/// Where the acceptance of events stands in traces (`events.traceparent`), inside the caller's transaction.
///
/// It is read with the claim's own statement, and only where sends are traced. A digest comes of many events, which are asked for with
/// a statement more.
enum TraceRows {
    /// Where the acceptance of an event stands in a trace, and when that was.
    struct Accepted {
        let context: TraceContext
        let at: Timestamp
    }

    /// What is asked of the event of a message `m`, as columns and as what they are of.
    static let columns = "e.traceparent, e.received_at"
    static let join = "LEFT JOIN hookline.events e ON \(byKey("e.id", "m.event"))"

    /// Reads ``columns``.
    ///
    /// - Parameters:
    ///   - row: A row with them.
    ///   - column: The first of them.
    /// - Returns: `nil` for an event that is in no trace.
    /// - Throws: `PostgresError`.
    static func accepted(_ row: PostgresRow, from column: Int) throws -> Accepted? {
        guard let text = try row.optionalText(column), let context = TraceContext(traceparent: text) else { return nil }
        return Accepted(context: context, at: try row.time(column + 1))
    }

    /// What digests come of: the oldest of their events, and how many more there are.
    ///
    /// - Parameters:
    ///   - digests: Messages that were claimed.
    ///   - transaction: The transaction.
    /// - Returns: What each comes of that has an event in a trace.
    /// - Throws: `PostgresError`.
    static func origins(
        of digests: [StoredMessage],
        _ transaction: inout PostgresTransaction
    ) throws -> [MessageID: TraceOrigin] {
        let query = PostgresQuery(
            """
            SELECT message, traceparent, joined_at, count FROM (
                SELECT i.message, e.traceparent, i.joined_at, count(*) OVER (PARTITION BY i.message) AS count,
                    row_number() OVER (PARTITION BY i.message ORDER BY i.place, i.number) AS number
                FROM hookline.digest_items i JOIN hookline.events e ON \(byKey("e.id", "i.event"))
                WHERE i.message = ANY($1::uuid[]) AND e.traceparent IS NOT NULL) told
            WHERE number <= $2 ORDER BY message, number
            """
        ) {
            $0.add(digests.map(\.uuid))
            $0.add(TraceOrigin.most)
        }
        let found = try transaction.rows(query).map { row in
            (message: try row.uuid(0), accepted: try accepted(row, from: 1), count: Int(try row.number(3)))
        }
        let rows = Dictionary(grouping: found, by: \.message)
        let origins = digests.compactMap { digest -> (MessageID, TraceOrigin)? in
            let told = digest.uuid.flatMap { rows[$0] } ?? []
            let accepted = told.compactMap(\.accepted)
            guard let first = accepted.first, let count = told.first?.count else { return nil }
            return digest.record.origin(accepted.map(\.context), leftOut: count - told.count, acceptedAt: first.at)
                .map { (digest.record.message.id, $0) }
        }
        return Dictionary(origins) { first, _ in first }
    }
}
