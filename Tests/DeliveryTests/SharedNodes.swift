// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import MemoryOutbox
import Messages
import NIOConcurrencyHelpers
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

@testable import Delivery

/// One of several nodes that share a store in memory.
struct MemoryPaces: SharedPaces {
    let store: MemoryOutbox
    let node: String
    let nodes: Int

    func share(
        _ turns: [String: AccountStanding.Turn],
        at now: Timestamp
    ) async throws(StoreError) -> [String: SharedAnswer] { try await store.answer(turns, at: now) }

    func share(
        _ portfolio: String,
        _ changes: [PortfolioRow],
        knowing version: Int64
    ) async throws(StoreError) -> PortfolioNews {
        try await store.share(portfolio, changes, knowing: version)
    }

    func waitingForPairs(of accounts: [String], upTo most: Int) async throws(StoreError) -> [String: Int] {
        try await store.waitingForPairs(of: accounts, upTo: most)
    }
}

/// A node over another one: what it does not do itself that one does.
protocol PacesOver: SharedPaces {
    var paces: MemoryPaces { get }
}

extension PacesOver {
    var node: String { paces.node }
    var nodes: Int { paces.nodes }

    func share(
        _ turns: [String: AccountStanding.Turn],
        at now: Timestamp
    ) async throws(StoreError) -> [String: SharedAnswer] { try await paces.share(turns, at: now) }

    func share(
        _ portfolio: String,
        _ changes: [PortfolioRow],
        knowing version: Int64
    ) async throws(StoreError) -> PortfolioNews {
        try await paces.share(portfolio, changes, knowing: version)
    }

    func waitingForPairs(of accounts: [String], upTo most: Int) async throws(StoreError) -> [String: Int] {
        try await paces.waitingForPairs(of: accounts, upTo: most)
    }
}

/// A node of which the store takes nothing back.
struct KeepingPaces: PacesOver {
    let paces: MemoryPaces

    func share(
        _ turns: [String: AccountStanding.Turn],
        at now: Timestamp
    ) async throws(StoreError) -> [String: SharedAnswer] {
        if turns.values.contains(where: { $0.unused != nil }) { throw StoreError(.full, "the database is full") }
        return try await paces.share(turns, at: now)
    }
}

/// A node of which the store takes nothing of portfolios for some times, or tells nothing of them either.
struct TroubledPortfolios: PacesOver {
    let failures = NIOLockedValueBox(0)
    /// Of which portfolios.
    let down = NIOLockedValueBox<Set<String>>([])
    /// How often it asked without anything to tell.
    let questions = NIOLockedValueBox(0)
    /// What another node is faster with, at each time that something is told; `nil` where it is not.
    let rivals = NIOLockedValueBox<[PortfolioRow?]>([])
    let paces: MemoryPaces

    init(_ paces: MemoryPaces) { self.paces = paces }

    func share(
        _ portfolio: String,
        _ changes: [PortfolioRow],
        knowing version: Int64
    ) async throws(StoreError) -> PortfolioNews {
        let isDown = down.withLockedValue { $0.contains(portfolio) }
        if changes.isEmpty { questions.withLockedValue { $0 += 1 } }
        let fails = failures.withLockedValue { failures in
            guard !isDown else { return true }
            guard failures > 0, !changes.isEmpty else { return false }
            failures -= 1
            return true
        }
        if fails { throw StoreError(.full, "the database is full") }
        if !changes.isEmpty, let rival = rivals.withLockedValue({ $0.isEmpty ? nil : $0.removeFirst() }) {
            let known = try await paces.share(portfolio, [], knowing: 0).version
            _ = try await paces.share(portfolio, [rival], knowing: known)
        }
        return try await paces.share(portfolio, changes, knowing: version)
    }
}

