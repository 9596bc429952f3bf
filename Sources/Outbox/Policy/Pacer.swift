// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Keeps an account to its rate: a token bucket that is told the time.
///
/// It is the virtual scheduling form of the algorithm (GCRA): one number, the time at which the bucket would be full.
/// Over any window of length *t* at most `burst + rate · t` messages leave.
///
/// - SeeAlso: [Generic cell rate algorithm](https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm)
package struct Pacer: Hashable, Sendable {
    /// How many messages may leave at once after a pause; a tenth of a second's worth unless said otherwise.
    package let burst: Int
    /// The time between two messages, in nanoseconds.
    private let interval: Int64
    /// When the bucket is full again, in nanoseconds since 1970.
    private var fullAt: Int64 = 0

    package init(_ rate: Rate, burst: Int? = nil) {
        let nanoseconds = rate.period.microseconds * 1_000
        interval = max(1, nanoseconds / Int64(rate.count))
        self.burst = max(1, burst ?? Int(100_000_000 / max(1, interval)))
    }

    /// How many messages may leave now.
    package func available(at now: Timestamp) -> Int {
        let missing = max(0, fullAt - nanoseconds(now))
        return max(0, Int((Int64(burst) * interval - missing) / interval))
    }

    /// Notes that messages leave; the caller asked ``available(at:)`` before.
    package mutating func take(_ count: Int, at now: Timestamp) {
        guard count > 0 else { return }
        fullAt = max(fullAt, nanoseconds(now)) + Int64(count) * interval
    }

    /// Gives back what was taken for messages that did not leave.
    package mutating func giveBack(_ count: Int) {
        guard fullAt > 0, count > 0 else { return }
        fullAt -= Int64(count) * interval
    }

    /// When it is worth asking again: half the burst, at least one message, may leave then.
    package func nextRefill(after now: Timestamp) -> Timestamp {
        let wanted = Int64(max(1, burst / 2))
        guard available(at: now) < wanted else { return now }
        let time = fullAt - (Int64(burst) - wanted) * interval
        return Timestamp(microseconds: (time + 999) / 1_000)
    }

    private func nanoseconds(_ time: Timestamp) -> Int64 { time.microseconds * 1_000 }
}
