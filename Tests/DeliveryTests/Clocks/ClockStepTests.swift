// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import InMemoryLogging
import Logging
import Messages
import MetricsTestKit
import NIOConcurrencyHelpers
import Outbox
import TestSupport
import Testing

@testable import Delivery

@Suite("The delivery and a clock that somebody sets", .timeLimit(.minutes(10)))
struct ClockStepTests {
    private static let twoHours = Duration.seconds(7_200)

    /// Lets time pass in steps of the dispatcher's poll.
    private func pass(_ seconds: Int, _ harness: DeliveryHarness) async {
        for _ in 0..<(seconds / 5) {
            await harness.clock.untilSleeping()
            await harness.clock.advance(by: .seconds(5))
        }
    }

    @Test("set back two hours: the backlog of a paced account leaves at its pace, and the log says what happened")
    func backWithPace() async throws {
        try await DeliveryHarness.with { harness in
            let ids = try await harness.accept(Make.message(), Make.message(), Make.message())
            let slow = AccountLimits(name: "main", rate: Rate(6, per: .seconds(60)), maxInFlight: 4)
            let dispatcher = harness.dispatcher(accounts: [slow])
            try await harness.running(dispatcher) {
                await harness.untilSettled(ids[0], .accepted)
                let wait = dispatcher.status.accounts["main"]?.wait
                #expect(wait == .init(until: harness.now.advanced(by: .seconds(10)), cause: .rate))
                harness.clock.step(by: .zero - Self.twoHours)
                await pass(25, harness)
                for id in ids { await harness.untilSettled(id, .accepted) }
            }
            let followed = harness.events.elements.compactMap {
                if case .clockFollowed(let step, let count) = $0 { [step: count] } else { nil }
            }
            #expect(followed == [[.zero - Self.twoHours: 2]])
            let lines = harness.log.entries.filter { $0.level == .warning }
            #expect(lines.map { $0.metadata["seconds"] } == ["-7200"])
            let counter = try harness.metrics.expectCounter("hookline_clock_steps_total")
            #expect(counter.totalValue == 1)
        }
    }

    @Test("set back two hours: a retry, a pause and an open circuit end when they would have")
    func backWithTrouble() async throws {
        let troubles: [(Outcome, Int)] = [
            (.retryable(Make.detail(503), retryAfter: .seconds(20)), 25),
            (.retryable(Make.detail(429), retryAfter: .seconds(20)), 25), (.unauthorized(Make.detail(401)), 65),
        ]
        for (trouble, seconds) in troubles {
            try await DeliveryHarness.with(sender: ScriptedSender([trouble])) { harness in
                let id = try await harness.accept(Make.message())[0]
                let circuit = CircuitBreaker.Settings(threshold: 1, firstPause: .seconds(20))
                try await harness.running(harness.dispatcher(settings: DeliverySettings(circuit: circuit))) {
                    await harness.events.until { $0.contains { if case .settled = $0 { true } else { false } } }
                    harness.clock.step(by: .zero - Self.twoHours)
                    await pass(seconds, harness)
                    await harness.untilSettled(id, .accepted)
                }
                #expect(harness.sender.sent.elements.count == 2)
            }
        }
    }

    @Test("set back two hours: what comes afterwards leaves at once, and a delay is as long as the rule said")
    func backThenNew() async throws {
        try await DeliveryHarness.with { harness in
            try await harness.running(harness.dispatcher()) {
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                harness.clock.step(by: .zero - Self.twoHours)
                let late = harness.now.advanced(by: .seconds(30))
                let ids = try await harness.accept(Make.message(), Make.message(dueAt: late))
                await harness.untilSettled(ids[0], .accepted)
                #expect(try await harness.state(of: ids[1]) == .scheduled)
                await pass(30, harness)
                await harness.untilSettled(ids[1], .accepted)
            }
        }
    }

