// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Outbox
import PostgresConnection

/// The paces of accounts that all nodes share, a row each.
///
/// The law is Swift's, so a node reads a row, asks the law, and writes what it says where the row is still the one that it
/// read: one statement, in one way to the server with its commit, so nobody holds a row while a node thinks or stands still.
/// A row that another node holds at the moment is passed over, and is not taken for one that is missing.
///
/// Each place that is taken is a version more of a row, and while somebody holds a snapshot all of them stay. So the version is in the
/// key, and who reads begins at the newest, which is the row: a chain of versions in their pages would be gone through from its
/// beginning each time.
enum PaceRows {
    static let tables = [
        """
        CREATE TABLE hookline.account_pace (
            account text, version bigint, full_at bigint NOT NULL, standing text, PRIMARY KEY (account, version))
            WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)
        """
    ]

    /// A row, as it was read; its version is 0 where there is none yet.
    struct Row {
        let account: String
        let version: Int64
        let standing: AccountStanding
    }

    private static let columns = "account, version, full_at, standing"

    /// Reads the rows of accounts, those that are missing too.
    static func read(
        _ accounts: [String],
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws -> [Row] {
        let query = PostgresQuery(newest) { $0.add(accounts) }
        let rows = try session.rows(query, by: deadline).map(row)
        let known = Dictionary(rows.map { ($0.account, $0) }) { first, _ in first }
        return accounts.map { known[$0] ?? Row(account: $0, version: 0, standing: AccountStanding()) }
    }

    /// Asks how those of some accounts stand that do not send as they would.
    static func question(_ accounts: [String]) -> PostgresQuery {
        PostgresQuery("\(newest) WHERE p.standing IS NOT NULL") { $0.add(accounts) }
    }

    /// Reads the rows of accounts.
    static let newest = """
        SELECT p.account, p.version, p.full_at, p.standing FROM unnest($1::text[]) AS s(account) CROSS JOIN LATERAL (
            SELECT \(columns) FROM hookline.account_pace p WHERE p.account = s.account ORDER BY p.version DESC LIMIT 1) p
        """

    static func standings(_ rows: PostgresRows) throws -> [String: AccountStanding] {
        Dictionary(try rows.map(row).map { ($0.account, $0.standing) }) { first, _ in first }
    }

    /// Writes rows where they still are as they were read.
    ///
    /// What gets lost with a server that breaks down is a place or two, or something that the partner says again: nobody
    /// waits for a disk.
    ///
    /// - Parameters:
    ///   - rows: What was read, and how it is to be.
    ///   - session: The connection.
    ///   - deadline: How long it may take.
    /// - Returns: The accounts whose row was written.
    /// - Throws: `PostgresError`.
    static func write(
        _ rows: [(old: Row, new: AccountStanding)],
        _ session: PostgresSession,
        by deadline: ContinuousClock.Instant
    ) throws -> Set<String> {
        let lazy = PostgresQuery("SET LOCAL synchronous_commit = off", prepared: false)
        let (missing, known) = (rows.filter { $0.old.version == 0 }, rows.filter { $0.old.version != 0 })
        let queries = [missing.isEmpty ? nil : query(inserting, missing), known.isEmpty ? nil : query(updating, known)]
        let written = try session.transaction(by: deadline, lastly: queries.compactMap(\.self)) { transaction in
            transaction.write(lazy)
            if !missing.isEmpty { transaction.write(alone) }
        }
        return Set(try written.flatMap { try $0.map { try $0.text(0) } })
    }

    /// Moves what is reckoned in spans by as much as the clock was set: rests, probes, and when buckets are full.
    static func follow(_ span: Duration, _ transaction: inout PostgresTransaction) throws {
        let reading = "SELECT \(columns) FROM hookline.account_pace ORDER BY account FOR UPDATE"
        let rows = try transaction.rows(PostgresQuery(reading)).map(row)
        guard !rows.isEmpty else { return }
        let moved = rows.map { row in
            var standing = row.standing
            standing.follow(span)
            return (old: row, new: standing)
        }
        transaction.write(query(updating, moved))
    }

    /// Of those who make an account's first row at once one does: no key says that there is one row an account.
    private static let alone = PostgresQuery(
        "SELECT pg_advisory_xact_lock(hashtext('hookline.account_pace'))",
        prepared: false
    )

    private static let inserting = """
        INSERT INTO hookline.account_pace (\(columns))
        SELECT account, seen + 1, full_at, standing
        FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) AS s(account, seen, full_at, standing)
        WHERE NOT EXISTS (SELECT 1 FROM hookline.account_pace p WHERE p.account = s.account) RETURNING account
        """

    /// What another one holds is passed over, so nobody waits, in whatever order.
    ///
    /// A row is written where it was locked, and not looked for once more.
    static let updating = """
        WITH c AS MATERIALIZED (
            SELECT p.ctid, s.seen, s.full_at, s.standing
            FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) AS s(account, seen, full_at, standing)
                JOIN hookline.account_pace p ON \(byKey("p.account", "s.account")) AND p.version = s.seen
            FOR UPDATE OF p SKIP LOCKED)
        UPDATE hookline.account_pace p SET version = c.seen + 1, full_at = c.full_at, standing = c.standing
        FROM c WHERE p.ctid = c.ctid RETURNING p.account
        """

    private static func query(_ sql: String, _ rows: [(old: Row, new: AccountStanding)]) -> PostgresQuery {
        PostgresQuery(sql) {
            $0.add(rows.map(\.old.account))
            $0.add(rows.map { Optional($0.old.version) })
            $0.add(rows.map { Optional($0.new.fullAt) })
            $0.add(rows.map { StandingText($0.new).text })
        }
    }

    private static func row(_ row: PostgresRow) throws -> Row {
        let text = StandingText(try row.optionalText(3))
        let standing = AccountStanding(fullAt: try row.number(2), condition: text.condition, probe: text.probe)
        return Row(account: try row.text(0), version: try row.number(1), standing: standing)
    }
}

/// A try to have the law run for a node, on rows that others change as well.
struct PaceSharing {
    private var left: [String: AccountStanding.Turn]
    private let now: Timestamp
    private(set) var answers: [String: SharedAnswer] = [:]
    /// Whether something changed that other nodes have to hear of.
    private(set) var isNews = false
    /// So often rows are read that others changed meanwhile; what is left then is told again.
    private static let tries = 8

