// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Outbox
import PostgresConnection

/// Looks for what does not fit together in a database, for as long as there is time.
///
/// Whether pages can be read is PostgreSQL's own matter (its checksums, `pg_amcheck`), and is not asked here. What is asked is
/// what it cannot know: whether places, waiting, being on the way and the messages themselves tell the same, whether the
/// numbers of places go on behind the last one, and whether an index is one that PostgreSQL gave up building.
enum DatabaseExamination {
    /// A question that brings a row where something is wrong, and what is wrong then.
    private static let questions: [(sql: String, finding: String)] = [
        (
            """
            SELECT 1 FROM hookline.event_places s
            WHERE s.last_value < (SELECT coalesce(max(place), 0) FROM hookline.events)
            """,
            "the sequence event_places is behind the places of events: new ones would not be in their order"
        ),
        (
            """
            SELECT 1 FROM hookline.message_places s
            WHERE s.last_value < (SELECT coalesce(max(place), 0) FROM hookline.messages)
            """,
            "the sequence message_places is behind the places of messages: new ones would not be in their order"
        ),
        (
            """
            SELECT 1 FROM hookline.waiting w LEFT JOIN hookline.messages m ON m.id = w.message
                LEFT JOIN hookline.leases l ON l.message = w.message
            WHERE m.id IS NULL OR l.message IS NOT NULL OR (m.account, m.due_at, m.place) IS DISTINCT FROM
                (w.account, w.due_at, w.place) LIMIT 1
            """,
            "a row of waiting has no message that waits like that"
        ),
        (
            """
            SELECT 1 FROM hookline.leases l LEFT JOIN hookline.messages m ON m.id = l.message WHERE m.id IS NULL LIMIT 1
            """,
            "a row of leases has no message"
        ),
        (
            """
            SELECT 1 FROM hookline.messages m WHERE m.due_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM hookline.leases l WHERE l.message = m.id)
                AND NOT EXISTS (SELECT 1 FROM hookline.waiting w
                    WHERE w.account = m.account AND w.due_at = m.due_at AND w.place = m.place) LIMIT 1
            """,
            "a message waits and has no row in waiting: nobody would claim it"
        ),
    ]

    /// The name of an index that PostgreSQL gave up building: it costs every write and finds nothing, but nothing is lost by it.
    private static let invalidIndex = """
        SELECT c.relname::text FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'hookline' AND NOT (x.indisvalid AND x.indisready)
            AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = c.oid)
        ORDER BY 1 LIMIT 1
        """

    /// Asks, one question after the other.
    ///
    /// - Parameters:
    ///   - session: A connection of its own, which is given up when the time is up.
    ///   - limit: How long that may take.
    /// - Returns: The first finding, or that there was none until then.
    /// - Throws: `PostgresError` when the database cannot be asked.
    static func run(_ session: PostgresSession, within limit: Duration) throws -> StoreExamination {
        let deadline = ContinuousClock.now.advanced(by: limit)
        do {
            return try session.transaction(.reads, by: deadline) { transaction in
                for question in questions
                where try transaction.rows(PostgresSchema.plain(question.sql)).count > 0 {
                    return .damaged(question.finding)
                }
                guard let row = try transaction.rows(PostgresSchema.plain(invalidIndex)).first else { return .sound }
                let name = "hookline.\(try row.text(0))"
                let advice = "REINDEX INDEX CONCURRENTLY \(name), or DROP it if it is no index of Hookline's"
                return .flawed("the index \(name) is invalid: it costs every write, and finds nothing; \(advice)")
            }
        } catch let error as PostgresError where error.kind == .late {
            return .unfinished(after: limit)
        }
    }
}