    @Test("set ahead, whatever is on its way stays with its worker: nothing is sent twice", arguments: [7_200, 86_400])
    func aheadInFlight(_ seconds: Int64) async throws {
        let gate = Gate()
        try await DeliveryHarness.with(sender: ScriptedSender(gate: gate)) { harness in
            let ids = try await harness.accept(
                Make.message(),
                Make.message(expiresAt: harness.now.advanced(by: Self.twoHours))
            )
            let dispatcher = harness.dispatcher()
            let rescuer = Rescuer(
                store: harness.store,
                held: dispatcher.held,
                clock: harness.clock,
                metrics: DeliveryMetrics(factory: harness.metrics),
                logger: harness.logger,
                observer: harness.events
            )
            try await harness.running(dispatcher) {
                await harness.sender.sent.until { $0.count == 2 }
                harness.clock.step(by: .seconds(seconds))
                try await harness.running(rescuer) { await harness.events.until { $0.contains(.rescued(0)) } }
                gate.open()
                for id in ids { await harness.untilSettled(id, .accepted) }
            }
            #expect(harness.sender.sent.elements.count == 2)
            #expect(try await harness.store.countsByState() == [.accepted: 2])
        }
    }

    @Test("a worker that holds a message for longer than its lease lost it, however the clock was set")
    func leaseRunsOut() async throws {
        try await DeliveryHarness.with { harness in
            let id = try await harness.accept(Make.message())[0]
            let claimed = try await harness.store.claim(
                [ClaimQuota(account: "main", limit: 1)],
                lease: .seconds(120),
                now: harness.now
            )
            let held = HeldClaims()
            held.add(claimed, until: harness.clock.steadyNow.advanced(by: .seconds(120)))
            #expect(held.hold(id, atSteady: harness.clock.steadyNow.advanced(by: .seconds(119))))
            #expect(!held.hold(id, atSteady: harness.clock.steadyNow.advanced(by: .seconds(120))))
        }
    }

    @Test("a day ahead: what was tried is tried again, and fails by age no earlier than before")
    func aheadWhileRetrying() async throws {
        let failure = Outcome.retryable(Make.detail(503), retryAfter: .seconds(10))
        try await DeliveryHarness.with(sender: ScriptedSender([failure, failure])) { harness in
            let id = try await harness.accept(Make.message())[0]
            try await harness.running(harness.dispatcher()) {
                await harness.untilSettled(id, .retrying)
                harness.clock.step(by: .seconds(86_400))
                await pass(25, harness)
                await harness.untilSettled(id, .accepted)
            }
            #expect(
                try await harness.store.message(id)?.attempts.map(\.outcome.name) == [
                    .retryable, .retryable, .accepted,
                ]
            )
        }
    }

    @Test("a day ahead during the first attempt: its failure is no end")
    func aheadDuringAttempt() async throws {
        let gate = Gate()
        let failure = Outcome.retryable(Make.detail(503), retryAfter: .seconds(10))
        try await DeliveryHarness.with(sender: ScriptedSender([failure], gate: gate)) { harness in
            let expiry = harness.now.advanced(by: .seconds(600))
            let ids = try await harness.accept(Make.message(), Make.message(expiresAt: expiry))
            try await harness.running(harness.dispatcher(accounts: [AccountLimits(name: "main", maxInFlight: 1)])) {
                await harness.sender.sent.until { $0.count == 1 }
                harness.clock.step(by: .seconds(86_400))
                gate.open()
                await harness.untilSettled(ids[0], .retrying)
                await pass(15, harness)
                for id in ids { await harness.untilSettled(id, .accepted) }
            }
        }
    }

    @Test("a store that cannot follow at once is asked again, and nothing that waited is claimed before it has")
    func followsLater() async throws {
        try await DeliveryHarness.with { harness in
            let troubled = TroubledStore(harness.store)
            troubled.followFailures.withLockedValue { $0 = 1 }
            try await harness.running(harness.dispatcher(over: troubled)) {
                let due = harness.now.advanced(by: .seconds(3_600))
                let id = try await harness.accept(Make.message(dueAt: due))[0]
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                harness.clock.step(by: .seconds(86_400))
                await pass(5, harness)
                await harness.events.until { $0.contains(.storeFailed(.full)) }
                await pass(5, harness)
                await harness.untilSettled(id, .accepted)
            }
            let order = harness.events.elements.compactMap { event -> String? in
                switch event {
                case .storeFailed: "failed"
                case .clockFollowed: "followed"
                case .claimed: "claimed"
                default: nil
                }
            }
            #expect(order == ["failed", "followed", "claimed"])
        }
    }
}