    init(_ turns: [String: AccountStanding.Turn], at now: Timestamp) {
        (left, self.now) = (turns, now)
    }

    mutating func run(_ session: PostgresSession, by deadline: ContinuousClock.Instant) throws {
        for _ in 0..<Self.tries where !left.isEmpty {
            var changes: [(old: PaceRows.Row, new: AccountStanding)] = []
            var found: [String: SharedAnswer] = [:]
            for row in try PaceRows.read(left.keys.sorted(), session, by: deadline) {
                guard let turn = left[row.account] else { continue }
                var standing = row.standing
                let grant = standing.answer(turn, at: now)
                found[row.account] = SharedAnswer(standing: standing, grant: grant)
                if standing != row.standing { changes.append((row, standing)) }
            }
            let written = changes.isEmpty ? [] : try PaceRows.write(changes, session, by: deadline)
            let lost = Set(changes.map(\.old.account)).subtracting(written)
            for (account, answer) in found where !lost.contains(account) {
                answers[account] = answer
                left[account] = nil
            }
            // That a rest is over every node knows by itself, and what is counted it hears before it counts.
            let told = changes.filter {
                $0.old.standing.condition.lasting(at: now).withoutCounts != $0.new.condition.withoutCounts
            }
            if told.contains(where: { written.contains($0.old.account) }) { isNews = true }
        }
    }
}

extension PostgresOutbox: SharedPaces {
    package var sharedPaces: (any SharedPaces)? { self }

    package var node: String { options.node }

    package func share(
        _ turns: [String: AccountStanding.Turn],
        at now: Timestamp
    ) async throws(StoreError) -> [String: SharedAnswer] {
        let sharing = try await perform(on: work) { session, deadline in
            var sharing = PaceSharing(turns, at: now)
            try sharing.run(session, by: deadline)
            return sharing
        }
        if sharing.isNews { bells.wakeUps.tell() }
        return sharing.answers
    }

    package func waitingForPairs(of accounts: [String], upTo most: Int) async throws(StoreError) -> [String: Int] {
        try await ask { transaction in
            let rows = try transaction.rows(TurnLines.waitingForPairs(of: accounts, upTo: most))
            return Dictionary(try rows.map { (try $0.text(0), Int(try $0.number(1))) }) { first, _ in first }
        }
    }
}
