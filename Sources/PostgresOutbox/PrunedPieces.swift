// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import PostgresConnection

/// Empties whole pieces of the tables of which nothing need be kept: no row is deleted then, and nothing has to be vacuumed.
///
/// A piece is emptied in all tables at once, in one transaction that locks these pieces alone and asks once more.
/// ``EmptyPieces`` takes it away then.
struct PrunedPieces {
    private(set) var events = 0
    private(set) var messages = 0

    /// Empties pieces that are older than a time, the oldest first.
    ///
    /// - Parameters:
    ///   - partitions: How long the pieces are.
    ///   - rule: What need not be kept.
    ///   - limit: How many events may go; the last piece may have more.
    ///   - session: The connection.
    ///   - deadline: How long it may take.
    /// - Throws: `PostgresError`.
    mutating func empty(
        _ partitions: PostgresPartitions,
        _ rule: PruneRule,
        limit: Int,
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws {
        for piece in try Piece.all(partitions, before: rule.eventsBefore, session, by: deadline) where events < limit {
            guard try session.rows(piece.isOver, by: deadline).first?.flag(0) == true,
                let gone = try empty(piece, session, by: deadline)
            else { continue }
            (events, messages) = (events + gone.events, messages + gone.messages)
        }
    }

    /// Whether there is a piece that may be emptied.
    static func isNeeded(
        _ partitions: PostgresPartitions,
        _ rule: PruneRule,
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws -> Bool {
        try Piece.all(partitions, before: rule.eventsBefore, session, by: deadline).contains { piece in
            try session.rows(piece.isOver, by: deadline).first?.flag(0) == true
        }
    }

    /// Empties a piece in all tables, unless something in it has to be kept after all.
    ///
    /// - Returns: How much was in it; `nil` when it stays, also where somebody reads in it for long.
    private func empty(
        _ piece: Piece,
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws -> (events: Int, messages: Int)? {
        do {
            return try session.transaction(by: deadline) { transaction in
                // Nobody waits long behind a piece that somebody reads.
                transaction.write(PostgresSchema.plain("SET LOCAL lock_timeout = '500ms'"))
                let counting = PostgresSchema.plain("SELECT count(*) FROM \(piece.name("events"))")
                let events = Int(try transaction.rows(counting).first?.number(0) ?? 0)
                let tables = PostgresPartitions.tables.map(piece.name).joined(separator: ", ")
                transaction.write(PostgresSchema.plain("LOCK TABLE \(tables) IN ACCESS EXCLUSIVE MODE"))
                guard try transaction.rows(piece.isOver).first?.flag(0) == true else { return nil }
                for table in Pruning.ofMessages where !PostgresPartitions.tables.contains(table) {
                    let sql = "DELETE FROM hookline.\(table) WHERE message >= $1 AND message < $2"
                    transaction.write(PostgresQuery(sql, piece.range))
                }
                let messages = try transaction.rows(MessageCounts.forget(piece.days)).map { Int(-(try $0.number(0))) }
                transaction.write(PostgresSchema.plain("TRUNCATE \(tables)"))
                return (events, messages.reduce(0, +))
            }
        } catch let error as PostgresError where error.sqlState?.isContention == true && session.isUsable {
            return nil
        }
    }
}

/// A piece of the tables, of one span of time.
private struct Piece {
    let start: UInt64
    let end: UInt64

    /// The pieces of `events` that end before a time, the oldest first.
    static func all(
        _ partitions: PostgresPartitions,
        before time: Timestamp,
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws -> [Piece] {
        guard partitions != .none else { return [] }
        let sql = """
            SELECT substr(c.relname, 8)::bigint FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'hookline.events'::regclass AND c.relname ~ '^events_[0-9]+$' AND NOT i.inhdetachpending
            ORDER BY 1
            """
        let milliseconds = UInt64(clamping: time.microseconds / 1_000)
        return try session.rows(PostgresSchema.plain(sql), by: deadline)
            .map { UInt64(clamping: try $0.number(0)) * 86_400_000 }
            .map { Piece(start: $0, end: partitions.end(of: $0)) }
            .filter { $0.end <= milliseconds }
    }

    /// In days since 1970; pieces begin and end with one.
    var days: Range<Int64> { Int64(start / 86_400_000)..<Int64(end / 86_400_000) }

    func name(_ table: String) -> String { "hookline.\(table)_\(days.lowerBound)" }

    /// Adds the smallest id of the piece, and the smallest behind it.
    func range(_ parameters: inout PostgresParameters) {
        parameters.add(PostgresUUID(high: start << 16, low: 0))
        parameters.add(PostgresUUID(high: end << 16, low: 0))
    }

    /// Asks whether nothing that has to be kept is in it, or hangs together with it across its borders.
    ///
    /// These are looks into small indexes and into the line of those that wait; the piece itself is not read.
    var isOver: PostgresQuery {
        let sql = """
            SELECT NOT EXISTS (SELECT 1 FROM \(name("messages")) WHERE noteworthy AND state = 'uncertain')
                AND NOT EXISTS (SELECT 1 FROM hookline.waiting WHERE message >= $1 AND message < $2)
                AND NOT EXISTS (SELECT 1 FROM hookline.leases WHERE message >= $1 AND message < $2)
                AND NOT EXISTS (SELECT 1 FROM hookline.messages WHERE id >= $2 AND event >= $1 AND event < $2)
                AND NOT EXISTS (SELECT 1 FROM \(name("messages")) WHERE event < $1)
                AND NOT EXISTS (SELECT 1 FROM hookline.digest_items
                    WHERE (event >= $1 AND event < $2) <> (message >= $1 AND message < $2)
                        AND (event >= $1 AND event < $2 OR message >= $1 AND message < $2))
                AND NOT EXISTS (SELECT 1 FROM \(name("events")) WHERE disposition = 'pending')
            """
        return PostgresQuery(sql, prepared: false, range)
    }

    /// Asks whether nothing at all is in it.
    var isEmpty: PostgresQuery {
        let tables = PostgresPartitions.tables.map { "NOT EXISTS (SELECT 1 FROM \(name($0)))" }
        return PostgresSchema.plain("SELECT \(tables.joined(separator: " AND "))")
    }
}

/// Takes pieces away that are old and empty, beside running service.
///
/// `DETACH … CONCURRENTLY` locks nobody out, and waits for whoever reads the whole table: so this has a connection of its own,
/// and what does not come about in its time is tried again with the next round. No transaction may do it, so it goes table
/// by table; what is left when somebody is killed is found by its name.
enum EmptyPieces {
    /// Takes them away.
    ///
    /// - Parameters:
    ///   - partitions: How long the pieces are.
    ///   - time: Those that end before.
    ///   - session: The connection.
    ///   - deadline: How long that may take.
    /// - Throws: `PostgresError`; the rest stays for the next round.
    static func drop(
        _ partitions: PostgresPartitions,
        before time: Timestamp,
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws {
        for (table, piece) in try session.rows(leaving, by: deadline).map({ (try $0.text(0), try $0.text(1)) }) {
            try run("ALTER TABLE hookline.\(table) DETACH PARTITION hookline.\(piece) FINALIZE", session, by: deadline)
        }
        for piece in try Piece.all(partitions, before: time, session, by: deadline) {
            guard try session.rows(piece.isEmpty, by: deadline).first?.flag(0) == true else { continue }
            // The events' piece goes last: as long as it is there, this begins with it again.
            for table in PostgresPartitions.tables.reversed() {
                let sql = "ALTER TABLE hookline.\(table) DETACH PARTITION \(piece.name(table)) CONCURRENTLY"
                try run(sql, session, by: deadline)
            }
        }
        for piece in try session.rows(outside, by: deadline).map({ try $0.text(0) }) {
            let isEmpty = PostgresSchema.plain("SELECT NOT EXISTS (SELECT 1 FROM hookline.\(piece))")
            guard try session.rows(isEmpty, by: deadline).first?.flag(0) == true else { continue }
            try run("DROP TABLE IF EXISTS hookline.\(piece)", session, by: deadline)
        }
    }

    /// Whether there is anything to take away.
    static func isNeeded(
        _ partitions: PostgresPartitions,
        before time: Timestamp,
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws -> Bool {
        let isLeft = try session.rows(leaving, by: deadline).count > 0 || session.rows(outside, by: deadline).count > 0
        return try isLeft
            || Piece.all(partitions, before: time, session, by: deadline).contains { piece in
                try session.rows(piece.isEmpty, by: deadline).first?.flag(0) == true
            }
    }

    private static func run(
        _ sql: String,
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws {
        _ = try session.rows(PostgresSchema.plain(sql), by: deadline)
    }

    /// Pieces on their way out, of which somebody was killed.
    private static let leaving = PostgresSchema.plain(
        """
        SELECT p.relname::text, c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace n ON n.oid = p.relnamespace
        WHERE n.nspname = 'hookline' AND i.inhdetachpending
        """
    )

    /// Pieces that are out; one that is not empty was taken out by somebody else, and is left alone.
    private static let outside = PostgresSchema.plain(
        """
        SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'hookline' AND c.relkind = 'r' AND NOT c.relispartition
            AND c.relname ~ '^(\(PostgresPartitions.tables.joined(separator: "|")))_[0-9]+$'
        """
    )
}