/// A kind of store that several nodes share.
struct SharedStore: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let lend: @Sendable (Int, ([any SharedPaces]) async throws -> Void) async throws -> Void

    static let all = [
        SharedStore(testDescription: "memory") { count, body in
            let store = MemoryOutbox()
            let nodes = (0..<count).map { MemoryPaces(store: store, node: "node \($0)", nodes: count) }
            try await closing(store) { try await body(nodes) }
        },
        SharedStore(testDescription: "PostgreSQL") { count, body in
            try await PostgresServer.shared().withDatabase { _, address in
                var nodes: [PostgresOutbox] = []
                for index in 0..<count {
                    var options = PostgresOutbox.Options()
                    options.answersWithin = .seconds(60)
                    options.node = "node \(index)"
                    nodes.append(try await PostgresOutbox.open(address, options: options))
                }
                let result: Result<Void, any Error>
                do { result = .success(try await body(nodes)) } catch { result = .failure(error) }
                for node in nodes { await node.close() }
                try result.get()
            }
        },
    ]

    /// Lends what so many nodes share on a new store.
    func withNodes(_ count: Int, _ body: ([any SharedPaces]) async throws -> Void) async throws {
        try await lend(count, body)
    }
}

/// A node that sends what it may of one account, as the dispatcher does, but for the store of messages and for time.
struct SimulatedNode {
    let paces: any SharedPaces
    var throttle: AccountThrottle
    /// When it looks next.
    var next: Timestamp
    /// What it left at the time of its last look, and answers now.
    var onTheWay = 0

    init(_ paces: any SharedPaces, _ limits: AccountLimits, at now: Timestamp) {
        self.paces = paces
        let circuit = CircuitBreaker.Settings(threshold: 2)
        throttle = AccountThrottle(limits, probe: .seconds(60), circuit: circuit, isShared: true)
        next = now
    }

    /// Tells, hears and asks.
    ///
    /// - Returns: What it heard; `nil` where it had nothing to say, or was not heard.
    @discardableResult
    mutating func share(wishes: Bool = true, at now: Timestamp) async throws -> AccountThrottle.Heard? {
        let context = context(wishes: wishes, at: now)
        throttle.share { shared in
            shared.nodes = context.nodes
            shared.forget(at: now)
        }
        guard let turn = throttle.turn(context, looks: true, polls: true) else { return nil }
        guard let answer = try await paces.share([throttle.limits.name: turn], at: now)[throttle.limits.name] else {
            throttle.share { $0.wasNotHeard(at: now) }
            return nil
        }
        let grant = turn.wish == nil ? nil : answer.grant
        return throttle.heard(answer.standing, grant, isTold: turn.learnt != nil, context)
    }

    /// Hears how the account stands along with what it claims, or when it is woken: it has nothing to tell and asks for nothing.
    mutating func claim(at now: Timestamp) async throws { _ = try await hear(at: now) }

    /// The same, and what it heard; `nil` where it was not answered.
    mutating func hear(at now: Timestamp) async throws -> AccountThrottle.Heard? {
        let turn = AccountStanding.Turn(of: paces.node, among: paces.nodes, rate: nil)
        guard let answer = try await paces.share([throttle.limits.name: turn], at: now)[throttle.limits.name] else {
            return nil
        }
        return throttle.heard(answer.standing, nil, isTold: false, context(wishes: false, at: now))
    }

    func context(wishes: Bool, at now: Timestamp) -> ShareContext {
        ShareContext(
            node: paces.node,
            nodes: paces.nodes,
            lease: .seconds(120),
            lead: .zero,
            steady: now,
            wishes: wishes
        )
    }

    /// Lets leave what may, which is taken at once.
    ///
    /// - Returns: How many left.
    mutating func send(at now: Timestamp) async throws -> Int {
        try await share(at: now)
        let count = throttle.quota(at: now)
        throttle.claimed(count, at: now)
        throttle.share { $0.claimed(count, of: max(1, count)) }
        for _ in 0..<count { _ = end(.accepted(partnerID: "wamid.1"), at: now) }
        next = max(throttle.nextChance(after: now) ?? now, now.advanced(by: .milliseconds(1)))
        return count
    }

    /// Has an attempt end.
    mutating func end(_ outcome: Outcome, at now: Timestamp) -> AccountThrottle.Change {
        let message = Addressee(recipient: 1, template: nil, isMarketing: false)
        return throttle.ended(outcome, of: { message }, began: now, at: now).change
    }
}
