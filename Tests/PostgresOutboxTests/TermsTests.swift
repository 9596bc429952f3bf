// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

/// Limits, `cancel_when`, `when_changed` and consent, asked by two nodes at the same time.
@Suite("Terms of messages on many nodes", .timeLimit(.minutes(5)))
struct TermsTests {
    let now = TestClock().now

    func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    @Test("a limit of one that two nodes ask about at once lets one leave", arguments: [SendLimit.Excess.drop, .defer])
    func limitAtOnce(excess: SendLimit.Excess) async throws {
        try await withNodes(2) { nodes, _ in
            let limit = SendLimit(count: 1, every: .seconds(3_600), excess: excess)
            let phones = (10..<50).map { "9198123456\($0)" }
            let messages = try (phones + phones).map { try Make.message(to: $0, limit: limit) }
            _ = try await nodes[0].accept(Make.submission(messages: messages))
            let now = now
            let claimed = try await withThrowingTaskGroup(of: [ClaimedMessage].self) { group in
                for node in nodes {
                    group.addTask {
                        var own: [ClaimedMessage] = []
                        for _ in 0..<20 { own += try await node.claim(5, at: now) }
                        return own
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.compactMap(\.recipient).sorted() == phones.map { "phone:\($0)" })
            let left = excess == .drop ? MessageState.suppressed : .deferred
            #expect(try await nodes[1].countsByState() == [.sending: 40, left: 40])
        }
    }

    @Test("a cancellation on one node against the claims of another: each message is called off or said to be leaving")
    func cancelAgainstClaim() async throws {
        try await withNodes(2) { nodes, _ in
            let messages = try (0..<100).map { _ in try Make.message(key: "1") }
            _ = try await nodes[0].accept(Make.submission(messages: messages))
            let now = now
            async let claimed = {
                var own: [MessageID] = []
                for _ in 0..<40 { own += try await nodes[0].claim(5, at: now).map(\.id) }
                return own
            }()
            let cancellation = Cancellation(rule: "order-paid", key: "1", delay: .zero)
            let payment = Make.submission(sideEffects: SideEffects(cancellations: [cancellation]), at: later(1))
            let report = try #require(try await nodes[1].accept(payment).calledOff)
            let leaving = Set(try await claimed)
            #expect(report.total == CallOffCount(cancelled: 100 - leaving.count, leaving: leaving.count))
            for message in messages {
                let detail = try #require(try await nodes[0].message(message.id))
                let isLeaving = leaving.contains(message.id)
                #expect(detail.message.state == (isLeaving ? .sending : .cancelled))
                #expect(detail.timeline.last?.why.hasSuffix("while it is leaving") == isLeaving)
            }
        }
    }

    @Test("a message and what calls it off, accepted by two nodes at once: it never waits on")
    func cancelAgainstAccept() async throws {
        try await withNodes(2) { nodes, _ in
            for round in 0..<30 {
                let message = try Make.message(key: "\(round)", dueAt: later(900))
                let cancellation = Cancellation(rule: "order-paid", key: "\(round)", delay: .seconds(900))
                let payment = Make.submission(sideEffects: SideEffects(cancellations: [cancellation]), at: now)
                async let first = nodes[0].accept(Make.submission(messages: [message]))
                async let second = nodes[1].accept(payment)
                _ = try await (first, second)
                #expect(try await nodes[0].message(message.id)?.message.state == .cancelled)
            }
        }
    }

    @Test("of nodes that hear of the same changes at once, in opposite orders, one tells each")
    func changesAtOnce() async throws {
        try await withNodes(2) { nodes, _ in
            let submissions = try nodes.map { _ in
                try (0..<20).map { number in
                    let change = Change(rule: "order-paid", key: "\(number)", value: "paid", time: nil)
                    return Make.submission(
                        messages: [try Make.message(change: change)],
                        sideEffects: SideEffects(changes: [change])
                    )
                }
            }
            let receipts = try await withThrowingTaskGroup(of: [Receipt].self) { group in
                group.addTask { try await nodes[0].accept(submissions[0]) }
                group.addTask { try await nodes[1].accept(submissions[1].reversed()) }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let states = receipts.flatMap(\.messages).map(\.state)
            #expect(states.count { $0 == .queued } == 20)
            #expect(states.count { $0 == .suppressed } == 20)
        }
    }

    @Test("a STOP on one node: nothing that was not claimed by then is claimed on another")
    func stopAgainstClaim() async throws {
        try await withNodes(2) { nodes, _ in
            let messages = try (0..<60).map { _ in try Make.message() }
            _ = try await nodes[0].accept(Make.submission(messages: messages))
            let now = now
            async let claimed = {
                var own: [MessageID] = []
                for _ in 0..<30 { own += try await nodes[0].claim(3, at: now).map(\.id) }
                return own
            }()
            let stop = Heard("phone:919812345670", account: "main", at: now, source: "chat", .message(.stop))
            _ = try await nodes[1].accept(Make.submission(sideEffects: SideEffects(heard: [stop]), at: later(1)))
            let leaving = Set(try await claimed)
            for message in messages {
                let state = try await nodes[0].message(message.id)?.message.state
                #expect(state == (leaving.contains(message.id) ? .sending : .suppressed))
            }
            let more = try Make.message()
            let receipt = try await nodes[0].accept(Make.submission(messages: [more], at: later(2)))
            #expect(receipt.messages.map(\.obstacle) == [.optedOut])
        }
    }
}
