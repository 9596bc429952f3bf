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

@Suite("Many nodes on one PostgreSQL", .timeLimit(.minutes(5)))
struct ManyNodesTests {
    let now = TestClock().now

    func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    /// Pitfall 9.
    @Test("nodes that claim at the same time never hold the same message, and none more than it asked for")
    func exclusiveClaims() async throws {
        try await withNodes(3) { nodes, _ in
            let messages = try (0..<900).map { _ in try Make.message() }
            for start in stride(from: 0, to: messages.count, by: 100) {
                _ = try await nodes[0].accept(Make.submission(messages: Array(messages[start..<(start + 100)])))
            }
            let now = now
            let batches = try await withThrowingTaskGroup(of: [[MessageID]].self) { group in
                for node in nodes {
                    group.addTask {
                        var batches: [[MessageID]] = []
                        repeat {
                            batches.append(try await node.claim(20, at: now).map(\.id))
                        } while batches.last?.isEmpty == false
                        return batches
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(batches.allSatisfy { $0.count <= 20 })
            #expect(batches.joined().sorted() == messages.map(\.id).sorted())
        }
    }

    /// Pitfall 11.
    @Test("who was rescued by another node, and claimed anew, has no say any more")
    func fencing() async throws {
        try await withNodes(2) { nodes, _ in
            let message = try Make.message()
            _ = try await nodes[0].accept(Make.submission(messages: [message]))
            let stopped = try #require(try await nodes[0].claim(at: now).first)
            let lost = try #require(try await nodes[1].expiredLeases(at: later(60), limit: 5).first)
            #expect(lost == stopped)
            #expect(
                try await nodes[1].settle(lost, .retryable(Make.detail(), retryAfter: nil), at: later(60)) == .settled
            )
            let again = try #require(try await nodes[1].claim(at: later(600)).first)
            #expect(again.claim == 2)
            let late = try await nodes[0].settle(stopped, .accepted(partnerID: "wamid.1"), at: later(601))
            #expect(late == .ignored(.sending))
            #expect(try await nodes[1].settle(again, .accepted(partnerID: "wamid.2"), at: later(602)) == .settled)
            #expect(try await nodes[0].message(message.id)?.message.partnerID == "wamid.2")
        }
    }

    /// Pitfalls 16, 17 and 18.
    @Test("repetitions that reach nodes at once, in opposite orders, make one event each and no deadlock")
    func repetitionsAtOnce() async throws {
        try await withNodes(2) { nodes, lane in
            let keys = (0..<20).map { "evt-\($0)" }
            let receipts = try await withThrowingTaskGroup(of: [Receipt].self) { group in
                for round in 0..<10 {
                    for (index, node) in nodes.enumerated() {
                        let order = (index + round).isMultiple(of: 2) ? keys : keys.reversed()
                        group.addTask { try await node.accept((order + order).map { Make.submission(dedupe: $0) }) }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(receipts.count { !$0.isDuplicate } == keys.count)
            #expect(try await lane.number("SELECT count(*) FROM hookline.events") == 20)
            #expect(try await lane.number("SELECT sum(duplicates)::bigint FROM hookline.events") == 780)
        }
    }

    /// Where in the bytes that answer an accept a connection breaks.
    enum Place: CaseIterable {
        /// Before the first answer: the server has the first statements.
        case beginning
        /// Before the last answer, that of the commit: the server has all of it.
        case commit
        /// Before the very last byte.
        case end

        /// How many of the bytes come through, of as many as an accept is answered with.
        func bytes(of all: Int) -> Int {
            switch self {
            case .beginning: 0
            // "COMMIT" and "ready" are the last 18 bytes.
            case .commit: all - 18
            case .end: all - 1
            }
        }
    }

    /// Pitfall 4.
    @Test(
        "an event whose commit nobody answered is stored once, and its sender gets the same receipt",
        arguments: [CuttingProxy.Fault.cut, .halfClose],
        Place.allCases
    )
    func cutCommit(fault: CuttingProxy.Fault, place: Place) async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { name, direct in
            try await CuttingProxy.run(to: server.socket) { proxy in
                let address = try server.address(of: name, overPort: proxy.port)
                let store = try await PostgresOutbox.open(address, options: testOptions)
                // Then the pieces of the tables are there, and the statements known.
                _ = try await store.accept(submission(1))
                let before = proxy.passed(.toClient)
                _ = try await store.accept(submission(2))
                let submission = try submission(3)
                proxy.plan(fault, .toClient, after: place.bytes(of: proxy.passed(.toClient) - before))
                let receipt = try await store.accept(submission)
                await proxy.faults()
                let expected = Receipt(
                    event: submission.event.id,
                    isDuplicate: false,
                    messages: [.init(id: submission.messages[0].id, rule: "order-paid", state: .queued)]
                )
                #expect(receipt == expected)
                #expect(try await store.accept(submission) == expected, "the same again, as if nobody had heard")
                await store.close()
                let lane = PostgresLane(to: direct)
                let stored = try await lane.number("SELECT count(*) FROM hookline.events")
                #expect(stored == 3)
                await lane.close()
            }
        }
    }

    private func submission(_ number: Int) throws -> Submission {
        let message = try Make.message(once: OncePer(key: "100\(number)"))
        return Make.submission(messages: [message], dedupe: "event-\(number)")
    }

    @Test("a claim begins where the last ended or its node put something; a look through everything finds the rest")
    func floors() async throws {
        var options = testOptions
        options.looksThroughEvery = .seconds(3_600)
        try await withNodes(2, options) { nodes, _ in
            let (store, other) = (nodes[0], nodes[1])
            let late = try Make.message(dueAt: later(3_600))
            _ = try await store.accept(Make.submission(messages: [late]))
            #expect(try await store.claim(at: later(3_600)).map(\.id) == [late.id])
            let (early, next) = (try Make.message(), try Make.message(dueAt: later(3_599)))
            // Nobody tells of what this one stores.
            _ = try await other.accept(Make.submission(messages: [early, next]))
            #expect(try await store.claim(at: later(3_600)).map(\.id) == [next.id])
            // Where it ended moves on.
            let last = try Make.message(dueAt: later(3_700))
            _ = try await store.accept(Make.submission(messages: [last]))
            #expect(try await store.claim(at: later(3_700)).map(\.id) == [last.id])
            let between = try Make.message(dueAt: later(3_650))
            _ = try await store.accept(Make.submission(messages: [between]))
            #expect(try await store.claim(at: later(3_700)).map(\.id) == [between.id])
            #expect(try await store.claim(at: later(3_700)).isEmpty)
            // Its first look is through everything.
            #expect(try await other.claim(at: later(3_700)).map(\.id) == [early.id])
        }
    }

    /// Pitfall 19, by the entries of the index that claims read, dead ones among them.
    @Test("while somebody's snapshot keeps what was claimed, claims do not go through it again")
    func heldSnapshot() async throws {
        var options = testOptions
        options.looksThroughEvery = .seconds(3_600)
        let (rounds, batch) = (20, 50)
        try await PostgresServer.shared().withDatabase { _, address in
            let store = try await PostgresOutbox.open(address, options: options)
            let holder = PostgresLane(to: address)
            try await holder.perform { session in
                let sql = ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM hookline.waiting"]
                let queries = sql.map { PostgresQuery($0, prepared: false) }
                let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                _ = try session.exchange(queries, commits: false, by: deadline)
            }
            for round in 0..<rounds {
                let time = later(round * 10)
                let messages = try (0..<batch).map { _ in try Make.message(dueAt: time) }
                _ = try await store.accept(messages.map { Make.submission(messages: [$0]) })
                #expect(try await store.claim(batch + 1, at: time).count == batch)
            }
            await holder.close()
            await store.close()
            let lane = PostgresLane(to: address)
            // A connection says what it did when it ends.
            try await lane.until(Self.others, is: 0)
            let read = try #require(try await lane.number(Self.entriesRead))
            await lane.close()
            #expect(read < Int64(4 * rounds * batch), "of \(rounds * batch) messages")
        }
    }

    private static let others =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    private static let entriesRead =
        "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'waiting_pkey'"
}
