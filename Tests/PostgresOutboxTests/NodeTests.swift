// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import FaultServer
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

@Suite("Nodes that call and lead each other", .timeLimit(.minutes(5)))
struct NodeTests {
    /// A node as a service opens it, with a heart that beats fast.
    private static func options(_ name: String) -> PostgresOutbox.Options {
        var options = testOptions
        options.node = name
        var membership = PostgresOutbox.Membership(build: "1")
        (membership.beats, membership.term) = (.milliseconds(50), .milliseconds(500))
        options.membership = membership
        return options
    }

    private static func withDatabase(
        _ body: (PostgresAddress, PostgresLane) async throws -> Void
    ) async throws {
        try await PostgresServer.shared().withDatabase { _, address in
            let lane = PostgresLane(to: address)
            let result: Result<Void, any Error>
            do { result = .success(try await body(address, lane)) } catch { result = .failure(error) }
            await lane.close()
            try result.get()
        }
    }

    private static let leaders = "SELECT count(*) FROM hookline.leader WHERE expires_at > now() AND node = "

    /// Counts the rings of a store, so that one can wait for more.
    private static func rings(_ stream: AsyncStream<Void>, _ body: (Watchers<Int>) async throws -> Void) async throws {
        let count = Watchers(0)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                for await _ in stream { count.change { $0 += 1 } }
            }
            try await body(count)
            group.cancelAll()
        }
    }

    @Test("what one node stores wakes those who send at the others, and digests too")
    func wakeUps() async throws {
        try await Self.withDatabase { address, lane in
            let one = try await PostgresOutbox.open(address, options: Self.options("one"))
            let other = try await PostgresOutbox.open(address, options: Self.options("other"))
            for stream in [other.wakeUps(), other.digestCalls()] {
                try await Self.rings(stream) { count in
                    try await lane.until("SELECT count(*) FROM hookline.nodes", is: 2)
                    // Its own line rings when it comes about; so a second event makes sure.
                    for _ in 0..<2 {
                        let before = await count.until(at: nil) { _ in true }
                        _ = try await one.accept(Make.submission(messages: [try Make.message()]))
                        await count.until(at: nil) { $0 > before }
                    }
                }
            }
            await one.close()
            await other.close()
        }
    }

    @Test("what one node puts in line late is told to the others, whose next claim begins there")
    func late() async throws {
        var settings = Self.options("other")
        (settings.usesDatabaseClock, settings.looksThroughEvery) = (true, .seconds(3_600))
        try await Self.withDatabase { [settings] address, lane in
            let one = try await PostgresOutbox.open(address, options: Self.options("one"))
            let other = try await PostgresOutbox.open(address, options: settings)
            try await Self.rings(other.wakeUps()) { count in
                try await lane.until("SELECT count(*) FROM hookline.nodes", is: 2)
                let now = other.timekeeper.now
                for seconds in [-1, 10, 20] {
                    let before = await count.until(at: nil) { _ in true }
                    let message = try Make.message(dueAt: now.advanced(by: .seconds(-seconds)))
                    _ = try await one.accept(Make.submission(messages: [message]))
                    await count.until(at: nil) { $0 > before }
                    guard seconds > 0 else { continue }
                    #expect(try await other.claim(at: now).contains { $0.id == message.id })
                }
            }
            await one.close()
            await other.close()
        }
    }

    @Test("whether the store takes writes is tried on a row of the node's own: nothing of another node's holds it up")
    func checks() async throws {
        try await Self.withDatabase { address, lane in
            let node = try await PostgresOutbox.open(address, options: Self.options("node"))
            try await lane.until("SELECT count(*) FROM hookline.nodes", is: 1)
            try await node.check()
            #expect(try await lane.number("SELECT count(*) FROM hookline.meta WHERE checked_at IS NOT NULL") == 0)
            await node.close()
            let tool = try await PostgresOutbox.open(address, options: testOptions)
            try await tool.check()
            #expect(try await lane.number("SELECT count(*) FROM hookline.meta WHERE checked_at IS NOT NULL") == 1)
            await tool.close()
        }
    }

    @Test("a tool beside the nodes has them look when it ends")
    func tools() async throws {
        try await Self.withDatabase { address, lane in
            let node = try await PostgresOutbox.open(address, options: Self.options("node"))
            try await lane.until("SELECT count(*) FROM hookline.nodes", is: 1)
            try await Self.rings(node.wakeUps()) { count in
                let tool = try await PostgresOutbox.open(address, options: testOptions)
                _ = try await tool.accept(Make.submission(messages: [try Make.message()]))
                let before = await count.until(at: nil) { _ in true }
                await tool.close()
                await count.until(at: nil) { $0 > before }
            }
            await node.close()
        }
    }

    @Test("one of the nodes leads, and hands over when it ends; who ends is no node any more")
    func handOver() async throws {
        try await Self.withDatabase { address, lane in
            let first = try await PostgresOutbox.open(address, options: Self.options("first"))
            try await lane.until(Self.leaders + "'first'", is: 1)
            let second = try await PostgresOutbox.open(address, options: Self.options("second"))
            try await lane.until("SELECT count(*) FROM hookline.nodes", is: 2)
            while !first.leads { try await lane.until("SELECT 1::bigint", is: 1) }
            #expect(!second.leads)
            await first.close()
            #expect(!first.leads)
            try await lane.until(Self.leaders + "'second'", is: 1)
            #expect(try await lane.number("SELECT count(*) FROM hookline.nodes WHERE node = 'second'") == 1)
            #expect(try await lane.number("SELECT count(*) FROM hookline.nodes") == 1)
            await second.close()
            #expect(try await lane.number("SELECT count(*) FROM hookline.leader") == 0)
        }
    }

    /// Pitfalls 8 and 31.
    @Test("a leader that nobody hears any more leads no longer, and when it comes back the other one still does")
    func silentLeader() async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { name, direct in
            try await CuttingProxy.run(to: server.socket) { proxy in
                let lane = PostgresLane(to: direct)
                var options = Self.options("silent")
                options.membership?.listen = try server.address(of: name, overPort: proxy.port)
                let silent = try await PostgresOutbox.open(direct, options: options)
                try await lane.until(Self.leaders + "'silent'", is: 1)
                let other = try await PostgresOutbox.open(direct, options: Self.options("other"))
                proxy.plan(.stall, .toClient)
                try await lane.until(Self.leaders + "'other'", is: 1)
                while silent.leads { try await lane.until("SELECT 1::bigint", is: 1) }
                proxy.heal()
                // It beats again, and finds that it does not lead.
                let beats = "SELECT count(*) FROM hookline.nodes WHERE node = 'silent' AND NOT leads"
                try await lane.until(beats, is: 1)
                #expect(!silent.leads)
                #expect(try await lane.number(Self.leaders + "'other'") == 1)
                await silent.close()
                await other.close()
                await lane.close()
            }
        }
    }

    /// Pitfall 25: who called holds a lock of the whole server's until its commit has ended, and whoever calls waits for that.
    @Test("a call whose commit waits for a standby keeps no event from being stored")
    func callThatWaits() async throws {
        let settings = ["synchronous_standby_names = 'nobody'", "synchronous_commit = local"]
        try await PostgresServer.run(settings) { server in
            try await server.withDatabase { _, address in
                let (lane, caller) = (PostgresLane(to: address), PostgresLane(to: address))
                let node = try await PostgresOutbox.open(address, options: Self.options("node"))
                try await lane.run(["CREATE TABLE calls (at timestamptz)"])
                async let call: Void = caller.run([
                    "SET synchronous_commit = on",
                    "INSERT INTO calls SELECT now() FROM (SELECT pg_notify('hookline', '')) told",
                ])
                try await lane.until("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", is: 1)
                let lock = "locktype = 'object' AND classid = 'pg_database'::regclass AND objid = 0 AND granted"
                #expect(try await lane.number("SELECT count(*) FROM pg_locks WHERE \(lock)") == 1)
                for _ in 0..<20 { _ = try await node.accept(Make.submission(messages: [try Make.message()])) }
                #expect(try await node.messages(MessageFilter()).elements.count == 20)
                let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                #expect(try await lane.number(end) == 1)
                _ = try? await call
                for lane in [lane, caller] { await lane.close() }
                await node.close()
            }
        }
    }

    @Test("a node that ends waits for none of its upkeep, which may take minutes")
    func endsUpkeep() async throws {
        try await Self.withDatabase { address, lane in
            var options = Self.options("node")
            options.partitions = .week
            await (try PostgresOutbox.open(address, options: options)).close()
            // Nobody analyzes the table while somebody else says that they do.
            let holder = PostgresLane(to: address)
            try await holder.perform { session in
                let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                let lock = "LOCK TABLE hookline.events IN SHARE UPDATE EXCLUSIVE MODE"
                let queries = ["BEGIN", lock].map { PostgresQuery($0, prepared: false) }
                _ = try session.exchange(queries, commits: false, by: deadline)
            }
            let node = try await PostgresOutbox.open(address, options: options)
            let waits = """
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                    AND query = 'ANALYZE hookline.events'
                """
            try await lane.until(waits, is: 1)
            await node.close()
            try await lane.until(waits, is: 0)
            await holder.close()
        }
    }

    @Test("who leads makes the pieces of the tables before their time")
    func piecesAhead() async throws {
        try await Self.withDatabase { address, lane in
            var options = Self.options("node")
            options.partitions = .day
            let node = try await PostgresOutbox.open(address, options: options)
            let pieces = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'hookline.attempts'::regclass"
            try await lane.until(pieces, is: 3)
            await node.close()
        }
    }
}
