// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Events
import InMemoryLogging
import Logging
import Messages
import MetricsTestKit
import Outbox
import TestSupport
import Testing

@Suite("The time in the store", .timeLimit(.minutes(10)))
struct ClockMonitorTests {
    @Test("the time is kept each minute; a clock in doubt is told once, and its time is not kept")
    func keeps() async throws {
        try await DeliveryHarness.with { harness in
            let (clock, start) = (harness.clock, harness.now)
            let reckoned = ReckonedTime(clock: clock)
            let monitor = ClockMonitor(
                store: harness.store,
                reckoned: reckoned,
                clock: clock,
                metrics: harness.metrics,
                logger: harness.logger
            )
            try await harness.running(monitor) {
                await clock.untilSleeping()
                #expect(try await harness.store.lastTime() == start)
                clock.step(by: .seconds(34_560_000))
                for _ in 0..<2 {
                    await clock.advance(by: .seconds(60))
                    await clock.untilSleeping()
                }
                #expect(try await harness.store.lastTime() == start.advanced(by: .seconds(120)))
                let doubt = try harness.metrics.expectMeter("hookline_clock_doubt_seconds").lastValue
                #expect(doubt == 34_560_000)
                reckoned.hear(clock.now)
                await clock.advance(by: .seconds(60))
                await clock.untilSleeping()
                #expect(try await harness.store.lastTime() == clock.now)
            }
            #expect(harness.log.entries.map(\.level) == [.warning, .notice])
        }
    }
}
