// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Events
import Messages
import MetricsTestKit
import Outbox
import TestSupport
import Testing

@Suite("The dispatcher", .timeLimit(.minutes(10)))
struct DispatcherTests {
    @Test("a message that is accepted while it runs is sent without waiting for the poll")
    func isWoken() async throws {
        try await DeliveryHarness.with { harness in
            try await harness.running(harness.dispatcher()) {
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                let id = try await harness.accept(Make.message())[0]
                await harness.untilSettled(id, .accepted)
            }
            let detail = try await harness.store.messages(MessageFilter()).elements
            #expect(detail.map(\.state) == [.accepted])
            #expect(detail.map(\.partnerID) == ["wamid.1"])
        }
    }

    @Test("a message that comes while it rests is claimed by the commit that stores it, and asked for by nobody")
    func ridesAlong() async throws {
        try await DeliveryHarness.with { harness in
            let troubled = TroubledStore(harness.store)
            try await harness.running(harness.dispatcher(over: troubled)) {
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                let id = try await harness.accept(Make.message())[0]
                await harness.untilSettled(id, .accepted)
            }
            #expect(troubled.claims.elements.allSatisfy { $0 == 0 })
        }
    }

    @Test("what was waiting before it started is sent, each message once")
    func sendsBacklog() async throws {
        try await DeliveryHarness.with { harness in
            let messages = try (0..<100).map { _ in try Make.message() }
            _ = try await harness.store.accept(Make.submission(messages: messages))
            try await harness.running(harness.dispatcher()) {
                await harness.events.untilCount(100) {
                    if case .settled(_, .accepted, .settled) = $0 { true } else { false }
                }
            }
            #expect(harness.sender.sent.elements.count == 100)
            #expect(try await harness.store.countsByState() == [.accepted: 100])
        }
    }

    @Test("a scheduled message leaves when its time has come")
    func waitsForItsTime() async throws {
        try await DeliveryHarness.with { harness in
            let due = harness.now.advanced(by: .seconds(3))
            let id = try await harness.accept(Make.message(dueAt: due))[0]
            try await harness.running(harness.dispatcher()) {
                await harness.untilIdle(to: due)
                #expect(harness.sender.sent.elements.isEmpty)
                await harness.clock.advance(by: .seconds(3))
                await harness.untilSettled(id, .accepted)
            }
        }
    }

    @Test("a failed attempt is repeated when the partner says, and its story is kept")
    func retries() async throws {
        let sender = ScriptedSender([.retryable(Make.detail(503), retryAfter: .seconds(4))])
        try await DeliveryHarness.with(sender: sender) { harness in
            let id = try await harness.accept(Make.message())[0]
            try await harness.running(harness.dispatcher()) {
                await harness.untilSettled(id, .retrying)
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(4)))
                await harness.clock.advance(by: .seconds(4))
                await harness.untilSettled(id, .accepted)
            }
            let detail = try #require(try await harness.store.message(id))
            #expect(detail.attempts.map(\.outcome.name) == [.retryable, .accepted])
            #expect(detail.timeline.map(\.to) == [.queued, .sending, .retrying, .sending, .accepted])
        }
    }

    @Test("a refused message is failed, a held uncertain one stays uncertain; neither is sent again")
    func endsWithoutSuccess() async throws {
        let sender = ScriptedSender([.refused(Make.detail(422)), .uncertain(Make.detail())])
        try await DeliveryHarness.with(sender: sender) { harness in
            try await harness.running(harness.dispatcher()) {
                let refused = try await harness.accept(Make.message())[0]
                await harness.untilSettled(refused, .failed)
                let held = try await harness.accept(Make.message(onUncertain: .hold))[0]
                await harness.untilSettled(held, .uncertain)
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
            }
            #expect(sender.sent.elements.count == 2)
        }
    }

    @Test("at 10 a second, one message leaves at once and the others a tenth of a second apart")
    func paces() async throws {
        try await DeliveryHarness.with { harness in
            let messages = try (0..<3).map { _ in try Make.message() }
            _ = try await harness.store.accept(Make.submission(messages: messages))
            let account = AccountLimits(name: "main", rate: Rate(10, per: .seconds(1)))
            try await harness.running(harness.dispatcher(accounts: [account])) {
                for count in 1...3 {
                    await harness.events.untilCount(count) { if case .settled = $0 { true } else { false } }
                    #expect(harness.sender.sent.elements.count == count)
                    guard count < 3 else { break }
                    await harness.untilIdle(to: harness.now.advanced(by: .milliseconds(100)))
                    await harness.clock.advance(by: .milliseconds(100))
                }
            }
        }
    }

    @Test("no more requests are on their way than the account and all accounts together may have")
    func boundsInFlight() async throws {
        let gate = Gate()
        try await DeliveryHarness.with(sender: ScriptedSender(gate: gate)) { harness in
            let names = ["a", "a", "a", "b", "b", "b", "c", "c"]
            _ = try await harness.store.accept(Make.submission(messages: names.map { try Make.message(account: $0) }))
            let accounts = ["a", "b", "c"].map { AccountLimits(name: $0, maxInFlight: 2) }
            let dispatcher = harness.dispatcher(accounts: accounts, settings: DeliverySettings(maxInFlight: 5))
            try await harness.running(dispatcher) {
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                await harness.sender.sent.until { $0.count >= 5 }
                #expect(dispatcher.status.accounts.mapValues(\.inFlight) == ["a": 2, "b": 2, "c": 1])
                gate.open()
                await harness.events.untilCount(8) { if case .settled = $0 { true } else { false } }
            }
            #expect(harness.sender.sent.elements.count == 8)
        }
    }

    @Test("after a 429 with Retry-After nothing of the account leaves before that; others do")
    func respectsRateLimit() async throws {
        let sender = ScriptedSender([.retryable(Make.detail(429), retryAfter: .seconds(3))])
        try await DeliveryHarness.with(sender: sender) { harness in
            let first = try await harness.accept(Make.message())[0]
            let accounts = [AccountLimits(name: "main"), AccountLimits(name: "other")]
            try await harness.running(harness.dispatcher(accounts: accounts)) {
                await harness.untilSettled(first, .retrying)
                let ids = try await harness.accept(Make.message(), Make.message(account: "other"))
                await harness.untilSettled(ids[1], .accepted)
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(3)))
                #expect(sender.sent.elements == ["main", "other"])
                await harness.clock.advance(by: .seconds(3))
                await harness.untilSettled(ids[0], .accepted)
                await harness.untilSettled(first, .accepted)
            }
        }
    }

    @Test("attempts are counted by outcome and account, with their duration")
    func metrics() async throws {
        let sender = ScriptedSender([.refused(Make.detail(422))])
        try await DeliveryHarness.with(sender: sender) { harness in
            try await harness.running(harness.dispatcher()) {
                let refused = try await harness.accept(Make.message())[0]
                await harness.untilSettled(refused, .failed)
                let ids = try await harness.accept(Make.message(), Make.message())
                for id in ids { await harness.untilSettled(id, .accepted) }
            }
            let label = "hookline_attempts_total"
            let accepted = try harness.metrics.expectCounter(label, [("outcome", "accepted"), ("account", "main")])
            let refused = try harness.metrics.expectCounter(label, [("outcome", "refused"), ("account", "main")])
            #expect(accepted.totalValue == 2)
            #expect(refused.totalValue == 1)
            let durations = try harness.metrics.expectRecorder(
                "hookline_attempt_duration_seconds",
                [("account", "main")]
            )
            #expect(durations.values == [0, 0, 0])
        }
    }
}
