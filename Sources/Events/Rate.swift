// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// How many of something in which time, such as 20 messages a second.
///
/// The configuration writes accounts' and sources' rates in the same form, so it is read here.
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
