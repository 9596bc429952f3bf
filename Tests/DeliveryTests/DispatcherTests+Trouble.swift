// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import InMemoryLogging
import Logging
import Messages
import NIOConcurrencyHelpers
import Outbox
import ServiceLifecycleTestKit
import TestSupport
import Testing

@testable import Delivery

extension DispatcherTests {
    @Test("refused credentials pause the account; a probe a minute later resumes it; no attempt counts")
    func pausesAccount() async throws {
        let refusal = Outcome.unauthorized(Make.detail(401))
        try await DeliveryHarness.with(sender: ScriptedSender([refusal, refusal])) { harness in
            let ids = try await harness.accept(Make.message(), Make.message(), Make.message())
            let dispatcher = harness.dispatcher(accounts: [AccountLimits(name: "main", maxInFlight: 1)])
            let start = harness.now
            try await harness.running(dispatcher) {
                await harness.untilSettled(ids[0], .queued)
                await harness.untilIdle(to: start.advanced(by: .seconds(5)))
                #expect(dispatcher.status.accounts["main"]?.pausedSince == start)
                #expect(dispatcher.status.accounts["main"]?.pauseReason == "the partner answered 401")
                for probe in 1...2 {
                    for _ in 0..<12 {
                        await harness.clock.untilSleeping()
                        await harness.clock.advance(by: .seconds(5))
                    }
                    await harness.sender.sent.until { $0.count >= 1 + probe }
                }
                for id in ids { await harness.untilSettled(id, .accepted) }
                #expect(dispatcher.status.accounts["main"]?.pausedSince == nil)
            }
            #expect(harness.events.elements.count { $0 == .accountPaused("main") } == 1)
            #expect(harness.log.entries.count { $0.level == .error } == 1)
            let detail = try #require(try await harness.store.message(ids[0]))
            #expect(detail.message.attempts == 1)
            #expect(detail.attempts.map(\.outcome.name) == [.accepted])
        }
    }

    @Test("a lost wake-up heals with the poll")
    func healsLostWakeUp() async throws {
        try await DeliveryHarness.with { harness in
            let deaf = TroubledStore(harness.store)
            deaf.isDeaf.withLockedValue { $0 = true }
            try await harness.running(harness.dispatcher(over: deaf)) {
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                let id = try await harness.accept(Make.message())[0]
                #expect(harness.sender.sent.elements.isEmpty)
                await harness.clock.advance(by: .seconds(5))
                await harness.untilSettled(id, .accepted)
            }
        }
    }

    @Test("a store that fails to settle is asked again, and nothing is sent twice")
    func settlesLater() async throws {
        try await DeliveryHarness.with { harness in
            let troubled = TroubledStore(harness.store)
            troubled.failures.withLockedValue { $0 = 1 }
            let id = try await harness.accept(Make.message())[0]
            let dispatcher = harness.dispatcher(over: troubled)
            try await harness.running(dispatcher) {
                await harness.events.until { $0.contains(.storeFailed(.full)) }
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                #expect(dispatcher.status.storeFailure?.code == .full)
                await harness.clock.advance(by: .seconds(5))
                await harness.untilSettled(id, .accepted)
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                #expect(dispatcher.status.storeFailure == nil)
            }
            #expect(harness.sender.sent.elements.count == 1)
        }
    }

    @Test("a store that is away for long is told of once, then each half minute, and when it is back")
    func tellsOutage() async throws {
        try await DeliveryHarness.with { harness in
            let troubled = TroubledStore(harness.store)
            troubled.failures.withLockedValue { $0 = 9 }
            let id = try await harness.accept(Make.message())[0]
            let dispatcher = harness.dispatcher(over: troubled)
            try await harness.running(dispatcher) {
                for count in 1...9 {
                    await harness.events.until { $0.count { $0 == .storeFailed(.full) } == count }
                    await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                    await harness.clock.advance(by: .seconds(5))
                }
                await harness.untilSettled(id, .accepted)
            }
            let lines = harness.log.entries.filter { "\($0.message)".hasPrefix("the store ") }
            let told = ["the store failed", "the store still fails", "the store works again"]
            #expect(lines.map { "\($0.message)" } == told)
            #expect(lines.map { $0.metadata["failures"].map { "\($0)" } } == [nil, "7", "9"])
        }
    }

