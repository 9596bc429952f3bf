// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import PostgresConnection

/// The places of events and messages in the order of storing, and up to where nothing is missing any more.
///
/// A place is taken before the commit, so a later one may be seen earlier. Whoever reads on from where he was must not go
/// past a place whose transaction is still on its way: it would never be read. So who takes places first locks, for the
/// rest of the transaction, where the sequence stands, and shares that with whoever else stands there; nobody waits for such
/// a lock, it is only looked for. What is above the lowest of them may be incomplete (``horizon``).
enum Places {
    /// Marks the keys of our locks among those of others in the same database.
    private static let mark: Int64 = 0x484B << 46

    /// Events are even, messages odd.
    private static let entering = PostgresQuery(
        """
        SELECT pg_advisory_xact_lock_shared(\(mark) + 2 * (e.last_value - (NOT e.is_called)::int)),
            pg_advisory_xact_lock_shared(\(mark) + 2 * (m.last_value - (NOT m.is_called)::int) + 1)
        FROM hookline.event_places e, hookline.message_places m
        """
    )

    /// Takes places, in one way to the server.
    ///
    /// - Parameters:
    ///   - events: How many for events.
    ///   - messages: How many for messages.
    ///   - questions: What else is asked on the way.
    ///   - transaction: The transaction.
    /// - Returns: The places, the lowest first, and the answers.
    /// - Throws: `PostgresError`.
    static func take(
        events: Int,
        messages: Int,
        asking questions: [PostgresQuery] = [],
        _ transaction: inout PostgresTransaction
    ) throws -> (events: ArraySlice<Int64>, messages: ArraySlice<Int64>, answers: [PostgresRows]) {
        let sql = "SELECT nextval('hookline.event_places') FROM generate_series(1, $1::bigint)"
        let others = "SELECT nextval('hookline.message_places') FROM generate_series(1, $1::bigint)"
        let taking = [entering, PostgresQuery(sql) { $0.add(events) }, PostgresQuery(others) { $0.add(messages) }]
        let found = try transaction.rows(taking + questions)
        let places = try found[1...2].map { rows in try rows.map { try $0.number(0) }.sorted()[...] }
        return (places[0], places[1], Array(found[3...]))
    }

    /// Up to which places all that was ever taken is stored, or never will be, for whoever looks later than this.
    ///
    /// The sequences are read first: what was taken by then has its lock until it is stored.
    ///
    /// - Parameters:
    ///   - session: The connection; outside of a transaction, whose snapshot would be older.
    ///   - deadline: How long that may take.
    /// - Returns: The last such places.
    /// - Throws: `PostgresError`.
    static func horizon(_ session: PostgresSession, by deadline: ContinuousClock.Instant) throws -> ListEnds {
        let last = try session.rows(taken, by: deadline).first
        let ends = ListEnds(event: try last?.number(0) ?? 0, message: try last?.number(1) ?? 0)
        var (event, message) = (ends.event, ends.message)
        _ = try session.rows(underWay, by: deadline).map { row in
            let (kind, place) = (try row.number(0), try row.number(1))
            if kind == 0 { event = min(event, place) } else { message = min(message, place) }
        }
        return ListEnds(event: event, message: message)
    }

    private static let taken = PostgresQuery(
        """
        SELECT e.last_value - (NOT e.is_called)::int, m.last_value - (NOT m.is_called)::int
        FROM hookline.event_places e, hookline.message_places m
        """
    )

    /// An advisory lock's key stands in two halves.
    private static let underWay = PostgresQuery(
        """
        SELECT key % 2, min(key / 2) FROM (
            SELECT ((classid::bigint << 32) | objid::bigint) - \(mark) AS key FROM pg_locks
            WHERE locktype = 'advisory' AND objsubid = 1 AND mode = 'ShareLock' AND database =
                (SELECT oid FROM pg_database WHERE datname = current_database())) s
        WHERE key >= 0 AND key < \(Int64(1) << 46) GROUP BY 1
        """
    )
}
