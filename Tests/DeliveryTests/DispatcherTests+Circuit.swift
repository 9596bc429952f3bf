// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import InMemoryLogging
import Logging
import Messages
import MetricsTestKit
import Outbox
import TestSupport
import Testing

@testable import Delivery

extension DispatcherTests {
    private static let failure = Outcome.retryable(Make.detail(503), retryAfter: .seconds(600))
    private static let settings = DeliverySettings(
        circuit: CircuitBreaker.Settings(threshold: 2, firstPause: .seconds(20), longestPause: .seconds(60))
    )
    private static let oneAtATime = [AccountLimits(name: "main", maxInFlight: 1)]

    /// Moves the clock on in the dispatcher's own steps, each time when it has nothing left to do.
    private func advance(_ harness: DeliveryHarness, by seconds: Int64) async {
        let target = harness.now.advanced(by: .seconds(seconds))
        while harness.now < target {
            let next = min(harness.now.advanced(by: .seconds(5)), target)
            await harness.clock.untilSleeping(to: next)
            await harness.clock.advance(by: harness.now.duration(to: next))
        }
    }

    private func circuitGauge(_ harness: DeliveryHarness) throws -> Double? {
        try harness.metrics.expectMeter("hookline_account_circuit_open", [("account", "main")]).lastValue
    }

    @Test("failures in a row open the circuit: the rest waits without attempts, one probe finds the partner back")
    func opensCircuit() async throws {
        try await DeliveryHarness.with(sender: ScriptedSender([Self.failure, Self.failure])) { harness in
            let ids = try await harness.accept(Make.message(), Make.message(), Make.message(), Make.message())
            let start = harness.now
            let dispatcher = harness.dispatcher(accounts: Self.oneAtATime, settings: Self.settings)
            try await harness.running(dispatcher) {
                for id in ids[..<2] { await harness.untilSettled(id, .retrying) }
                await harness.untilIdle(to: start.advanced(by: .seconds(5)))
                #expect(dispatcher.status.accounts["main"]?.failingSince == start)
                #expect(dispatcher.status.accounts["main"]?.failure == "the partner answered 503")
                let whileOpen = try circuitGauge(harness)
                #expect(whileOpen == 1)
                await advance(harness, by: 15)
                await harness.untilIdle(to: start.advanced(by: .seconds(20)))
                #expect(harness.sender.sent.elements.count == 2, "nothing leaves while the circuit is open")
                await advance(harness, by: 5)
                for id in ids[2...] { await harness.untilSettled(id, .accepted) }
                #expect(dispatcher.status.accounts["main"]?.failingSince == nil)
                let afterwards = try circuitGauge(harness)
                #expect(afterwards == 0)
            }
            let changes = harness.events.elements.filter {
                [.circuitOpened("main"), .circuitClosed("main")].contains($0)
            }
            #expect(changes == [.circuitOpened("main"), .circuitClosed("main")])
            #expect(harness.log.entries.count { $0.level == .error } == 1)
            for id in ids[2...] {
                let detail = try #require(try await harness.store.message(id))
                #expect(detail.attempts.map(\.outcome.name) == [.accepted])
            }
        }
    }

    @Test("a probe that fails costs one message one attempt, and the next one waits twice as long")
    func failedProbe() async throws {
        let sender = ScriptedSender([Self.failure, Self.failure, Self.failure])
        try await DeliveryHarness.with(sender: sender) { harness in
            let ids = try await harness.accept(Make.message(), Make.message(), Make.message(), Make.message())
            let start = harness.now
            try await harness.running(harness.dispatcher(accounts: Self.oneAtATime, settings: Self.settings)) {
                await harness.untilSettled(ids[1], .retrying)
                await advance(harness, by: 20)
                await harness.untilSettled(ids[2], .retrying)
                await advance(harness, by: 35)
                await harness.untilIdle(to: start.advanced(by: .seconds(60)))
                #expect(sender.sent.elements.count == 3)
                await advance(harness, by: 5)
                await harness.untilSettled(ids[3], .accepted)
            }
            let detail = try #require(try await harness.store.message(ids[3]))
            #expect(detail.message.attempts == 1)
        }
    }

    @Test("an open circuit of one account leaves the others alone")
    func circuitPerAccount() async throws {
        try await DeliveryHarness.with(sender: ScriptedSender([Self.failure, Self.failure])) { harness in
            let accounts = [AccountLimits(name: "main", maxInFlight: 1), AccountLimits(name: "other")]
            let dispatcher = harness.dispatcher(accounts: accounts, settings: Self.settings)
            let failing = try await harness.accept(Make.message(), Make.message())
            try await harness.running(dispatcher) {
                for id in failing { await harness.untilSettled(id, .retrying) }
                await harness.events.until { $0.contains(.circuitOpened("main")) }
                let ids = try await harness.accept(Make.message(), Make.message(account: "other"))
                await harness.untilSettled(ids[1], .accepted)
                #expect(try await harness.state(of: ids[0]) == .queued)
            }
        }
    }

    @Test("refusals and rate limits in a row open nothing")
    func refusalsOpenNothing() async throws {
        let refusal = Outcome.refused(Make.detail(422))
        try await DeliveryHarness.with(sender: ScriptedSender([refusal, refusal, refusal])) { harness in
            try await harness.running(harness.dispatcher(accounts: Self.oneAtATime, settings: Self.settings)) {
                let ids = try await harness.accept(Make.message(), Make.message(), Make.message(), Make.message())
                for id in ids[..<3] { await harness.untilSettled(id, .failed) }
                await harness.untilSettled(ids[3], .accepted)
            }
            #expect(!harness.events.elements.contains(.circuitOpened("main")))
        }
    }
}
