// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import NIOConcurrencyHelpers
import Outbox
import TestSupport

/// A store in front of another one, in which things go wrong as a test wants it.
final class TroubledStore: OutboxStore {
    /// Whether nobody is woken.
    let isDeaf = NIOLockedValueBox(false)
    /// How many settlements with something in them fail with `full`.
    let failures = NIOLockedValueBox(0)
    /// How many times the store cannot follow the clock.
    let followFailures = NIOLockedValueBox(0)
    /// What a claim waits for after it was made.
    let claimGate = NIOLockedValueBox<Gate?>(nil)
    /// The sizes of the claims that were made.
    let claims = EventRecorder<Int>()
    private let store: any OutboxStore

    init(_ store: any OutboxStore) {
        self.store = store
    }

    func claim(_ quotas: [ClaimQuota], lease: Duration, now: Timestamp) async throws(StoreError) -> [ClaimedMessage] {
        let claimed = try await store.claim(quotas, lease: lease, now: now)
        claims.record(claimed.count)
        if let gate = claimGate.withLockedValue({ $0 }) { _ = await gate.pass() }
        return claimed
    }

    func settle(_ settlements: [Settlement]) async throws(StoreError) -> [SettlementResult] {
        let fails = failures.withLockedValue { failures in
            guard failures > 0, !settlements.isEmpty else { return false }
            failures -= 1
            return true
        }
        if fails { throw StoreError(.full, "the disk or the database is full") }
        return try await store.settle(settlements)
    }

    func wakeUps() -> AsyncStream<Void> {
        isDeaf.withLockedValue { $0 } ? AsyncStream { $0.finish() } : store.wakeUps()
    }

    func accept(_ submissions: [Submission]) async throws(StoreError) -> [Receipt] {
        try await store.accept(submissions)
    }
    func recordRejection(_ rejection: Rejection) { store.recordRejection(rejection) }
    func expiredLeases(at now: Timestamp, limit: Int) async throws(StoreError) -> [ClaimedMessage] {
        try await store.expiredLeases(at: now, limit: limit)
    }
    func nextDue(accounts: [String]) async throws(StoreError) -> Timestamp? {
        try await store.nextDue(accounts: accounts)
    }
    func decide(
        _ decision: Decision,
        on id: MessageID,
        by who: String,
        at now: Timestamp
    ) async throws(StoreError) -> Message {
        try await store.decide(decision, on: id, by: who, at: now)
    }
    func event(_ id: EventID) async throws(StoreError) -> StoredEvent? { try await store.event(id) }
    func events(_ filter: EventFilter) async throws(StoreError) -> Page<EventSummary> { try await store.events(filter) }
    func message(_ id: MessageID) async throws(StoreError) -> MessageDetail? { try await store.message(id) }
    func messages(_ filter: MessageFilter) async throws(StoreError) -> Page<Message> {
        try await store.messages(filter)
    }
    func rejections(_ filter: RejectionFilter) async throws(StoreError) -> Page<Rejection> {
        try await store.rejections(filter)
    }
    func countsByState() async throws(StoreError) -> [MessageState: Int] { try await store.countsByState() }
    func prune(_ retention: Retention, now: Timestamp, limit: Int) async throws(StoreError) -> Pruned {
        try await store.prune(retention, now: now, limit: limit)
    }
    func follow(_ step: Duration, at now: Timestamp) async throws(StoreError) -> Int {
        let fails = followFailures.withLockedValue { failures in
            defer { failures = max(0, failures - 1) }
            return failures > 0
        }
        if fails { throw StoreError(.full, "the disk or the database is full") }
        return try await store.follow(step, at: now)
    }
    func remember(_ mark: Reckoning.Mark) async throws(StoreError) { try await store.remember(mark) }
    func lastTime() async throws(StoreError) -> Timestamp? { try await store.lastTime() }
    func examine(within limit: Duration) async throws(StoreError) -> StoreExamination {
        try await store.examine(within: limit)
    }
    func check() async throws(StoreError) { try await store.check() }
    func close() async { await store.close() }
}
