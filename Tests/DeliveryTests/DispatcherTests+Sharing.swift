// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import MemoryOutbox
import Messages
import NIOConcurrencyHelpers
import Outbox
import PartnerAPI
import TestSupport
import Testing

@testable import Delivery

/// Dispatchers of several nodes on one store.
extension DispatcherTests {
    /// Lends two nodes on one store and one clock, each with its own sender and observer.
    private static func withTwo(
        _ senders: [ScriptedSender],
        accounts: [AccountLimits] = [AccountLimits(name: "main")],
        _ body: (DeliveryHarness, [Dispatcher], [EventRecorder<DeliveryEvent>]) async throws -> Void
    ) async throws {
        try await withTwo(senders, accounts: accounts) { harness, nodes, events, _ in
            try await body(harness, nodes, events)
        }
    }

    /// The same with what goes wrong between each node and the store.
    private static func withTwo(
        _ senders: [ScriptedSender],
        accounts: [AccountLimits] = [AccountLimits(name: "main")],
        _ body: (DeliveryHarness, [Dispatcher], [EventRecorder<DeliveryEvent>], [TroubledStore]) async throws -> Void
    ) async throws {
        try await DeliveryHarness.with { harness in
            let store = try #require(harness.store as? MemoryOutbox)
            let observers = senders.map { _ in EventRecorder<DeliveryEvent>() }
            let stores = senders.indices.map { index in
                TroubledStore(store, sharing: MemoryPaces(store: store, node: "\(index)", nodes: 2))
            }
            let dispatchers = senders.enumerated().map { index, sender in
                Dispatcher(
                    store: stores[index],
                    sender: sender,
                    accounts: accounts,
                    clock: harness.clock,
                    metrics: DeliveryMetrics(factory: harness.metrics),
                    logger: harness.logger,
                    observer: observers[index]
                )
            }
            try await body(harness, dispatchers, observers, stores)
        }
    }

    @Test("a Retry-After that one node got keeps what another one claims meanwhile, and both go on when it is over")
    func sharedRest() async throws {
        let throttled = Outcome.retryable(Make.detail(429), retryAfter: .seconds(30))
        let senders = [ScriptedSender([throttled]), ScriptedSender()]
        try await Self.withTwo(senders) { harness, nodes, events in
            try await harness.running(nodes[0]) {
                let first = try await harness.accept(Make.message())[0]
                await events[0].until { $0.contains(.settled(first, .retrying, .settled)) }
                try await harness.running(nodes[1]) {
                    let second = try await harness.accept(Make.message())[0]
                    await events[1].until { $0.contains(.settled(second, .queued, .settled)) }
                    #expect(senders[1].sent.elements.isEmpty)
                    #expect(nodes[1].status.accounts["main"]?.wait?.cause == .retryAfter)
                    let story = try #require(try await harness.store.message(second)).timeline
                    #expect(story.last?.why.contains("another node heard") == true)
                    await harness.clock.untilSleeping(atLeast: 2)
                    await harness.clock.advance(by: .seconds(30))
                    for id in [first, second] {
                        while try await harness.state(of: id) != .accepted {
                            await harness.clock.untilSleeping(atLeast: 2)
                            await harness.clock.advance(by: .seconds(1))
                        }
                    }
                }
            }
        }
    }

    @Test("a pause that one node learnt of is told by all, and a person's word goes to all")
    func sharedPause() async throws {
        let stopped = Outcome.held(AttemptDetail(status: 400, code: "meta_131031", reason: "locked"), for: .seconds(1))
        let senders = [ScriptedSender([stopped]), ScriptedSender()]
        try await Self.withTwo(senders) { harness, nodes, events in
            try await harness.running(nodes[0]) {
                let id = try await harness.accept(Make.message())[0]
                await events[0].until { $0.contains(.partStopped("main", .account)) }
                try await harness.running(nodes[1]) {
                    // It hears of it when it claims what waits.
                    await events[1].until { $0.contains(.partStopped("main", .account)) }
                    #expect(nodes[1].status.accounts["main"]?.stops.map(\.reason) == ["locked"])
                    #expect(senders[1].sent.elements.isEmpty)
                    #expect(nodes[1].resume("main")?.count == 1)
                    await events[0].until { $0.contains(.partResumed("main", .account)) }
                    while try await harness.state(of: id) != .accepted {
                        await harness.clock.untilSleeping(atLeast: 2)
                        await harness.clock.advance(by: .seconds(1))
                    }
                }
            }
        }
    }