    @Test("asked to stop, it lets requests end, settles them, and leaves the rest queued")
    func drains() async throws {
        let gate = Gate()
        try await DeliveryHarness.with(sender: ScriptedSender(gate: gate)) { harness in
            let ids = try await harness.accept(Make.message(), Make.message())
            let dispatcher = harness.dispatcher(accounts: [AccountLimits(name: "main", maxInFlight: 1)])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await harness.running(dispatcher) { await harness.sender.sent.until { $0.count >= 1 } }
                }
                await harness.events.until { $0.contains(.draining(inFlight: 1)) }
                #expect(!dispatcher.status.isRunning)
                gate.open()
                try await group.waitForAll()
            }
            #expect(try await harness.state(of: ids[0]) == .accepted)
            #expect(try await harness.state(of: ids[1]) == .queued)
        }
    }

    @Test("requests that outlast the drain are cancelled and settled as what they say they are")
    func cancelsAfterDrain() async throws {
        try await DeliveryHarness.with(sender: ScriptedSender(gate: Gate())) { harness in
            let id = try await harness.accept(Make.message(onUncertain: .hold))[0]
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await harness.running(harness.dispatcher(settings: DeliverySettings(drain: .seconds(7)))) {
                        await harness.sender.sent.until { $0.count >= 1 }
                    }
                }
                await harness.events.until { $0.contains(.draining(inFlight: 1)) }
                await harness.clock.untilSleeping(to: harness.now.advanced(by: .seconds(7)))
                await harness.clock.advance(by: .seconds(7))
                try await group.waitForAll()
            }
            let detail = try #require(try await harness.store.message(id))
            #expect(detail.message.state == .uncertain)
            #expect(detail.message.reason == "cancelled while it waited for an answer")
        }
    }

    /// Pitfall 10 of a store that nodes share.
    @Test("a process that stood still after it claimed sends nothing that may be another's by now")
    func stoodStill() async throws {
        try await DeliveryHarness.with { harness in
            let id = try await harness.accept(Make.message())[0]
            let troubled = TroubledStore(harness.store)
            let gate = Gate()
            troubled.claimGate.withLockedValue { $0 = gate }
            try await harness.running(harness.dispatcher(over: troubled)) {
                await troubled.claims.until { $0.count >= 1 }
                await harness.clock.advance(by: DeliverySettings().trust)
                troubled.claimGate.withLockedValue { $0 = nil }
                gate.open()
                await harness.untilSettled(id, .accepted)
            }
            let detail = try #require(try await harness.store.message(id))
            #expect(detail.timeline.map(\.to) == [.queued, .sending, .queued, .sending, .accepted])
            #expect(detail.timeline[2].why == "it was claimed too long ago to be sent")
            #expect(detail.message.attempts == 1)
            #expect(harness.sender.sent.elements.count == 1)
        }
    }

    @Test("messages that were claimed while the stop came in go back to the queue unsent")
    func givesBack() async throws {
        try await DeliveryHarness.with { harness in
            let id = try await harness.accept(Make.message())[0]
            let troubled = TroubledStore(harness.store)
            let gate = Gate()
            troubled.claimGate.withLockedValue { $0 = gate }
            let dispatcher = harness.dispatcher(over: troubled)
            await testGracefulShutdown { shutdown in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await dispatcher.run() }
                    await troubled.claims.until { $0.count >= 1 }
                    // The dispatcher has heard of it when the call returns.
                    shutdown.triggerGracefulShutdown()
                    gate.open()
                    await group.waitForAll()
                }
            }
            let detail = try #require(try await harness.store.message(id))
            #expect(detail.message.state == .queued)
            #expect(detail.message.attempts == 0)
            #expect(detail.timeline.last?.why == "the service stopped before it was sent")
            #expect(harness.sender.sent.elements.isEmpty)
        }
    }

    @Test("stopped after any of its own events it ends, and every message is queued or accepted", arguments: 0..<20)
    func startStop(events: Int) async throws {
        try await DeliveryHarness.with { harness in
            let messages = try (0..<20).map { _ in try Make.message() }
            _ = try await harness.store.accept(Make.submission(messages: messages))
            let account = AccountLimits(name: "main", maxInFlight: 2)
            try await harness.running(harness.dispatcher(accounts: [account])) {
                await harness.events.until { $0.count >= events }
            }
            let counts = try await harness.store.countsByState()
            #expect(Set(counts.keys).isSubset(of: [.queued, .accepted]))
            #expect(counts[.accepted, default: 0] == harness.sender.sent.elements.count)
        }
    }

    @Test("a cancelled dispatcher ends too, and settles what was on its way")
    func cancelled() async throws {
        try await DeliveryHarness.with(sender: ScriptedSender(gate: Gate())) { harness in
            let id = try await harness.accept(Make.message(onUncertain: .hold))[0]
            let dispatcher = harness.dispatcher()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await dispatcher.run() }
                await harness.sender.sent.until { $0.count >= 1 }
                group.cancelAll()
            }
            #expect(try await harness.state(of: id) == .uncertain)
        }
    }
}
