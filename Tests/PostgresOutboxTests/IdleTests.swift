// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Events
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import TestSupport
import Testing

@Suite("What a node asks that has nothing to do", .timeLimit(.minutes(5)))
struct IdleTests {
    private static let now = TestClock().now
    private static let quotas = [ClaimQuota(account: "main", limit: 10), ClaimQuota(account: "other", limit: 10)]

    /// Lends two nodes whose statements are counted.
    private static func withTwo(
        _ body: (PostgresOutbox, PostgresOutbox, StatementMeter) async throws -> Void
    ) async throws {
        var options = testOptions
        let meter = StatementMeter()
        options.session.meter = meter
        try await withNodes(2, options) { nodes, _ in try await body(nodes[0], nodes[1], meter) }
    }

    private static func exchange(_ node: PostgresOutbox, _ settlements: [Settlement] = []) async throws -> Exchange {
        try await node.exchange(settlements, quotas, lease: .seconds(60), now: now, riding: nil)
    }

    /// Pitfall 26.
    @Test("all of it together is at most two statements a second")
    func budget() async throws {
        try await Self.withTwo { node, _, meter in
            _ = try await Self.exchange(node)
            let polling = Polling.ofNodes
            let retention = Retention()
            // What is asked again and again, how often, and how much it may be.
            let asked: [(Duration, Int, () async throws -> Void)] = [
                (polling.look, 1, { _ = try await node.heedOthers() }),
                (polling.messages, 1, { _ = try await Self.exchange(node) }),
                (polling.digests, 3, { _ = try await node.dueDigests(at: Self.now, limit: 20) }),
                (polling.openDigests, 1, { _ = try await node.openDigests() }),
                (polling.lookUps, 1, { _ = try await node.pendingCounts() }),
                (polling.leases, 1, { _ = try await node.expiredLeases(at: Self.now, limit: 200) }),
                (
                    polling.depth, 3,
                    {
                        _ = try await node.countsByState()
                        _ = try await node.openConsent(upTo: 1_000)
                        _ = try await node.waitingForPairs(of: ["main"], upTo: 1_000)
                    }
                ),
                (.seconds(60), 3, { try await node.remember(Reckoning.Mark(wall: Self.now, keys: Self.now)) }),
                (.seconds(60), 2, { _ = try await node.standing() }),
                (.seconds(3_600), 40, { _ = try await node.prune(retention, now: Self.now, limit: 200) }),
            ]
            // The node's own line: a beat is one statement, a call to itself four; who leads makes pieces, forgets nodes and
            // what was paced, and looks at the queues.
            let membership = PostgresOutbox.Membership(build: "1")
            var perSecond = 1 / membership.beats.inSeconds + 4 / membership.trials.inSeconds + 4.0 / 60
            for (pause, most, ask) in asked {
                let before = meter.count
                try await ask()
                let count = meter.count - before
                #expect((1...most).contains(count))
                // Chance makes some pauses shorter and some longer.
                perSecond += Double(count) / pause.inSeconds
            }
            #expect(perSecond <= 2)
        }
    }

    @Test("a look wakes those who have something to do, and nobody else")
    func wakes() async throws {
        try await Self.withTwo { node, other, _ in
            _ = try await Self.exchange(node)
            let (messages, digests) = (EventRecorder<String>(), EventRecorder<String>())
            let (rings, calls) = (node.wakeUps(), node.digestCalls())
            let listeners = [
                Task { for await _ in rings { messages.record("woken") } },
                Task { for await _ in calls { digests.record("woken") } },
            ]
            #expect(try await !node.heedOthers())
            // What another node stored, whose call got lost.
            let message = try Make.message()
            _ = try await other.accept(Make.submission(messages: [message]))
            #expect(try await !node.heedOthers())
            await messages.until { $0 == ["woken"] }
            #expect(digests.elements.isEmpty)
            #expect(try await Self.exchange(node).claimed.map(\.id) == [message.id])
            for listener in listeners { listener.cancel() }
        }
    }

    @Test("a message that a tool stored without a word is found by the next exchange, which looked only")
    func finds() async throws {
        try await Self.withTwo { node, other, meter in
            _ = try await Self.exchange(node)
            let before = meter.count
            #expect(try await Self.exchange(node).claimed.isEmpty)
            #expect(meter.count == before + 1)
            let time = Self.now.advanced(by: .seconds(600))
            let (now, later) = (try Make.message(), try Make.message(dueAt: time))
            _ = try await other.accept(Make.submission(messages: [later]))
            #expect(try await Self.exchange(node).nextDue == time)
            _ = try await other.accept(Make.submission(messages: [now]))
            #expect(try await Self.exchange(node).claimed.map(\.id) == [now.id])
        }
    }
}
