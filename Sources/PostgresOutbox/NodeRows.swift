// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import PostgresConnection

/// The tables of the nodes: who lives, and who leads.
enum NodeRows {
    static let tables = [
        """
        CREATE TABLE hookline.nodes (
            node text PRIMARY KEY, started_at timestamptz NOT NULL, seen_at timestamptz NOT NULL, build text NOT NULL,
            address text NOT NULL, clock_offset bigint NOT NULL, hears boolean, leads boolean NOT NULL)
            WITH (fillfactor = 50)
        """,
        """
        CREATE TABLE hookline.leader (
            id bigint PRIMARY KEY CHECK (id = 1), node text NOT NULL, term timestamptz NOT NULL,
            expires_at timestamptz NOT NULL) WITH (fillfactor = 10)
        """,
    ]

    /// What a beat found.
    struct Beat {
        /// What the database's clock showed.
        let time: Timestamp
        /// Since when this node leads without a break; `nil` when another one does.
        let term: Timestamp?
        /// How many nodes live, this one with them.
        let nodes: Int
    }

    /// Who was not seen for so long does not live.
    private static let silence = "interval '\(Int(StoreStanding.Node.longestSilence.inSeconds)) seconds'"

    /// What a node says of itself with a beat.
    struct Word {
        let node: String
        /// Which build it is.
        let build: String
        /// Where it listens for senders.
        let address: String
        /// How far the database's clock is ahead of its own.
        let offset: Duration
        /// Whether calls of others reach it; `nil` while it does not know.
        let hears: Bool?
        /// Whether it led until now.
        let leads: Bool
    }

    /// Says that a node lives, and has it lead, on or where nobody else does.
    ///
    /// - Parameters:
    ///   - word: What it says.
    ///   - term: How long it leads.
    /// - Returns: The statement, of which ``found(_:)`` reads the answer.
    static func beat(_ word: Word, term: Duration) -> PostgresQuery {
        PostgresQuery(beating) {
            $0.add(word.node)
            $0.add(word.build)
            $0.add(Int64(word.offset / .microseconds(1)))
            $0.add(word.leads)
            $0.add(Int64(term / .milliseconds(1)))
            $0.add(word.address)
            $0.add(word.hears.map { $0 ? 1 : 0 })
        }
    }

    private static let beating = """
        WITH beat AS (
            INSERT INTO hookline.nodes AS n (node, build, clock_offset, leads, started_at, seen_at, address, hears)
            VALUES ($1, $2, $3, $4, now(), now(), $6, $7 = 1)
            ON CONFLICT (node) DO UPDATE SET seen_at = excluded.seen_at, clock_offset = excluded.clock_offset,
                leads = excluded.leads, hears = excluded.hears),
        lead AS (
            INSERT INTO hookline.leader AS l (id, node, term, expires_at)
            VALUES (1, $1, now(), now() + $5 * interval '1 millisecond')
            ON CONFLICT (id) DO UPDATE SET
                node = excluded.node, expires_at = excluded.expires_at,
                term = CASE WHEN l.node = excluded.node AND l.expires_at > now() THEN l.term ELSE excluded.term END
                WHERE l.node = excluded.node OR l.expires_at <= now()
            RETURNING term)
        SELECT clock_timestamp(), (SELECT term FROM lead),
            1 + (SELECT count(*) FROM hookline.nodes WHERE node <> $1 AND seen_at > now() - \(silence))
        """

    static func found(_ rows: PostgresRows) throws -> Beat? {
        try rows.first.map { Beat(time: try $0.time(0), term: try $0.optionalTime(1), nodes: Int(try $0.number(2))) }
    }

    /// Writes something that nothing else hangs on, to see whether the store takes writes: the node's own row, so that no node
    /// waits for another one's look; of who has none, a row that all share.
    static func check(of node: String) -> PostgresQuery {
        let sql = """
            WITH mine AS (UPDATE hookline.nodes SET seen_at = now() WHERE node = $1 RETURNING node)
            UPDATE hookline.meta SET checked_at = now() WHERE NOT EXISTS (SELECT FROM mine)
            """
        return PostgresQuery(sql) { $0.add(node) }
    }

    /// Takes a node that ends out of the tables.
    static func resignations(of node: String) -> [PostgresQuery] {
        [
            PostgresQuery("DELETE FROM hookline.leader WHERE node = $1") { $0.add(node) },
            PostgresQuery("DELETE FROM hookline.nodes WHERE node = $1") { $0.add(node) },
        ]
    }

    /// Forgets nodes that were not seen for a day.
    static let sweep = PostgresQuery("DELETE FROM hookline.nodes WHERE seen_at < now() - interval '1 day'")
}
