// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Events
import Messages
import MetricsTestKit
import Outbox
import TestSupport
import Testing

/// Messages that quiet hours or a limit hold, on their way through the dispatcher.
extension DispatcherTests {
    private func held(_ harness: DeliveryHarness, _ gate: SendGate, _ fate: String) throws -> Int64 {
        let dimensions = [("gate", gate.rawValue), ("fate", fate)]
        return try harness.metrics.expectCounter("hookline_messages_held_total", dimensions).totalValue
    }

    @Test("what a limit defers leaves exactly when the oldest leaves the window, after one attempt (2, 33)")
    func leavesWhenTheWindowOpens() async throws {
        try await DeliveryHarness.with { harness in
            let limit = SendLimit(count: 1, every: .seconds(3), excess: .defer)
            let opens = harness.now.advanced(by: .seconds(3))
            try await harness.running(harness.dispatcher()) {
                let first = try await harness.accept(Make.message(limit: limit))[0]
                await harness.untilSettled(first, .accepted)
                let second = try await harness.accept(Make.message(limit: limit))[0]
                await harness.untilIdle(to: opens)
                #expect(try await harness.state(of: second) == .deferred)
                await harness.clock.advance(by: .seconds(3))
                await harness.untilSettled(second, .accepted)
                let detail = try #require(try await harness.store.message(second))
                #expect(detail.timeline.map(\.to) == [.queued, .deferred, .sending, .accepted])
                #expect(detail.timeline.map(\.at).suffix(2) == [opens, opens])
                #expect(detail.message.attempts == 1)
            }
            #expect(try held(harness, .limit, "deferred") == 1)
        }
    }

    @Test("what a limit drops is counted, and the partner never sees it (33)")
    func drops() async throws {
        try await DeliveryHarness.with { harness in
            let limit = SendLimit(count: 1, every: .seconds(60))
            try await harness.running(harness.dispatcher()) {
                let first = try await harness.accept(Make.message(limit: limit))[0]
                await harness.untilSettled(first, .accepted)
                _ = try await harness.accept(Make.message(limit: limit))
                let other = try await harness.accept(Make.message())[0]
                await harness.untilSettled(other, .accepted)
            }
            #expect(harness.sender.sent.elements.count == 2)
            #expect(try await harness.store.countsByState() == [.accepted: 2, .suppressed: 1])
            #expect(try held(harness, .limit, "dropped") == 1)
        }
    }

    @Test("a thousand messages that wait for the end of quiet hours are asked for by nobody until then (1)")
    func nothingTicks() async throws {
        try await DeliveryHarness.with { harness in
            let minute = Int(harness.now.seconds / 60 % 1_440)
            let quiet = QuietHours(from: minute, to: (minute + 60) % 1_440, zones: ["Etc/UTC"], spread: .zero, place: 0)
            let messages = try (0..<1_000).map { _ in try Make.message(quiet: quiet) }
            _ = try await harness.store.accept(Make.submission(messages: messages, at: harness.now))
            let watched = TroubledStore(harness.store)
            try await harness.running(harness.dispatcher(over: watched)) {
                for _ in 0..<3 {
                    let poll = harness.now.advanced(by: .seconds(5))
                    await harness.untilIdle(to: poll)
                    await harness.clock.advance(by: .seconds(5))
                }
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
            }
            // Only the poll asks, and finds nothing due.
            #expect(watched.claims.elements.count <= 4)
            #expect(watched.claims.elements.allSatisfy { $0 == 0 })
            #expect(try await harness.store.countsByState() == [.deferred: 1_000])
        }
    }
}
