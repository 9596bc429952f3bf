// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Logging
import Messages
package import Outbox
import ServiceLifecycle

/// Measures how many messages stand in which state, for the metric `hookline_outbox_depth`.
package struct DepthReporter: Service {
    private let store: any ReadingStore
    private let clock: any WallClock
    private let interval: Duration
    private let metrics: DeliveryMetrics
    private let logger: Logger
    private let observer: any DeliveryObserver

    package init(
        store: any ReadingStore,
        every interval: Duration = .seconds(10),
        clock: any WallClock = SystemClock(),
        metrics: DeliveryMetrics,
        logger: Logger,
        observer: any DeliveryObserver = NoObserver()
    ) {
        self.store = store
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
