// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import MetricsTestKit
import Outbox
import TestSupport
import Testing

@testable import Delivery

@Suite("Storms of uncertain answers (41)")
struct StormBrakeTests {
    private let start = TestClock().now
    private let doubt = Outcome.uncertain(AttemptDetail(code: "timed_out", reason: "no answer came"))
    private let yes = Outcome.accepted(partnerID: "wamid.1")

    private func later(_ seconds: Int64) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    @Test("more than so many within a minute engage it, as many over a longer time do not")
    func engages() {
        var brake = StormBrake(3)
        let slow = (0..<8).map { brake.attemptEnded(doubt, circuit: (.none, true), at: later($0 * 20)) }
        #expect(slow == Array(repeating: .none, count: 8))
        brake = StormBrake(3)
        let fast = (0..<6).map { brake.attemptEnded(doubt, circuit: (.none, true), at: later($0)) }
        #expect(fast == [.none, .none, .none, .engaged, .none, .none])
        #expect(brake.since == later(3) && brake.reason?.contains("more than 3") == true)
    }

    @Test("it is released when the circuit closes, however soon, and never before while the circuit is open")
    func circuit() {
        var brake = StormBrake(0)
        #expect(brake.attemptEnded(doubt, circuit: (.opened, false), at: start) == .engaged)
        let refusal = Outcome.retryable(AttemptDetail(status: 503, code: "http_503", reason: "down"), retryAfter: nil)
        #expect(brake.attemptEnded(refusal, circuit: (.none, false), at: later(600)) == .none)
        #expect(brake.attemptEnded(yes, circuit: (.closed, true), at: later(601)) == .released)
        #expect(brake.since == nil && brake.reason == nil)
    }

    @Test("where the circuit never opened, an answer releases it after a minute that had few enough")
    func withoutCircuit() {
        var brake = StormBrake(2)
        for second in 0..<3 { _ = brake.attemptEnded(doubt, circuit: (.none, true), at: later(Int64(second))) }
        #expect(brake.attemptEnded(yes, circuit: (.none, true), at: later(30)) == .none)
        #expect(brake.attemptEnded(yes, circuit: (.none, true), at: later(60)) == .released)
    }
}

extension DispatcherTests {
    @Test("a partner that hangs doubles no more than the limit: the others wait for a person until it answers (41)")
    func hangingPartner() async throws {
        let doubt = Outcome.uncertain(AttemptDetail(code: "timed_out", reason: "no answer came within 30 s"))
        let sender = ScriptedSender(Array(repeating: doubt, count: 8))
        try await DeliveryHarness.with(sender: sender) { harness in
            let account = AccountLimits(name: "main", maxInFlight: 8, uncertainLimit: 3)
            let circuit = CircuitBreaker.Settings(threshold: 8, firstPause: .seconds(5))
            let messages = try (0..<8).map { try Make.message(to: "91981234567\($0)") }
            _ = try await harness.store.accept(Make.submission(messages: messages, at: harness.now))
            let dispatcher = harness.dispatcher(accounts: [account], settings: DeliverySettings(circuit: circuit))
            try await harness.running(dispatcher) {
                for message in messages[3...] { await harness.untilSettled(message.id, .uncertain) }
                for message in messages[..<3] { await harness.untilSettled(message.id, .queued) }
                await harness.events.until { $0.contains(.circuitOpened("main")) }
                #expect(dispatcher.status.accounts["main"]?.uncertainHeldSince == harness.now)
                let gauge = try harness.metrics.expectMeter("hookline_account_uncertain_held", [("account", "main")])
                #expect(gauge.lastValue == 1)
                // A probe finds the partner back.
                for _ in 0..<8 {
                    await harness.clock.untilSleeping()
                    await harness.clock.advance(by: .seconds(5))
                }
                for message in messages[..<3] { await harness.untilSettled(message.id, .accepted) }
                await harness.events.until { $0.contains(.brakeReleased("main")) }
                #expect(gauge.lastValue == 0)
            }
            #expect(sender.sent.elements.count == 11, "eight, of which three were sent again")
            let held = try #require(try await harness.store.message(messages[7].id))
            let words = "more than 3 of the account's answers within a minute left that open, so it waits for a person"
            #expect(held.message.reason == "no answer came within 30 s; \(words)")
            #expect(held.timeline.map(\.to) == [.queued, .sending, .uncertain])
            #expect(try await harness.store.countsByState() == [.accepted: 3, .uncertain: 5])
        }
    }
}
