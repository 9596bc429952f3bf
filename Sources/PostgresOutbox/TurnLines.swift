// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import PostgresConnection

/// Keeps messages of a number to a recipient apart, and those of a number, on all nodes: a row each, inside of the
/// transaction that claims.
///
/// It is GCRA (``Pacer``) twice: by what was claimed to leave, and by the turns that were given. A message that comes too early
/// gets the next turn, waits for it without a lease, and leaves at it; those that come behind it get turns behind that. Where it
/// comes late to its turn, it also waits for what left just before. A turn of a message that was called off stays empty.
struct TurnLines {
    static let tables = [
        """
        CREATE TABLE hookline.recipient_pace (
            account text NOT NULL, line bytea NOT NULL, full_at bigint NOT NULL, left_at bigint NOT NULL,
            PRIMARY KEY (account, line))
            WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
                autovacuum_vacuum_cost_delay = 0)
        """
    ]

    /// Rows whose pace is over for so long are deleted: nobody's clock is that wrong.
    private static let kept: Duration = .seconds(3_600)

    private struct Line: Hashable, Comparable {
        let account: String
        /// A hash: no row says whose it is.
        let key: [UInt8]

        static func < (left: Line, right: Line) -> Bool {
            left.account == right.account
                ? left.key.lexicographicallyPrecedes(right.key) : left.account < right.account
        }
    }

    private struct Pace {
        /// By the turns that were given.
        var given: Pacer
        /// By what left.
        var left: Pacer

        func turn(isOwn: Bool, at now: Timestamp) -> Timestamp {
            isOwn ? left.turn(at: now) : max(given.turn(at: now), left.turn(at: now))
        }

        mutating func leave(isOwn: Bool, at now: Timestamp) {
            left.take(1, at: now)
            if !isOwn { given.take(1, at: now) }
            given.fullAt = max(given.fullAt, left.fullAt)
        }
    }

    private let quotas: [String: ClaimQuota]
    private var paces: [Line: Pace] = [:]
    private var changed: Set<Line> = []

    /// Lines of which nothing is known yet.
    ///
    /// - Parameter quotas: For which accounts is claimed; those without paces are never asked.
    init(_ quotas: [ClaimQuota]) {
        let paced = quotas.filter { $0.pair != nil || $0.number != nil }
        self.quotas = Dictionary(paced.map { ($0.account, $0) }) { first, _ in first }
    }

    /// Locks the lines of messages, in one order: who claims from one of them at the same moment waits for the commit.
    mutating func lock(_ records: [MessageRecord], _ transaction: inout PostgresTransaction) throws {
        guard !quotas.isEmpty else { return }
        var limits: [Line: PairLimit] = [:]
        for record in records {
            for (_, line, limit) in lines(of: record) { limits[line] = limit }
        }
        guard !limits.isEmpty else { return }
        let rows = try transaction.rows(Self.locking(limits.keys.sorted())).map { row in
            let line = Line(account: try row.text(0), key: try row.blob(1))
            return (line: line, given: try row.number(2), left: try row.number(3))
        }
        for (line, given, left) in rows {
            guard let limit = limits[line] else { continue }
            paces[line] = Pace(given: Pacer(limit, fullAt: given), left: Pacer(limit, fullAt: left))
        }
    }

    /// Lets a message leave that would, or gives it a turn in each of its lines, of which the latest counts.
    ///
    /// Its reason names one line, but it has its turn in all of them.
    ///
    /// - Parameters:
    ///   - record: The message.
    ///   - now: The time now.
    /// - Returns: What holds it; `nil` when it leaves.
    mutating func hold(_ record: MessageRecord, at now: Timestamp) -> Hold? {
        let lines = lines(of: record)
        let isOwn = lines.contains { record.isHeld(by: $0.gate) }
        let turns = lines.compactMap { gate, line, _ in
            paces[line].map { (gate: gate, turn: $0.turn(isOwn: isOwn, at: now)) }
        }
        let latest = turns.max { $0.turn < $1.turn }.flatMap { $0.turn > now ? $0 : nil }
        for (_, line, _) in lines where latest == nil || !isOwn {
            if latest == nil { paces[line]?.leave(isOwn: isOwn, at: now) } else { paces[line]?.given.take(1, at: now) }
            changed.insert(line)
        }
        return latest.map { Hold($0.gate, turn: $0.turn) }
    }