    @Test("what a node had yet to settle goes on too when a person lets its part go on at another node")
    func sharedResumption() async throws {
        let detail = AttemptDetail(status: 400, code: "meta_131048", reason: "spam")
        let senders = [ScriptedSender([.held(detail, for: .seconds(1))]), ScriptedSender()]
        try await Self.withTwo(senders) { harness, nodes, events, stores in
            try await harness.running(nodes[0]) {
                let request = try Make.template("sale", to: "919812345670")
                let first = try await harness.accept(Make.message(request: request, at: harness.now))[0]
                await events[0].until { $0.contains(.settled(first, .deferred, .settled)) }
                stores[0].failures.withLockedValue { $0 = 1_000 }
                let id = try await harness.accept(Make.message(request: request, at: harness.now))[0]
                await events[0].until { $0.contains(.heldBack(id)) }
                try await harness.running(nodes[1]) {
                    await events[1].until { $0.contains(where: \.isIdle) }
                    #expect(nodes[1].resume("main") != nil)
                    await events[0].until { $0.contains(.partResumed("main", .marketing)) }
                    stores[0].failures.withLockedValue { $0 = 0 }
                    for _ in 0..<60 where try await harness.state(of: id) != .accepted {
                        await harness.clock.untilSleeping(atLeast: 2)
                        await harness.clock.advance(by: .seconds(1))
                    }
                    #expect(try await harness.state(of: id) == .accepted)
                }
            }
        }
    }

    @Test("a partner that hangs on all nodes doubles no more than the limit of them together")
    func sharedStorm() async throws {
        let doubt = Outcome.uncertain(AttemptDetail(code: "timed_out", reason: "no answer came within 30 s"))
        let senders = (0..<2).map { _ in ScriptedSender(Array(repeating: doubt, count: 4)) }
        let accounts = [AccountLimits(name: "main", uncertainLimit: 3)]
        try await Self.withTwo(senders, accounts: accounts) { harness, nodes, events in
            try await harness.running(nodes[0]) {
                for _ in 0..<2 {
                    let id = try await harness.accept(Make.message())[0]
                    await events[0].until { $0.contains(.settled(id, .queued, .settled)) }
                }
            }
            try await harness.running(nodes[1]) {
                let first = try await harness.accept(Make.message())[0]
                await events[1].until { $0.contains(.settled(first, .queued, .settled)) }
                let second = try await harness.accept(Make.message())[0]
                await events[1].until { $0.contains(.settled(second, .uncertain, .settled)) }
                #expect(events[1].elements.contains(.brakeEngaged("main")))
            }
        }
    }

