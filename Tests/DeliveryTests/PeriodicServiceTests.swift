// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Events
import MemoryOutbox
import Messages
import MetricsTestKit
import NIOConcurrencyHelpers
import Outbox
import TestSupport
import Testing

@Suite("Rescuer, Pruner and DepthReporter", .timeLimit(.minutes(10)))
struct PeriodicServiceTests {
    private func rescuer(_ harness: DeliveryHarness, over store: (any WorkStore)? = nil) -> Rescuer {
        Rescuer(
            store: store ?? harness.store,
            clock: harness.clock,
            metrics: DeliveryMetrics(factory: harness.metrics),
            logger: harness.logger,
            observer: harness.events
        )
    }

    @Test("a lost lease is uncertain, and then queued or held as on_uncertain says")
    func rescues() async throws {
        try await DeliveryHarness.with { harness in
            let ids = try await harness.accept(Make.message(onUncertain: .retry), Make.message(onUncertain: .hold))
            let quota = ClaimQuota(account: "main", limit: 2)
            _ = try await harness.store.claim([quota], lease: .seconds(20), now: harness.now)
            try await harness.running(rescuer(harness)) {
                await harness.events.until { $0.starts(with: [.rescued(0)]) }
                for _ in 0..<2 {
                    await harness.clock.untilSleeping()
                    await harness.clock.advance(by: .seconds(15))
                }
                await harness.events.until { $0.contains(.rescued(2)) }
            }
            let retried = try #require(try await harness.store.message(ids[0]))
            #expect(retried.timeline.map(\.to) == [.queued, .sending, .uncertain, .queued])
            #expect(retried.message.attempts == 1)
            #expect(retried.attempts.map(\.outcome.detail?.code) == ["lease_expired"])
            #expect(try await harness.state(of: ids[1]) == .uncertain)
            let counter = try harness.metrics.expectCounter("hookline_messages_rescued_total")
            #expect(counter.totalValue == 2)
        }
    }

    @Test("claims that cannot be settled hide none behind them, and are tried once a round")
    func stuckClaims() async throws {
        try await DeliveryHarness.with { harness in
            let troubled = TroubledStore(harness.store)
            let messages = try (0..<250).map { _ in try Make.message(onUncertain: .hold) }
            _ = try await harness.store.accept(Make.submission(messages: messages))
            let quota = ClaimQuota(account: "main", limit: 250)
            let claimed = try await harness.store.claim([quota], lease: .zero, now: harness.now)
            let stuck = Set(claimed.prefix(210).map(\.id))
            troubled.stuck.withLockedValue { $0 = stuck }
            try await harness.running(rescuer(harness, over: troubled)) {
                await harness.events.until { $0.starts(with: [.rescued(40)]) }
            }
            #expect(try await harness.store.countsByState() == [.sending: 210, .uncertain: 40])
        }
    }

    @Test("what a killed service was sending is rescued as soon as the next one starts")
    func rescuesAtStart() async throws {
        try await withTemporaryFolder { folder in
            try await DeliveryHarness.reopened(in: folder) { harness in
                let id = try await harness.accept(Make.message(onUncertain: .hold))[0]
                let quota = ClaimQuota(account: "main", limit: 1)
                _ = try await harness.store.claim([quota], lease: .seconds(3_600), now: harness.now)
                #expect(try await harness.state(of: id) == .sending)
            }
            try await DeliveryHarness.reopened(in: folder) { harness in
                try await harness.running(rescuer(harness)) {
                    await harness.events.until { $0.starts(with: [.rescued(1)]) }
                }
                #expect(try await harness.store.countsByState() == [.uncertain: 1])
            }
        }
    }

