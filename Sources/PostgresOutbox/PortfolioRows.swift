// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import Outbox
import PostgresConnection

/// The recipients of portfolios whom all nodes count together: a row each, and one for the portfolio, which says how often it was
/// changed.
///
/// Each node knows all of them and asks the law by itself; what it says is written where the portfolio is still as the node knows it, in one statement.
/// Who writes holds the portfolio's row until the commit, so versions are seen in their order, and none is missing.
enum PortfolioRows {
    static let tables = [
        """
        CREATE TABLE hookline.portfolios (portfolio text PRIMARY KEY, version bigint NOT NULL) WITH (fillfactor = 10)
        """,
        """
        CREATE TABLE hookline.portfolio_recipients (
            portfolio text NOT NULL, recipient bigint NOT NULL, version bigint NOT NULL,
            counts_until timestamptz, waits_until timestamptz, PRIMARY KEY (portfolio, recipient))
        """,
        "CREATE INDEX portfolio_recipients_version ON hookline.portfolio_recipients (portfolio, version)",
    ]

    /// Writes rows where the portfolio has the version that is known; returns its new one then, and else nothing.
    static func change(_ portfolio: String, _ rows: [PortfolioRow], knowing version: Int64) -> PostgresQuery {
        let sql = """
            WITH p AS (
                INSERT INTO hookline.portfolios AS p (portfolio, version) VALUES ($1, $2 + 1)
                ON CONFLICT (portfolio) DO UPDATE SET version = excluded.version WHERE p.version = $2
                RETURNING portfolio, version),
            w AS (
                INSERT INTO hookline.portfolio_recipients AS r (portfolio, recipient, version, counts_until, waits_until)
                SELECT p.portfolio, s.recipient, p.version, s.counts_until, s.waits_until
                FROM p, unnest($3::bigint[], $4::timestamptz[], $5::timestamptz[])
                    AS s(recipient, counts_until, waits_until)
                ORDER BY s.recipient
                ON CONFLICT (portfolio, recipient) DO UPDATE SET version = excluded.version,
                    counts_until = excluded.counts_until, waits_until = excluded.waits_until)
            SELECT version FROM p
            """
        return PostgresQuery(sql) {
            $0.add(portfolio)
            $0.add(Optional(version))
            $0.add(rows.map { Optional($0.recipient) })
            $0.add(rows.map(\.countsUntil))
            $0.add(rows.map(\.waitsUntil))
        }
    }

    /// Reads the version of a portfolio with the rows that were changed since another one; with all where it is not yet that far, as
    /// after the database was put back to an earlier time.
    static func news(of portfolio: String, since version: Int64) -> PostgresQuery {
        let sql = """
            SELECT p.version, r.recipient, r.counts_until, r.waits_until
            FROM hookline.portfolios p LEFT JOIN hookline.portfolio_recipients r
                ON \(byKey("r.portfolio", "p.portfolio")) AND r.version > CASE WHEN p.version < $2 THEN 0 ELSE $2 END
            WHERE p.portfolio = $1 ORDER BY r.counts_until, r.waits_until
            """
        return PostgresQuery(sql) {
            $0.add(portfolio)
            $0.add(Optional(version))
        }
    }

    static func news(_ rows: PostgresRows) throws -> PortfolioNews {
        guard let version = try rows.first?.number(0) else { return PortfolioNews(isTaken: false, version: 0) }
        let known = try rows.map { row -> PortfolioRow? in
            guard let recipient = try row.optionalNumber(1) else { return nil }
            return PortfolioRow(
                recipient: recipient,
                countsUntil: try row.optionalTime(2),
                waitsUntil: try row.optionalTime(3)
            )
        }
        return PortfolioNews(isTaken: false, version: version, rows: known.compactMap(\.self))
    }

    /// Locks all portfolios, before anything else of paces: a statement of its own, so that what comes after it sees what their last writers
    /// stored.
    static let lockAll = PostgresQuery("SELECT portfolio FROM hookline.portfolios ORDER BY portfolio FOR UPDATE")

    /// Moves times by as much as the clock was set, behind ``lockAll``; every node hears of all rows then.
    static func follow(_ span: Duration) -> PostgresQuery {
        let sql = """
            WITH p AS (UPDATE hookline.portfolios SET version = version + 1 RETURNING portfolio, version)
            UPDATE hookline.portfolio_recipients r SET version = p.version,
                counts_until = r.counts_until + $1 * interval '1 microsecond',
                waits_until = r.waits_until + $1 * interval '1 microsecond'
            FROM p WHERE \(byKey("r.portfolio", "p.portfolio"))
            """
        return PostgresQuery(sql) { $0.add(Optional(span.microseconds)) }
    }
}

extension PostgresOutbox {
    package func share(
        _ portfolio: String,
        _ changes: [PortfolioRow],
        knowing version: Int64
    ) async throws(StoreError) -> PortfolioNews {
        try await perform(on: work) { session, deadline in
            if !changes.isEmpty {
                let query = PortfolioRows.change(portfolio, changes, knowing: version)
                let answers = try session.transaction(by: deadline, lastly: [query]) { _ in }
                if let row = answers.first?.first { return PortfolioNews(isTaken: true, version: try row.number(0)) }
            }
            return try session.transaction(.question, by: deadline) { transaction in
                try PortfolioRows.news(transaction.rows(PortfolioRows.news(of: portfolio, since: version)))
            }
        }
    }
}