    /// Writes what changed.
    func write(_ transaction: inout PostgresTransaction) {
        let lines = changed.sorted().compactMap { line in paces[line].map { (line, $0) } }
        guard !lines.isEmpty else { return }
        let sql = """
            UPDATE hookline.recipient_pace r SET full_at = s.full_at, left_at = s.left_at
            FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::bigint[]) AS s(account, line, full_at, left_at)
            WHERE \(byKey("r.account", "s.account")) AND r.line = s.line
            """
        transaction.write(
            PostgresQuery(sql) {
                $0.add(lines.map(\.0.account))
                $0.add(blobs: lines.map(\.0.key))
                $0.add(lines.map { Optional($0.1.given.fullAt) })
                $0.add(lines.map { Optional($0.1.left.fullAt) })
            }
        )
    }

    private func lines(of record: MessageRecord) -> [(gate: SendGate, line: Line, limit: PairLimit)] {
        guard let quota = quotas[record.message.account] else { return [] }
        let number = record.message.request?.phoneNumberID ?? ""
        var lines: [(SendGate, Line, PairLimit)] = []
        if let limit = quota.pair, let recipient = record.recipient {
            let key = Fingerprint(of: "pair\u{0}\(number)\u{0}\(recipient)").bytes
            lines.append((.pair, Line(account: quota.account, key: key), limit))
        }
        if let limit = quota.number {
            let key = Fingerprint(of: "number\u{0}\(number)").bytes
            lines.append((.number, Line(account: quota.account, key: key), limit))
        }
        return lines
    }

    private static func locking(_ lines: [Line]) -> PostgresQuery {
        let sql = """
            INSERT INTO hookline.recipient_pace AS r (account, line, full_at, left_at)
            SELECT account, line, 0, 0 FROM unnest($1::text[], $2::bytea[]) AS s(account, line) ORDER BY 1, 2
            ON CONFLICT (account, line) DO UPDATE SET full_at = r.full_at
            RETURNING account, line, full_at, left_at
            """
        return PostgresQuery(sql) {
            $0.add(lines.map(\.account))
            $0.add(blobs: lines.map(\.key))
        }
    }

    /// In SQL, for which gate's turn a message waits, by its columns.
    static func gate(of message: String) -> String {
        let branches = SendGate.ofTurns.map { gate in
            "WHEN starts_with(\(message).reason, '\(gate.words)') THEN '\(gate.rawValue)'"
        }
        return "CASE WHEN \(message).state = 'deferred' THEN CASE \(branches.joined(separator: " ")) END END"
    }

    /// Asks how many messages of accounts wait for a turn behind others to their recipient, each up to a number.
    static func waitingForPairs(of accounts: [String], upTo most: Int) -> PostgresQuery {
        let sql = """
            SELECT a.account, (SELECT count(*) FROM (
                SELECT 1 FROM hookline.waiting w WHERE w.account = a.account AND w.turn = $2 LIMIT $3) counted)
            FROM unnest($1::text[]) AS a(account)
            """
        return PostgresQuery(sql) {
            $0.add(accounts)
            $0.add(SendGate.pair.rawValue)
            $0.add(most)
        }
    }

    /// Moves turns by as much as the clock was set.
    static func follow(_ span: Duration) -> PostgresQuery {
        PostgresQuery("UPDATE hookline.recipient_pace SET full_at = full_at + $1, left_at = left_at + $1") {
            $0.add(span.microseconds * 1_000)
        }
    }

    /// Deletes rows that say nothing any more, also of portfolios (``PortfolioRows``), whose writers hold their row.
    static func sweep(at now: Timestamp) -> PostgresQuery {
        let sql = """
            WITH r AS (DELETE FROM hookline.recipient_pace WHERE full_at < $1 AND left_at < $1),
            p AS MATERIALIZED (SELECT portfolio FROM hookline.portfolios ORDER BY portfolio FOR UPDATE)
            DELETE FROM hookline.portfolio_recipients r USING p WHERE r.portfolio = p.portfolio
                AND coalesce(r.counts_until, '-infinity') < $2 AND coalesce(r.waits_until, '-infinity') < $2
            """
        let old = now.advanced(by: .zero - kept)
        return PostgresQuery(sql) {
            $0.add(Optional(old.microseconds * 1_000))
            $0.add(Optional(old))
        }
    }
}

extension SendGate {
    /// Those that give turns, which ``TurnLines`` keeps.
    static let ofTurns: [SendGate] = [.pair, .number]
}

extension MessageRecord {
    /// The gate for whose turn it waits; `nil` for none.
    var gateOfTurn: SendGate? { SendGate.ofTurns.first { isHeld(by: $0) } }
}