    @Test("the pruner deletes what is older than its retention, each hour")
    func prunes() async throws {
        try await DeliveryHarness.with { harness in
            try await harness.accept(Make.message(mode: .shadow))
            let pruner = Pruner(
                store: harness.store,
                retention: Retention(events: .seconds(1_800)),
                clock: harness.clock,
                logger: harness.logger,
                observer: harness.events
            )
            try await harness.running(pruner) {
                await harness.events.until { $0.count >= 1 }
                await harness.clock.untilSleeping()
                await harness.clock.advance(by: .seconds(3_600))
                await harness.events.until { $0.count >= 2 }
            }
            let deleted = harness.events.elements.compactMap {
                if case .pruned(let pruned) = $0 { pruned.events } else { nil }
            }
            #expect(deleted == [0, 1])
        }
    }

    @Test("the depth of every state is reported, zeros included")
    func measuresDepth() async throws {
        try await DeliveryHarness.with { harness in
            try await harness.accept(Make.message(), Make.message(), Make.message(mode: .shadow))
            let (name, meaning) = ("phone:919812345670", Heard.Meaning.message(.doubtful, text: "stop it"))
            let heard = Heard(name, account: nil, at: harness.clock.now, source: "wa", meaning)
            _ = try await harness.store.accept(Make.submission(sideEffects: SideEffects(heard: [heard])))
            let reporter = DepthReporter(
                store: harness.store,
                clock: harness.clock,
                metrics: DeliveryMetrics(factory: harness.metrics),
                logger: harness.logger,
                observer: harness.events
            )
            try await harness.running(reporter) { await harness.events.until { $0.count >= 1 } }
            let depths = try MessageState.allCases.map { state in
                try harness.metrics.expectMeter("hookline_outbox_depth", [("state", state.rawValue)]).lastValue
            }
            #expect(depths == MessageState.allCases.map { [.queued: 2, .suppressed: 1][$0] ?? 0 })
            let doubtful = try harness.metrics.expectMeter("hookline_consent_open", [("kind", "doubtful")]).lastValue
            #expect(doubtful == 1)
        }
    }

    @Test("where nodes share the store, each tells how many of it wait behind others to the same recipient")
    func measuresTurns() async throws {
        try await DeliveryHarness.with { harness in
            let store = try #require(harness.store as? MemoryOutbox)
            let limits = AccountLimits(name: "main", pair: PairLimit(interval: .seconds(6)))
            let same = try await harness.accept(Make.message(), Make.message(), Make.message())
            let dispatcher = harness.dispatcher(accounts: [limits])
            try await harness.running(dispatcher) {
                for id in same[1...] { await harness.untilSettled(id, .deferred) }
            }
            let metrics = TestMetrics()
            let reporter = DepthReporter(
                store: store,
                paces: MemoryPaces(store: store, node: "other", nodes: 2),
                accounts: [limits, AccountLimits(name: "unpaced")],
                clock: harness.clock,
                metrics: DeliveryMetrics(factory: metrics),
                logger: harness.logger,
                observer: harness.events
            )
            let before = harness.events.elements.count
            try await harness.running(reporter) { await harness.events.until { $0.count > before } }
            let gauges = metrics.meters.filter { $0.label == "hookline_pair_waiting" }
            #expect(gauges.map(\.dimensions.first?.1) == ["main"] && gauges.map(\.lastValue) == [2])
        }
    }

