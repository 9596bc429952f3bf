// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import NIOConcurrencyHelpers
import Outbox
import TestSupport

/// A store in front of another one, in which things go wrong as a test wants it.
final class TroubledStore: WorkStore {
    /// Whether nobody is woken.
    let isDeaf = NIOLockedValueBox(false)
    /// How many exchanges with settlements fail with `full`.
    let failures = NIOLockedValueBox(0)
    /// How many times the store cannot follow the clock.
    let followFailures = NIOLockedValueBox(0)
    /// How many times the store cannot be told that something has happened.
    let newsFailures = NIOLockedValueBox(0)
    /// The accounts of which it was told something, in order.
    let told = EventRecorder<String>()
    /// The accounts of which places were read, each time.
    let placesRead = EventRecorder<[String]>()
    /// What a claim waits for after it was made.
    let claimGate = NIOLockedValueBox<Gate?>(nil)
    /// Messages of which no settlement is taken.
    let stuck = NIOLockedValueBox<Set<MessageID>>([])
    /// The sizes of the claims that were made.
    let claims = EventRecorder<Int>()
    /// What the nodes share of accounts, where this is one of several.
    let sharedPaces: (any SharedPaces)?
    private let store: any WorkStore

    init(_ store: any WorkStore, sharing paces: (any SharedPaces)? = nil) {
        (self.store, sharedPaces) = (store, paces)
    }

    func exchange(
        _ settlements: [Settlement],
        _ quotas: [ClaimQuota],
        lease: Duration,
        now: Timestamp,
        riding: RidingClaims?
    ) async throws(StoreError) -> Exchange {
        let fails = failures.withLockedValue { failures in
            guard failures > 0, !settlements.isEmpty else { return false }
            failures -= 1
            return true
        }
        if fails { throw StoreError(.full, "the disk or the database is full") }
        let stuck = stuck.withLockedValue(\.self)
        let taken = settlements.filter { !stuck.contains($0.message) }
        var exchange = try await store.exchange(taken, quotas, lease: lease, now: now, riding: riding)
        if taken.count < settlements.count { exchange = exchange.with(settlements, unknown: stuck) }
        guard !quotas.isEmpty else { return exchange }
        claims.record(exchange.claimed.count)
        if let gate = claimGate.withLockedValue({ $0 }) { _ = await gate.pass() }
        return exchange
    }

    func places(of accounts: [String]) async throws(StoreError) -> PaceMemory {
        placesRead.record(accounts)
        return try await store.places(of: accounts)
    }

    func reportedCodes() -> AsyncStream<[ReportedCode]> { store.reportedCodes() }

    func wakeUps() -> AsyncStream<Void> {
        isDeaf.withLockedValue { $0 } ? AsyncStream { $0.finish() } : store.wakeUps()
    }

    func expiredLeases(at now: Timestamp, limit: Int) async throws(StoreError) -> [ClaimedMessage] {
        try await store.expiredLeases(at: now, limit: limit)
    }

    func hasten(
        _ account: String,
        _ condition: String?,
        because reason: String,
        at now: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        told.record(account)
        try fail(newsFailures)
        return try await store.hasten(account, condition, because: reason, at: now, limit: limit)
    }

    func paceMemory(
        of accounts: [String],
        since: Timestamp,
        pairsSince: Timestamp
    ) async throws(StoreError) -> PaceMemory {
        try await store.paceMemory(of: accounts, since: since, pairsSince: pairsSince)
    }

    func follow(_ step: Duration, at now: Timestamp) async throws(StoreError) -> Int {
        try fail(followFailures)
        return try await store.follow(step, at: now)
    }

    /// Fails as many times as it says.
    private func fail(_ times: NIOLockedValueBox<Int>) throws(StoreError) {
        let fails = times.withLockedValue { times in
            defer { times = max(0, times - 1) }
            return times > 0
        }
        if fails { throw StoreError(.full, "the disk or the database is full") }
    }
}

extension Exchange {
    /// The same, with more settlements, of messages that nobody knows.
    fileprivate func with(_ settlements: [Settlement], unknown: Set<MessageID>) -> Exchange {
        var rest = results[...]
        let all = settlements.map { unknown.contains($0.message) ? .unknown : rest.removeFirst() }
        return Exchange(results: all, claimed: claimed, nextDue: nextDue, holds: holds)
    }
}
