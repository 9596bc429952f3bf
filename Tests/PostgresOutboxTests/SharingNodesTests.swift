// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import TestSupport
import Testing

/// Look-ups and digests, which any node takes up.
@Suite("Look-ups and digests on many nodes", .timeLimit(.minutes(5)))
struct SharingNodesTests {
    let now = TestClock().now

    func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    private func pending() -> Submission {
        Submission(
            event: Make.event(at: now, disposition: .pending(reason: "it waits for its look-up")),
            pendingPayload: Array("{}".utf8)
        )
    }

    @Test("an event that one node looks up is none of the others' business, until it is put off")
    func lookUpsAreHeld() async throws {
        try await withNodes(2) { nodes, _ in
            let id = try await nodes[0].accept(pending()).event
            let due = PendingEvent.Due(event: id, at: now)
            #expect(try await nodes[1].pendingEvents(of: "shop", limit: 5) == [due])
            #expect(try await nodes[1].pendingEvent(id)?.event.id == id)
            #expect(try await nodes[0].pendingEvents(of: "shop", limit: 5).isEmpty)
            #expect(try await nodes[0].pendingEvent(id) == nil)
            #expect(try await nodes[1].pendingEvents(of: "shop", limit: 5) == [due], "its own it sees")
            #expect(try await nodes[1].pendingEvent(id) != nil)
            try await nodes[1].postpone(id, until: later(30), because: "503")
            let again = try await nodes[0].pendingEvents(of: "shop", limit: 5)
            #expect(again == [.init(event: id, at: later(30))])
            #expect(try await nodes[0].pendingEvent(id)?.failures == 1)
        }
    }

    @Test("what a node held that ends in order is another one's at once")
    func holdsAreGivenBack() async throws {
        try await withNodes(2) { nodes, _ in
            let id = try await nodes[0].accept(pending()).event
            #expect(try await nodes[0].pendingEvent(id) != nil)
            await nodes[0].close()
            #expect(try await nodes[1].pendingEvents(of: "shop", limit: 5).count == 1)
            #expect(try await nodes[1].pendingEvent(id) != nil)
        }
    }

    @Test("what a node held that is gone is another one's a minute later")
    func holdsEnd() async throws {
        try await withNodes(2) { nodes, lane in
            let id = try await nodes[0].accept(pending()).event
            #expect(try await nodes[0].pendingEvent(id) != nil)
            #expect(try await nodes[1].pendingEvent(id) == nil)
            _ = try await lane.number(
                "UPDATE hookline.pending SET held_until = held_until - interval '60 seconds' RETURNING place"
            )
            #expect(try await nodes[1].pendingEvents(of: "shop", limit: 5).count == 1)
            #expect(try await nodes[1].pendingEvent(id) != nil)
        }
    }

    @Test("of nodes that looked up the same event at the same time one concludes it, and its messages are made once")
    func concludedOnce() async throws {
        try await withNodes(3) { nodes, lane in
            let ids = try await withThrowingTaskGroup(of: EventID.self) { group in
                for _ in 0..<20 { group.addTask { try await nodes[0].accept(pending()).event } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let time = later(60)
            let receipts = try await withThrowingTaskGroup(of: Receipt?.self) { group in
                for node in nodes {
                    for id in ids {
                        let messages = [try Make.message(at: time)]
                        group.addTask {
                            let evaluation = LateEvaluation(event: id, disposition: .matched, messages: messages)
                            return try await node.conclude(evaluation, at: time)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(receipts.count { $0 != nil } == 20)
            #expect(try await lane.number("SELECT count(*) FROM hookline.messages") == 20)
            #expect(try await lane.number("SELECT sum(message_count)::bigint FROM hookline.events") == 20)
            #expect(try await nodes[1].pendingCounts().isEmpty)
        }
    }

    @Test("events that reach nodes at the same time share a digest, in opposite orders of digests, too")
    func oneDigest() async throws {
        try await withNodes(3) { nodes, lane in
            let phones = (0..<6).map { "91981234567\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for round in 0..<10 {
                    for (index, node) in nodes.enumerated() {
                        let order = (index + round).isMultiple(of: 2) ? phones : phones.reversed()
                        let items = try order.map { try Make.item(to: $0, at: now) }
                        let submission = Make.submission(digests: items, at: now)
                        group.addTask { _ = try await node.accept(submission) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await nodes[0].openDigests() == 6)
            #expect(try await lane.number("SELECT count(*) FROM hookline.messages") == 6)
            let orders = try await nodes[1].dueDigests(at: later(900), limit: 10).orders
            #expect(orders.map(\.size) == Array(repeating: 30, count: 6))
            #expect(orders.allSatisfy { $0.items.count == 30 })
        }
    }

    @Test("of nodes that built the same digest one queues it, and it is told once")
    func builtOnce() async throws {
        try await withNodes(3) { nodes, _ in
            for number in 0..<5 {
                let item = try Make.item(key: "\(number)", at: now)
                _ = try await nodes[0].accept(Make.submission(digests: [item], at: now))
            }
            let time = later(900)
            let results = try await withThrowingTaskGroup(of: [DigestResult].self) { group in
                for node in nodes {
                    group.addTask {
                        let orders = try await node.dueDigests(at: time, limit: 10).orders
                        return try await node.close(orders.map { DigestClosing($0, try Make.digest($0)) }, at: time)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(results.count { $0 == .became(.queued) } == 5)
            #expect(results.allSatisfy { $0 == .became(.queued) || $0 == .over })
            #expect(try await nodes[1].claim(100, at: time).count == 5)
            #expect(try await nodes[2].openDigests() == 0)
        }
    }

    @Test("an event that joins a digest on one node while another one builds it is not lost: it is built anew")
    func joinedMeanwhile() async throws {
        try await withNodes(2) { nodes, _ in
            _ = try await nodes[0].accept(Make.submission(digests: [try Make.item(at: now)], at: now))
            let order = try #require(try await nodes[0].dueDigests(at: later(900), limit: 1).orders.first)
            _ = try await nodes[1].accept(Make.submission(digests: [try Make.item(at: later(899))], at: later(899)))
            let built = DigestClosing(order, try Make.digest(order))
            #expect(try await nodes[0].close([built], at: later(900)) == [.changed])
            let again = try #require(try await nodes[1].dueDigests(at: later(900), limit: 1).orders.first)
            #expect(again.size == 2)
        }
    }
}