    @Test("two nodes let pass no more new recipients of a portfolio than one would, and give back for all")
    func sharedPortfolio() async throws {
        try await DeliveryHarness.with { harness in
            let store = try #require(harness.store as? MemoryOutbox)
            let portfolio = PortfolioLimit(name: "shop", recipients: 2, accounts: ["a", "b"])
            let settings = DeliverySettings(portfolios: [portfolio])
            let troubles = (0..<2).map { TroubledPortfolios(MemoryPaces(store: store, node: "\($0)", nodes: 2)) }
            let senders = [ScriptedSender([.refused(Make.detail(422))]), ScriptedSender()]
            let nodes = ["a", "b"].enumerated().map { index, account in
                Dispatcher(
                    store: TroubledStore(store, sharing: troubles[index]),
                    sender: senders[index],
                    accounts: [AccountLimits(name: account)],
                    settings: settings,
                    clock: harness.clock,
                    metrics: DeliveryMetrics(factory: harness.metrics),
                    logger: harness.logger,
                    observer: harness.events
                )
            }
            func send(_ account: String, to last: Int, _ state: MessageState) async throws -> MessageID {
                let request = try Make.template("order_paid", to: "91981234567\(last)")
                let message = try Make.message(account: account, request: request, at: harness.now)
                let id = try await harness.accept(message)[0]
                await harness.untilSettled(id, state)
                return id
            }
            // A node that begins takes for a departure what is on its way then.
            try await harness.running(nodes[0]) {
                await harness.events.until { $0.contains(where: \.isIdle) }
                let idle = harness.events.elements.count(where: \.isIdle)
                try await harness.running(nodes[1]) {
                    await harness.events.until { $0.count(where: \.isIdle) > idle }
                    _ = try await send("a", to: 1, .failed)
                    _ = try await send("b", to: 2, .accepted)
                    _ = try await send("a", to: 3, .accepted)
                    let waiting = try await send("b", to: 4, .deferred)
                    let message = try #require(try await store.message(waiting)?.message)
                    #expect(message.dueAt == harness.now.advanced(by: .seconds(86_400)))
                    #expect(message.reason.hasPrefix("portfolio: 2 new recipients"))
                    _ = try await send("b", to: 3, .accepted)
                    #expect(nodes[1].status.portfolios["shop"]?.used == 2)
                    // What the others do not hear of does not leave.
                    troubles[0].failures.withLockedValue { $0 = 1 }
                    let known = try await send("a", to: 2, .queued)
                    await harness.clock.untilSleeping(atLeast: 2)
                    await harness.clock.advance(by: .seconds(5))
                    await harness.untilSettled(known, .accepted)
                }
            }
            #expect(senders.map(\.sent.elements.count) == [3, 2])
        }
    }

    @Test("the first node that counts a portfolio with others takes over what had left before")
    func seededPortfolio() async throws {
        try await DeliveryHarness.with { harness in
            let store = try #require(harness.store as? MemoryOutbox)
            func message(_ phone: String) throws -> NewMessage {
                try Make.message(request: Make.template("order_paid", to: phone), at: harness.now)
            }
            try await harness.running(harness.dispatcher()) {
                let first = try await harness.accept(message("919812345670"))[0]
                await harness.untilSettled(first, .accepted)
            }
            let settings = DeliverySettings(
                portfolios: [PortfolioLimit(name: "shop", recipients: 1, accounts: ["main"])]
            )
            for node in ["0", "1"] {
                let paces = MemoryPaces(store: store, node: node, nodes: 2)
                let dispatcher = harness.dispatcher(over: TroubledStore(store, sharing: paces), settings: settings)
                try await harness.running(dispatcher) {
                    let ids = try await harness.accept(message("919812345671"), message("919812345670"))
                    await harness.untilSettled(ids[0], .deferred)
                    await harness.untilSettled(ids[1], .accepted)
                }
            }
        }
    }

    /// A node whose one account is of a portfolio of two recipients a day.
    private static func dispatcher(
        _ harness: DeliveryHarness,
        _ store: MemoryOutbox,
        _ paces: any SharedPaces
    ) -> Dispatcher {
        let portfolio = PortfolioLimit(name: "shop", recipients: 2, accounts: ["main"])
        let settings = DeliverySettings(portfolios: [portfolio])
        return harness.dispatcher(over: TroubledStore(store, sharing: paces), settings: settings)
    }

