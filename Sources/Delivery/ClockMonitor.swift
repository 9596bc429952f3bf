// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
package import Events
package import Logging
import Messages
import NIOConcurrencyHelpers
package import Outbox
import ServiceLifecycle

/// Keeps the time in the store, once a minute, so that the next start knows how far the clock moved meanwhile; and says
/// when the clock is ahead of everything that is known.
package struct ClockMonitor: Service {
    private let store: any Housekeeping
    private let reckoned: ReckonedTime
    private let clock: any WallClock
    private let logger: Logger
    private let doubtMeter: Meter
    private let wasInDoubt = NIOLockedValueBox(false)
    private static let interval: Duration = .seconds(60)

    package init(
        store: any Housekeeping,
        reckoned: ReckonedTime,
        clock: any WallClock,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.store = store
        self.reckoned = reckoned
        self.clock = clock
        self.logger = logger
        doubtMeter = Meter(label: "hookline_clock_doubt_seconds", factory: metrics)
    }

    package func run() async {
        await periodically(every: Self.interval, on: clock) { await keep() }
    }

    private func keep() async {
        let doubt = reckoned.doubt
        doubtMeter.set(doubt?.inSeconds ?? 0)
        announce(doubt)
        do throws(StoreError) {
            try await store.remember(reckoned.mark)
        } catch {
            logger.warning(
                "the time could not be kept in the store",
                metadata: ["code": "\(error.code)", "reason": "\(error.reason)"]
            )
        }
    }

    private func announce(_ doubt: Duration?) {
        let before = wasInDoubt.withLockedValue { was in
            defer { was = doubt != nil }
            return was
        }
        if let doubt, !before {
            logger.warning(
                "the machine's clock is ahead of the store's last time: nothing is deleted early until the partner's clock agrees",
                metadata: ["seconds": "\(Int64(doubt.inSeconds))"]
            )
        } else if doubt == nil, before {
            logger.notice("the machine's clock is believed again")
        }
    }
}