    @Test("how a store stands is told by metrics, and asked again when a minute has passed")
    func reportsStanding() async throws {
        try await DeliveryHarness.with { harness in
            let store = StandingStore(harness.store)
            let reporter = StandingReporter(
                store: store,
                clock: harness.clock,
                metrics: StandingMetrics(factory: harness.metrics),
                logger: harness.logger
            )
            #expect(await reporter.standing() == store.standing)
            try await harness.running(reporter) {
                await harness.clock.untilSleeping()
                store.change { $0.statements = 70 }
                await harness.clock.advance(by: .seconds(60))
                await harness.clock.untilSleeping()
            }
            #expect(await reporter.standing()?.server?.statements == 70)
            func gauge(_ name: String, _ labels: (String, String)...) throws -> Double? {
                try harness.metrics.expectGauge("hookline_store_\(name)", labels).lastValue
            }
            #expect(try gauge("survives", ("loss", "machine")) == 1)
            #expect(try gauge("survives", ("loss", "server")) == 0)
            #expect(try gauge("nodes", ("state", "alive")) == 1)
            #expect(try gauge("nodes", ("state", "gone")) == 1)
            #expect(try gauge("notify") == 0)
            #expect(try gauge("oldest_snapshot_seconds") == 90)
            #expect(try gauge("clock_offset_seconds") == -2)
            #expect(try gauge("dead_rows", ("table", "waiting")) == 5)
            #expect(try gauge("connections") == 7)
            #expect(try gauge("standbys_wanted") == 1)
            #expect(try gauge("leads") == 1)
            #expect(try harness.metrics.expectCounter("hookline_store_statements_total").totalValue == 70)
        }
    }

    @Test("a store that does not say how it stands is not asked by everybody who wants to know, but with the next look")
    func failedStanding() async throws {
        try await DeliveryHarness.with { harness in
            let store = StandingStore(harness.store)
            let reporter = StandingReporter(
                store: store,
                clock: harness.clock,
                metrics: StandingMetrics(factory: harness.metrics),
                logger: harness.logger
            )
            store.fails.withLockedValue { $0 = true }
            for _ in 0..<2 { #expect(await reporter.standing() == nil) }
            #expect(store.looks.withLockedValue(\.self) == 1)
            store.fails.withLockedValue { $0 = false }
            try await harness.running(reporter) { await harness.clock.untilSleeping() }
            #expect(await reporter.standing() == store.standing)
        }
    }
}

/// A store that stands as a test says.
private final class StandingStore: Housekeeping {
    private let store: any Housekeeping
    private let server: NIOLockedValueBox<StoreStanding.Server>
    /// Whether it does not say how it stands.
    let fails = NIOLockedValueBox(false)
    /// How often it was asked that.
    let looks = NIOLockedValueBox(0)

    init(_ store: any Housekeeping) {
        self.store = store
        var server = StoreStanding.Server(version: "PostgreSQL 15.18")
        let start = Timestamp(seconds: 0)
        server.nodes = [Duration.seconds(1), .seconds(100)].map {
            StoreStanding.Node(name: "\($0)", build: "1", address: "", startedAt: start, silence: $0)
        }
        (server.calls, server.clockOffset, server.deadRows) = (.poll, .seconds(-2), ["waiting": 5])
        server.oldestSnapshot = StoreStanding.Snapshot(age: .seconds(90), transactions: 3, holder: "session 1")
        server.connections = StoreStanding.Connections(used: 7, limit: 100)
        (server.standbysWanted, server.leads, server.statements) = (1, true, 50)
        self.server = NIOLockedValueBox(server)
    }

    var standing: StoreStanding {
        StoreStanding(durability: .waits(asked: "a test"), server: server.withLockedValue(\.self))
    }

    func change(_ body: (inout StoreStanding.Server) -> Void) { server.withLockedValue { body(&$0) } }

    func standing() async throws(StoreError) -> StoreStanding {
        looks.withLockedValue { $0 += 1 }
        if fails.withLockedValue(\.self) { throw StoreError(.busy, "the database did not answer in time") }
        return standing
    }

    func check() async throws(StoreError) { try await store.check() }

    func close() async {}

    func prune(_ retention: Retention, now: Timestamp, limit: Int) async throws(StoreError) -> Pruned {
        try await store.prune(retention, now: now, limit: limit)
    }

    func remember(_ mark: Reckoning.Mark) async throws(StoreError) { try await store.remember(mark) }

    func lastTime() async throws(StoreError) -> Timestamp? { try await store.lastTime() }

    func examine(within limit: Duration) async throws(StoreError) -> StoreExamination {
        try await store.examine(within: limit)
    }
}
