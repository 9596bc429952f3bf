// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Logging
package import Messages
package import Outbox
import ServiceLifecycle

/// Deals with messages whose worker died: an expired lease means that nobody knows whether the request left.
///
/// What this process itself holds is left alone while its lease runs on the steady clock. The others become
/// `uncertain`, and then what their `on_uncertain` says: queued again, or held for a person.
package struct Rescuer: Service {
    private let store: any WorkStore
    private let clock: any WallClock
    private let policy: RetryPolicy
    private let held: HeldClaims
    private let interval: Duration
    private let metrics: DeliveryMetrics
    private let logger: Logger
    private let observer: any DeliveryObserver
    /// So many messages at most are dealt with in one write.
    private static let batch = 200

    package init(
        store: any WorkStore,
        policy: RetryPolicy = RetryPolicy(),
        held: HeldClaims = HeldClaims(),
        every interval: Duration = .seconds(5),
        clock: any WallClock = SystemClock(),
        metrics: DeliveryMetrics,
        logger: Logger,
        observer: any DeliveryObserver = NoObserver()
    ) {
        self.store = store
        self.policy = policy
        self.held = held
        self.interval = interval
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.observer = observer
    }

    package func run() async {
        await periodically(every: interval, on: clock) { await rescue() }
    }

    /// Deals with all leases that have run out.
    private func rescue() async {
        var (rescued, stuck): (Int, Set<MessageID>) = (0, [])
        do throws(StoreError) {
            while !Task.isCancelled {
                // Those that stay what they are must not hide those behind them.
                let expired = try await store.expiredLeases(at: clock.now, limit: Self.batch + held.count + stuck.count)
                let steady = clock.steadyNow
                let lost = expired.filter { !held.hold($0.id, atSteady: steady) && !stuck.contains($0.id) }
                guard !lost.isEmpty else { break }
                let settled = try await settle(lost)
                rescued += settled.count
                stuck.formUnion(lost.map(\.id))
                stuck.subtract(settled)
            }
        } catch {
            logger.error(
                "messages could not be rescued",
                metadata: ["code": "\(error.code)", "reason": "\(error.reason)"]
            )
            metrics.storeFailed(error.code)
            observer.observe(.storeFailed(error.code))
        }
        if rescued > 0 {
            logger.warning("messages had lost their worker; they count as uncertain", metadata: ["count": "\(rescued)"])
            metrics.rescued(rescued)
        }
        observer.observe(.rescued(rescued))
    }

    /// Settles lost claims.
    ///
    /// - Returns: The messages of those that were settled, and not by somebody else meanwhile.
    private func settle(_ lost: [ClaimedMessage]) async throws(StoreError) -> [MessageID] {
        let now = clock.now
        let results = try await store.settle(lost.map { settlement(of: $0, at: now) })
        return zip(lost, results).filter { $0.1 == .settled }.map(\.0.id)
    }

    private func settlement(of lost: ClaimedMessage, at now: Timestamp) -> Settlement {
        var machine = lost.machine()
        var generator = SystemRandomNumberGenerator()
        do {
            try machine.leaseExpired(at: now, policy: policy, using: &generator)
        } catch {
            preconditionFailure("a claimed message is 'sending', and its lease can run out: \(error)")
        }
        let detail = AttemptDetail(code: "lease_expired", reason: "the worker stopped before it could say how it ended")
        let attempt = Attempt(
            number: lost.claim,
            startedAt: lost.claimedAt,
            duration: lost.claimedAt.duration(to: now),
            outcome: .uncertain(detail)
        )
        return Settlement(of: lost, machine, attempt: attempt, at: now)
    }
}