    @Test(
        "accounts without a portfolio, or of another, go on while the store fails at one, which is left alone meanwhile"
    )
    func troubledPortfolio() async throws {
        try await DeliveryHarness.with { harness in
            let store = try #require(harness.store as? MemoryOutbox)
            let paces = TroubledPortfolios(MemoryPaces(store: store, node: "0", nodes: 2))
            paces.down.withLockedValue { $0 = ["shop"] }
            let portfolios = [("shop", "a"), ("other", "c")].map { name, account in
                PortfolioLimit(name: name, recipients: 2, accounts: [account])
            }
            let dispatcher = harness.dispatcher(
                over: TroubledStore(store, sharing: paces),
                accounts: ["a", "b", "c"].map { AccountLimits(name: $0) },
                settings: DeliverySettings(portfolios: portfolios)
            )
            func message(_ account: String) throws -> NewMessage {
                try Make.message(account: account, request: Make.template("order_paid"), at: harness.now)
            }
            try await harness.running(dispatcher) {
                let ids = try await harness.accept(message("a"), message("b"), message("c"))
                await harness.untilSettled(ids[1], .accepted)
                await harness.untilSettled(ids[2], .accepted)
                let last = try await harness.accept(message("c"))[0]
                await harness.untilSettled(last, .accepted)
                let story = try await store.message(ids[0])?.timeline.map(\.to)
                #expect(story == [.queued], "it is not claimed for nothing")
                #expect(dispatcher.status.storeFailure != nil)
                paces.down.withLockedValue { $0 = [] }
                await harness.clock.untilSleeping(atLeast: 1)
                await harness.clock.advance(by: .seconds(5))
                await harness.untilSettled(ids[0], .accepted)
            }
        }
    }

    @Test("messages about which the nodes did not agree are claimed again after a moment, and not at once")
    func disagreement() async throws {
        try await DeliveryHarness.with { harness in
            let store = try #require(harness.store as? MemoryOutbox)
            let paces = TroubledPortfolios(MemoryPaces(store: store, node: "0", nodes: 2))
            let end = harness.now.advanced(by: .seconds(60))
            let rival = PortfolioRow(recipient: 7, countsUntil: end, waitsUntil: nil)
            paces.rivals.withLockedValue { $0 = Array(repeating: rival, count: 8) }
            let dispatcher = Self.dispatcher(harness, store, paces)
            try await harness.running(dispatcher) {
                let message = try Make.message(request: Make.template("order_paid"), at: harness.now)
                let id = try await harness.accept(message)[0]
                await harness.untilSettled(id, .queued)
                await harness.events.until { $0.last?.isIdle ?? false }
                #expect(try await store.message(id)?.message.state == .queued)
                await harness.clock.untilSleeping(atLeast: 1)
                await harness.clock.advance(by: .seconds(1))
                await harness.untilSettled(id, .accepted)
            }
        }
    }

    @Test("a portfolio is not asked about whenever somebody rings")
    func quietPortfolio() async throws {
        try await DeliveryHarness.with { harness in
            let store = try #require(harness.store as? MemoryOutbox)
            let paces = TroubledPortfolios(MemoryPaces(store: store, node: "0", nodes: 2))
            let dispatcher = Self.dispatcher(harness, store, paces)
            try await harness.running(dispatcher) {
                var questions: [Int] = []
                for _ in 0..<3 {
                    let id = try await harness.accept(Make.message(at: harness.now))[0]
                    await harness.untilSettled(id, .accepted)
                    questions.append(paces.questions.withLockedValue(\.self))
                }
                #expect(questions[2] == questions[0])
            }
        }
    }

    @Test("what a portfolio got back is told before the message is settled, though others were faster")
    func givenBackAgain() async throws {
        try await DeliveryHarness.with(sender: ScriptedSender([.refused(Make.detail(422))])) { harness in
            let store = try #require(harness.store as? MemoryOutbox)
            let paces = TroubledPortfolios(MemoryPaces(store: store, node: "0", nodes: 2))
            let end = harness.now.advanced(by: .seconds(60))
            paces.rivals.withLockedValue { $0 = [nil, PortfolioRow(recipient: 7, countsUntil: end, waitsUntil: nil)] }
            let dispatcher = Self.dispatcher(harness, store, paces)
            try await harness.running(dispatcher) {
                let message = try Make.message(request: Make.template("order_paid"), at: harness.now)
                let id = try await harness.accept(message)[0]
                await harness.untilSettled(id, .failed)
                let rows = try await store.share("shop", [], knowing: 0).rows
                #expect(rows.count == 2 && rows.filter { $0.countsUntil.map { $0 > harness.now } ?? true }.count == 1)
            }
        }
    }

