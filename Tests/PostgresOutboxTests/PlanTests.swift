// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

/// What writes is planned once, and the plan has to do for tables of any size.
@Suite("How statements on PostgreSQL are planned", .timeLimit(.minutes(5)))
struct PlanTests {
    let now = TestClock().now
    static let count = 600

    /// A table is analyzed while nothing is in it whenever the next piece of it is made ahead, or a queue is empty.
    @Test(
        "what is planned while tables are known to be empty reads no more of them when they are full",
        arguments: ["none", "day"]
    )
    func plannedWhileEmpty(partitions: String) async throws {
        var options = testOptions
        let pieces = try #require(PostgresPartitions(rawValue: partitions))
        options.partitions = pieces
        try await withNodes(1, options) { nodes, lane in
            let store = nodes[0]
            let first = try await send(store, 1)
            try await lane.run(Self.emptying)
            // Now all is planned once more.
            #expect(try await store.claim(50, at: now).isEmpty)
            #expect(try await store.settle(first) == [.unknown])
            #expect(try await send(store, Self.count).count == Self.count)
            await store.close()
            for table in Self.tables {
                let read = try #require(try await lane.number(Self.rowsRead(of: table)))
                #expect(read <= 6 * Self.count, "of \(table) \(read) rows were read for \(Self.count) messages")
            }
        }
    }

    /// Has messages stored, claimed and settled.
    private func send(_ store: PostgresOutbox, _ count: Int) async throws -> [Settlement] {
        for _ in 0..<count { _ = try await store.accept(Make.submission(messages: [try Make.message()])) }
        var settled: [Settlement] = []
        while case let claimed = try await store.claim(50, at: now), !claimed.isEmpty {
            let batch = try claimed.map { try Settlement(of: $0, .accepted(partnerID: "wamid.\($0.id)"), at: now) }
            #expect(try await store.settle(batch).allSatisfy { $0 == .settled })
            settled += batch
        }
        return settled
    }

    static let tables = ["messages", "message_requests", "leases", "waiting"]

    /// Nothing is in them, and PostgreSQL knows it.
    static let emptying =
        ["TRUNCATE \((tables + ["message_counts"]).map { "hookline.\($0)" }.joined(separator: ", "))"]
        + tables.map { "ANALYZE hookline.\($0)" }

    /// Of a table with its pieces.
    private static func rowsRead(of table: String) -> String {
        """
        SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_user_tables
        WHERE schemaname = 'hookline' AND relname ~ '^\(table)(_[0-9]+)?$'
        """
    }
}
