// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Logging
package import Messages
package import Outbox
import ServiceLifecycle

/// Deletes what has been kept for long enough, a little at a time so that nobody waits for it.
package struct Pruner: Service {
    private let store: any Housekeeping
    private let clock: any WallClock
    private let retention: Retention
    private let interval: Duration
    private let logger: Logger
    private let observer: any DeliveryObserver
    /// So many rows of each kind at most are deleted in one write.
    private static let batch = 200

    package init(
        store: any Housekeeping,
        retention: Retention = Retention(),
        every interval: Duration = .seconds(3_600),
        clock: any WallClock = SystemClock(),
        logger: Logger,
        observer: any DeliveryObserver = NoObserver()
    ) {
        self.store = store
        self.retention = retention
        self.interval = interval
        self.clock = clock
        self.logger = logger
        self.observer = observer
    }

    package func run() async {
        await periodically(every: interval, on: clock) { await prune() }
    }

    private func prune() async {
        do throws(StoreError) {
            var isComplete = false
            while !isComplete, !Task.isCancelled {
                let pruned = try await store.prune(retention, now: clock.now, limit: Self.batch)
                observer.observe(.pruned(pruned))
                isComplete = pruned.isComplete
            }
        } catch {
            logger.error(
                "the outbox could not be pruned",
                metadata: ["code": "\(error.code)", "reason": "\(error.reason)"]
            )
            observer.observe(.storeFailed(error.code))
        }
    }
}
