// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Logging
import Messages
package import Outbox
import ServiceLifecycle

/// Measures how many messages stand in which state, and how many recipients wait for somebody's word, for the metrics
/// `hookline_outbox_depth` and `hookline_consent_open`.
///
/// Where nodes share the store, which gives the turns of ``PairPace`` then, it measures as well how many wait for one
/// (`hookline_pair_waiting`); a process that gives them itself tells that by itself.
package struct DepthReporter: Service {
    /// What waits for a person is counted no further.
    private static let mostCounted = 1_000

    private let store: any ReadingStore & ConsentStore
    private let paces: (any SharedPaces)?
    private let paced: [String]
    private let clock: any WallClock
    private let interval: Duration
    private let metrics: DeliveryMetrics
    private let logger: Logger
    private let observer: any DeliveryObserver

    /// A reporter, to be run once.
    ///
    /// - Parameters:
    ///   - store: What is measured.
    ///   - paces: What nodes share, where they do.
    ///   - accounts: The accounts of the configuration.
    ///   - interval: How long it waits between two measures.
    ///   - clock: What that is measured on.
    ///   - metrics: Where numbers go.
    ///   - logger: Where lines for operators go.
    ///   - observer: Who watches.
    package init(
        store: any ReadingStore & ConsentStore,
        paces: (any SharedPaces)? = nil,
        accounts: [AccountLimits] = [],
        every interval: Duration = .seconds(10),
        clock: any WallClock = SystemClock(),
        metrics: DeliveryMetrics,
        logger: Logger,
        observer: any DeliveryObserver = NoObserver()
    ) {
        self.store = store
        self.paces = paces
        paced = accounts.filter { $0.pair != nil }.map(\.name)
        self.interval = interval
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.observer = observer
    }

    package func run() async {
        await periodically(every: interval, on: clock) { await measure() }
    }

    private func measure() async {
        do throws(StoreError) {
            let counts = try await store.countsByState()
            metrics.depth(counts)
            metrics.consent(try await store.openConsent(upTo: Self.mostCounted))
            if let paces, !paced.isEmpty {
                let waiting = try await paces.waitingForPairs(of: paced, upTo: PairPace.capacity)
                for account in paced { metrics.pairsWaiting(waiting[account] ?? 0, account: account) }
            }
            observer.observe(.measured(counts))
        } catch {
            logger.error(
                "the outbox could not be measured",
                metadata: ["code": "\(error.code)", "reason": "\(error.reason)"]
            )
            observer.observe(.storeFailed(error.code))
        }
    }
}
