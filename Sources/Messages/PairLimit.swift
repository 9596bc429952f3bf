// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// How close together messages from one number to one recipient may leave.
package struct PairLimit: Hashable, Sendable {
    /// The time between two of them.
    package let interval: Duration
    /// How many may leave at once after a pause, which are then missing from those that follow.
    package let burst: Int

    package init(interval: Duration, burst: Int = 1) {
        precondition(interval > .zero && burst >= 1, "a pair's pace has a span, and lets one message leave at least")
        self.interval = interval
        self.burst = burst
    }

    /// A rate, of which a tenth of a second's worth may leave at once.
    package init(_ rate: Rate) {
        let interval = max(.microseconds(1), rate.period / rate.count)
        self.init(interval: interval, burst: max(1, Int(Duration.milliseconds(100) / interval)))
    }
}
