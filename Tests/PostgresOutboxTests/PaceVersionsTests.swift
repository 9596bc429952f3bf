// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import PostgresConnection
import PostgresServer
import TestSupport
import Testing

@testable import PostgresOutbox

/// Pitfall 19: what nodes share of an account costs no more while somebody's snapshot keeps every version of it.
@Suite("Paces of accounts under a snapshot that is held", .timeLimit(.minutes(5)))
struct PaceVersionsTests {
    private static let versions = 5_000

    /// Makes versions of an account's row, as so many places that are taken would.
    private static let making = """
        DO $$ DECLARE v bigint := 1; c tid; BEGIN
            INSERT INTO hookline.account_pace (account, version, full_at) VALUES ('main', 1, 0) RETURNING ctid INTO c;
            WHILE v < \(versions) LOOP
                UPDATE hookline.account_pace SET version = version + 1 WHERE ctid = c RETURNING ctid INTO c;
                v := v + 1;
                COMMIT;
            END LOOP;
        END $$
        """

    /// The parameters of both statements.
    private static let places = ["$1::text[]", "$2::bigint[]", "$3::bigint[]", "$4::text[]"]

    /// How many pages a statement reads, as the store has it planned.
    private func pages(_ sql: String, _ session: PostgresSession) throws -> Int {
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        let values = ["'{main}'::text[]", "'{\(Self.versions)}'::bigint[]", "'{7}'::bigint[]", "'{NULL}'::text[]"]
        let statement = zip(Self.places, values).reduce(sql) { $0.replacing($1.0, with: $1.1) }
        let plan = try session.rows(
            PostgresQuery("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) \(statement)", prepared: false),
            by: deadline
        ).map { try $0.text(0) }.joined()
        let top = try #require(try JSON(parsing: plan).array?.first?["Plan"])
        let counts = ["Shared Hit Blocks", "Shared Read Blocks"].compactMap { top[$0]?.number?.int }
        return counts.reduce(0, +)
    }

    @Test("neither reading a row nor writing it goes through the versions that a snapshot keeps")
    func held() async throws {
        try await withNodes(1) { nodes, lane in
            let holder = PostgresLane(to: nodes[0].address)
            try await holder.perform { session in
                let sql = ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM hookline.account_pace"]
                let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                _ = try session.exchange(sql.map { PostgresQuery($0, prepared: false) }, commits: false, by: deadline)
            }
            try await lane.run([Self.making])
            var options = PostgresSession.Options()
            options.plansOnce = true
            let asking = PostgresLane(to: nodes[0].address, options)
            let kept = try await asking.perform { session in
                try [PaceRows.newest, PaceRows.updating].map { try pages($0, session) }
            }
            await asking.close()
            await holder.close()
            #expect(kept.allSatisfy { $0 < 30 }, "\(kept)")
        }
    }

    @Test("of nodes that make an account's first row at once one does")
    func firstRow() async throws {
        try await withNodes(4) { nodes, lane in
            let now = TestClock().now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for node in nodes {
                    group.addTask {
                        var turn = AccountStanding.Turn(
                            of: node.node,
                            among: 4,
                            rate: Pacer(Rate(100, per: .seconds(1)))
                        )
                        turn.wish = .places(1)
                        let answer = try await node.share(["main": turn], at: now)["main"]
                        #expect(answer?.grant.places != nil)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await lane.number("SELECT count(*) FROM hookline.account_pace") == 1)
            #expect(try await lane.number("SELECT version FROM hookline.account_pace") == 4)
        }
    }
}
