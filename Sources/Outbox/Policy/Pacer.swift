// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// How many messages may leave in which time, such as 20 a second.
package struct Rate: Hashable, Sendable, CustomStringConvertible {
    /// How many; at least 1.
    package let count: Int
    /// In which time.
    package let period: Duration

    package init(_ count: Int, per period: Duration) {
        precondition(count >= 1 && period > .zero, "a rate needs a count and a period")
        self.count = count
        self.period = period
    }

    /// Reads what stands in a configuration, such as `20/s`, `600/min`, `1000/h`; `nil` comes back for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let periods: [Substring: Duration] = [
            "s": .seconds(1), "m": .seconds(60), "min": .seconds(60), "h": .seconds(3_600),
        ]
        guard parts.count == 2, let count = Int(parts[0]), count >= 1, let period = periods[parts[1]] else {
            return nil
        }
        self.init(count, per: period)
    }

    /// The rate as a configuration says it.
    package var description: String {
        switch period {
        case .seconds(1): "\(count)/s"
        case .seconds(60): "\(count)/min"
        case .seconds(3_600): "\(count)/h"
        default: "\(count) in \(period)"
        }
    }
}

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
