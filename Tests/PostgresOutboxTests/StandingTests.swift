// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

@Suite("How a database and its nodes stand", .timeLimit(.minutes(5)))
struct StandingTests {
    /// What a server is told, what a 2xx survives then, and how many standbys have to confirm it.
    private static let settings: [(String?, StoreStanding.Durability, Int)] = [
        (nil, .disk(by: "PostgreSQL with synchronous_commit = on"), 0),
        ("synchronous_commit = local", .disk(by: "PostgreSQL with synchronous_commit = local"), 0),
        ("synchronous_commit = off", .doubtful(because: "synchronous_commit is off"), 0),
        ("full_page_writes = off", .doubtful(because: "full_page_writes is off, and a page may be half written"), 0),
        (
            "synchronous_standby_names = 'ANY 2 (one, two, three)'",
            .waits(asked: "synchronous_commit = on, synchronous_standby_names = 'ANY 2 (one, two, three)'"), 2
        ),
    ]

    /// Pitfall 5.
    @Test("what a 2xx survives follows from the server's settings and its standbys")
    func durability() async throws {
        try await PostgresServer.run(["fsync = on"]) { server in
            let store = try await PostgresOutbox.open(try server.address, options: testOptions)
            for (setting, durability, wanted) in Self.settings {
                try await server.run("ALTER SYSTEM RESET ALL")
                if let setting { try await server.run("ALTER SYSTEM SET \(setting)") }
                try await server.run("SELECT pg_reload_conf()")
                // Sessions hear of new settings between their statements, and not at once.
                var standing = try await store.standing()
                while standing.durability != durability {
                    try Task.checkCancellation()
                    standing = try await store.standing()
                }
                #expect(standing.server?.standbysWanted == wanted)
                #expect(standing.server?.standbys == StoreStanding.Standbys(confirming: 0, following: 0))
                #expect(standing.server?.version.hasPrefix("PostgreSQL ") == true)
            }
            await store.close()
        }
    }

    /// Pitfall 19.
    @Test("the session that holds the oldest snapshot is named")
    func snapshot() async throws {
        try await PostgresServer.shared().withDatabase { _, address in
            let store = try await PostgresOutbox.open(address, options: testOptions)
            var options = PostgresSession.Options()
            options.name = "a long report"
            let holder = PostgresLane(to: address, options)
            let pid = try await holder.perform { session in
                let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                let sql = ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT pg_backend_pid()::bigint"]
                let queries = sql.map { PostgresQuery($0, prepared: false) }
                return try session.exchange(queries, commits: false, by: deadline).last?.first?.number(0)
            }
            let held = try #require(try await store.standing().server?.oldestSnapshot)
            #expect(held.holder == "session \(pid ?? 0) (a long report)")
            #expect(try #require(held.age) >= .zero)
            await holder.close()
            await store.close()
        }
    }

    @Test("a role that may not see the sessions of others is told so, and no snapshot")
    func rights() async throws {
        try await PostgresServer.shared().withDatabase { name, address in
            let store = try await PostgresOutbox.open(address, options: testOptions)
            let lane = PostgresLane(to: address)
            try await lane.run([
                "CREATE ROLE \(name) LOGIN", "GRANT USAGE ON SCHEMA hookline TO \(name)",
                "GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA hookline TO \(name)",
            ])
            let other = try await PostgresOutbox.open(address.with("user", name), options: testOptions)
            let server = try #require(try await other.standing().server)
            #expect(!server.seesSessions && server.oldestSnapshot == nil)
            #expect(server.connections.used > 0 && server.connections.limit == 400)
            await other.close()
            await store.close()
            try await lane.run(["DROP OWNED BY \(name)", "DROP ROLE \(name)"])
            await lane.close()
        }
    }

    @Test("nodes are told with build, address and whether calls reach them; one leads")
    func nodes() async throws {
        try await PostgresServer.shared().withDatabase { _, address in
            func options(_ name: String) -> PostgresOutbox.Options {
                var options = testOptions
                options.node = name
                var membership = PostgresOutbox.Membership(build: "1.2 \(name)")
                (membership.beats, membership.trials) = (.milliseconds(50), .milliseconds(50))
                membership.address = "127.0.0.1:1"
                options.membership = membership
                return options
            }
            let one = try await PostgresOutbox.open(address, options: options("one"))
            let lane = PostgresLane(to: address)
            try await lane.until("SELECT count(*) FROM hookline.leader WHERE node = 'one'", is: 1)
            let other = try await PostgresOutbox.open(address, options: options("other"))
            // A call went out over another connection and came back.
            try await lane.until("SELECT count(*) FROM hookline.nodes WHERE hears", is: 2)
            let server = try #require(try await one.standing().server)
            #expect(server.nodes.map(\.name) == ["one", "other"])
            #expect(server.nodes.map(\.build) == ["1.2 one", "1.2 other"])
            #expect(server.nodes.allSatisfy { $0.isAlive && $0.address == "127.0.0.1:1" && $0.hears == true })
            #expect(server.leader?.node == "one" && server.leads == true)
            guard case .notify(.some) = server.calls else {
                Issue.record("calls arrive: \(String(describing: server.calls))")
                return
            }
            let tool = try await PostgresOutbox.open(address, options: testOptions)
            let seen = try #require(try await tool.standing().server)
            #expect(seen.calls == nil && seen.leads == nil && seen.nodes.map(\.name) == ["one", "other"])
            for store in [tool, other, one] { await store.close() }
            await lane.close()
        }
    }
}
