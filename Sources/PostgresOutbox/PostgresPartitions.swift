// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import PostgresConnection

/// In which pieces tables are kept that grow with the events: by the time in their ids, so that an id says where it is.
///
/// There is no piece for whatever has none: with one, no other could be taken away beside running service. A piece that is
/// missing is made when a row of its time comes.
package enum PostgresPartitions: String, Sendable {
    /// Whole tables.
    case none
    case week
    case day

    /// The tables in pieces.
    static let tables = [
        "events", "event_bodies", "messages", "message_requests", "message_alternatives", "stories", "attempts",
        "look_ups",
    ]

    /// Almost two thirds of each page of `messages` are left free: the messages of a page are settled in one commit, and each then needs a
    /// second version in the same page, which has its story as well.
    static let room = "WITH (fillfactor = 36)"

    /// How long a piece is, in milliseconds; weeks begin on Mondays.
    private var length: UInt64 { self == .week ? 7 * 86_400_000 : 86_400_000 }
    /// 1970 began on a Thursday: that week had begun three days before.
    private var offset: UInt64 { self == .week ? 3 * 86_400_000 : 0 }

    /// The pieces in which rows with these ids are, as the milliseconds at which they begin.
    func beginnings(of ids: some Sequence<PostgresUUID>) -> [UInt64] {
        guard self != .none else { return [] }
        return Set(ids.map { beginning(of: $0.high >> 16) }).sorted()
    }

    /// The pieces of a time and of those that follow.
    ///
    /// - Parameters:
    ///   - milliseconds: The time.
    ///   - count: How many pieces.
    /// - Returns: The milliseconds at which they begin.
    func beginnings(from milliseconds: UInt64, count: UInt64) -> [UInt64] {
        guard self != .none else { return [] }
        return (0..<count).map { beginning(of: milliseconds + $0 * length) }
    }

    /// Those of the pieces that are not there yet.
    ///
    /// - Throws: `PostgresError`.
    func missing(
        _ beginnings: [UInt64],
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws -> [UInt64] {
        let names = Set(try session.rows(Self.missing(beginnings), by: deadline).map { try $0.text(0) })
        return beginnings.filter { start in Self.tables.contains { names.contains(Self.name($0, start)) } }
    }

    /// Asks which tables of pieces are not there yet.
    private static func missing(_ beginnings: [UInt64]) -> PostgresQuery {
        PostgresQuery("SELECT n FROM unnest($1::text[]) AS s(n) WHERE to_regclass(n) IS NULL") {
            $0.add(beginnings.flatMap { start in tables.map { name($0, start) } })
        }
    }

    private static func name(_ table: String, _ start: UInt64) -> String {
        "hookline.\(table)_\(start / 86_400_000)"
    }

    private func beginning(of milliseconds: UInt64) -> UInt64 {
        let whole = (milliseconds + offset) / length * length
        return whole < offset ? 0 : whole - offset
    }

    /// Where a piece ends, as the millisecond at which the next one begins.
    func end(of start: UInt64) -> UInt64 {
        beginning(of: start) + (start == 0 ? length - offset : length)
    }

    /// Makes pieces where they are missing.
    ///
    /// - Parameters:
    ///   - beginnings: Which (``beginnings(of:)``).
    ///   - session: The connection.
    ///   - deadline: How long that may take.
    /// - Throws: `PostgresError`; none is made then.
    func make(
        _ beginnings: [UInt64],
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws {
        try session.transaction(by: deadline) { transaction in
            // Nobody waits long behind a table that somebody reads.
            transaction.write(PostgresSchema.plain("SET LOCAL lock_timeout = '2s'"))
            transaction.write(PostgresSchema.plain("LOCK TABLE hookline.meta IN SHARE ROW EXCLUSIVE MODE"))
            let missing = Set(try transaction.rows(Self.missing(beginnings)).map { try $0.text(0) })
            let new = beginnings.flatMap { start in
                Self.tables.filter { missing.contains(Self.name($0, start)) }
                    .flatMap { statements($0, Self.name($0, start), from: start) }
            }
            for statement in new { transaction.write(PostgresSchema.plain(statement)) }
        }
    }

    /// Attached after it was made, which locks nobody out who reads or writes the whole table.
    private func statements(_ table: String, _ name: String, from start: UInt64) -> [String] {
        let (from, to) = (Self.bound(start), Self.bound(end(of: start)))
        let room = table == "messages" ? " \(Self.room)" : ""
        return [
            "CREATE TABLE \(name) (LIKE hookline.\(table) INCLUDING DEFAULTS INCLUDING CONSTRAINTS)\(room)",
            "ALTER TABLE hookline.\(table) ATTACH PARTITION \(name) FOR VALUES FROM ('\(from)') TO ('\(to)')",
        ]
    }

    /// The smallest id of a millisecond.
    private static func bound(_ milliseconds: UInt64) -> String {
        let hex = String(milliseconds, radix: 16)
        let digits = String(repeating: "0", count: 12 - min(12, hex.count)) + hex
        return "\(digits.prefix(8))-\(digits.suffix(4))-0000-0000-000000000000"
    }
}

extension PostgresError {
    /// Whether a row was refused because the piece of the table is missing in which it would be.
    var isMissingPiece: Bool { sqlState == .checkViolation && constraint == nil }
}
