// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

/// Pitfall 35: PgBouncer 1.18, as Debian ships it, pooling by transaction.
@Suite("Nodes behind a pooler", .timeLimit(.minutes(5)))
struct PoolerTests {
    /// A node that prepares nothing.
    private static func options(_ name: String, listen: PostgresAddress?) -> PostgresOutbox.Options {
        var options = testOptions
        (options.node, options.session.prepares) = (name, false)
        var membership = PostgresOutbox.Membership(build: "1")
        (membership.beats, membership.trials) = (.milliseconds(50), .milliseconds(50))
        membership.patience = .milliseconds(500)
        membership.listen = listen
        options.membership = membership
        return options
    }

    /// Lends two nodes behind a pooler.
    private static func withNodes(
        listening: Bool,
        _ body: @Sendable ([PostgresOutbox], PostgresLane) async throws -> Void
    ) async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { name, direct in
            try await Pooler.run(before: server, name) { pooled in
                let lane = PostgresLane(to: direct)
                var nodes: [PostgresOutbox] = []
                for name in ["one", "other"] {
                    let options = Self.options(name, listen: listening ? direct : nil)
                    nodes.append(try await PostgresOutbox.open(pooled, options: options))
                }
                let result: Result<Void, any Error>
                do { result = .success(try await body(nodes, lane)) } catch { result = .failure(error) }
                for node in nodes { await node.close() }
                await lane.close()
                try result.get()
            }
        }
    }

    /// Stores messages on one node, and sends them all on both at once.
    private static func work(_ nodes: [PostgresOutbox], _ count: Int) async throws {
        let now = TestClock().now
        let ids = try await withThrowingTaskGroup(of: [MessageID].self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await nodes[0].accept(Make.submission(messages: [try Make.message()])).messages.map(\.id)
                }
            }
            return try await group.reduce(into: Set<MessageID>()) { $0.formUnion($1) }
        }
        #expect(ids.count == count)
        let sent = try await withThrowingTaskGroup(of: [MessageID].self) { group in
            for node in nodes {
                group.addTask {
                    var sent: [MessageID] = []
                    while true {
                        let quota = [ClaimQuota(account: "main", limit: 7)]
                        let claimed = try await node.claim(quota, lease: .seconds(60), now: now)
                        guard !claimed.isEmpty else { return sent }
                        let settled = try await node.settle(
                            claimed.map { try Settlement(of: $0, .accepted(partnerID: "wamid.\($0.id)"), at: now) }
                        )
                        #expect(settled.allSatisfy { $0 == .settled })
                        sent += claimed.map(\.id)
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(sent.count == count && Set(sent) == ids)
        let states = try await nodes[1].countsByState()
        #expect(states == [.accepted: count])
    }

    @Test("with a direct address to listen at everything works, and calls arrive")
    func listens() async throws {
        try await Self.withNodes(listening: true) { nodes, lane in
            try await lane.until("SELECT count(*) FROM hookline.nodes WHERE hears", is: 2)
            try await Self.work(nodes, 40)
            #expect(nodes.count(where: \.leads) <= 1)
        }
    }

    @Test("without one everything works too, and each node knows that it hears nothing")
    func polls() async throws {
        try await Self.withNodes(listening: false) { nodes, lane in
            try await lane.until("SELECT count(*) FROM hookline.nodes WHERE NOT hears", is: 2)
            while try await nodes[0].standing().server?.calls != .poll { try Task.checkCancellation() }
            let quota = [ClaimQuota(account: "main", limit: 1)]
            let now = TestClock().now
            #expect(try await nodes[1].claim(quota, lease: .seconds(60), now: now).isEmpty)
            // The look finds what the other node stored.
            let rings = EventRecorder<String>()
            let stream = nodes[1].wakeUps()
            let listener = Task { for await _ in stream { rings.record("woken") } }
            _ = try await nodes[0].accept(Make.submission(messages: [try Make.message()]))
            _ = try await nodes[1].heedOthers()
            await rings.until { !$0.isEmpty }
            listener.cancel()
            let claimed = try await nodes[1].claim(quota, lease: .seconds(60), now: now)
            #expect(claimed.count == 1)
        }
    }

    @Test("a node that prepares finds out that the pooler refuses how, and says what to set")
    func prepares() async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { name, _ in
            try await Pooler.run(before: server, name) { pooled in
                let refusal = await #expect(throws: StoreError.self) {
                    try await PostgresOutbox.open(pooled, options: testOptions)
                }
                #expect(refusal?.reason.contains("prepared: off") == true)
            }
        }
    }
}