    @Test("a portfolio that others count already takes over to whom an account wrote before it was of it")
    func grownPortfolio() async throws {
        try await DeliveryHarness.with { harness in
            let store = try #require(harness.store as? MemoryOutbox)
            func message(_ phone: String) throws -> NewMessage {
                try Make.message(request: Make.template("order_paid", to: phone), at: harness.now)
            }
            try await harness.running(harness.dispatcher()) {
                let first = try await harness.accept(message("919812345670"))[0]
                await harness.untilSettled(first, .accepted)
            }
            // Of another account, before.
            let row = PortfolioRow(recipient: 7, countsUntil: harness.now.advanced(by: .seconds(60)), waitsUntil: nil)
            #expect(try await store.share("shop", [row], knowing: 0).version == 1)
            let dispatcher = Self.dispatcher(harness, store, MemoryPaces(store: store, node: "0", nodes: 2))
            try await harness.running(dispatcher) {
                let ids = try await harness.accept(message("919812345671"), message("919812345670"))
                await harness.untilSettled(ids[0], .deferred)
                await harness.untilSettled(ids[1], .accepted)
            }
            #expect(try await store.share("shop", [], knowing: 1).rows.count == 2, "the others hear of it")
        }
    }

    @Test("a place that could not be given back is not asked about again, and keeps no node from being ready")
    func failedReturn() async throws {
        try await DeliveryHarness.with { harness in
            let store = try #require(harness.store as? MemoryOutbox)
            let paces = KeepingPaces(paces: MemoryPaces(store: store, node: "0", nodes: 1))
            let accounts = [AccountLimits(name: "main", rate: Rate(1, per: .seconds(60)))]
            let dispatcher = harness.dispatcher(over: TroubledStore(store, sharing: paces), accounts: accounts)
            try await harness.running(dispatcher) {
                await harness.events.until { $0.contains(.storeFailed(.full)) }
                await harness.events.until { $0.last?.isIdle == true }
                #expect(dispatcher.status.storeFailure == nil)
            }
        }
    }

    @Test("two nodes share a rate, and send all there is")
    func sharedRate() async throws {
        let accounts = [AccountLimits(name: "main", rate: Rate(20, per: .seconds(1)))]
        let senders = [ScriptedSender(), ScriptedSender()]
        try await Self.withTwo(senders, accounts: accounts) { harness, nodes, _ in
            try await harness.running(nodes[0]) {
                try await harness.running(nodes[1]) {
                    let start = harness.now
                    let ids = try (0..<30).map { _ in try Make.message() }
                    for message in ids { try await harness.accept(message) }
                    while try await harness.store.countsByState()[.accepted] != 30 {
                        await harness.clock.untilSleeping(atLeast: 2)
                        await harness.clock.advance(by: .milliseconds(50))
                    }
                    #expect(start.duration(to: harness.now) >= .milliseconds(1_350), "28 behind a burst of two")
                    #expect(senders.allSatisfy { !$0.sent.elements.isEmpty })
                    var times: [Timestamp] = []
                    for message in ids {
                        let story = try #require(try await harness.store.message(message.id)).timeline
                        times += story.filter { $0.to == .sending }.map(\.at)
                    }
                    for (index, time) in times.sorted().enumerated() where index >= 22 {
                        #expect(times.sorted()[index - 22].duration(to: time) >= .seconds(1))
                    }
                }
            }
        }
    }
}

extension DeliveryEvent {
    fileprivate var isIdle: Bool { if case .idle = self { true } else { false } }
}
