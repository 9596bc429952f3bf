// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// That a sender has fallen silent, judged by how it sent before.
///
/// Pure; time is a parameter. A shop that sells by day is quiet by night: so the longest pause among its last events is the
/// measure, and not how often it sends.
package struct Silence: Hashable, Sendable {
    /// So many of its last events are looked at.
    package static let events = 30
    /// Of fewer nobody knows how it sends.
    private static let leastEvents = 6
    /// A shorter one is none, however often it sent before.
    private static let leastPause: Duration = .seconds(2 * 3_600)
    /// How many times longer than any before it has to be.
    private static let factor = 3

    /// How long nothing has come.
    package let pause: Duration
    /// The longest pause between two of its last events.
    package let longest: Duration
    /// How many of its events that is known of.
    private let count: Int

    /// Looks at when a sender's last events came.
    ///
    /// There is none while it sends as before, and where nobody knows.
    ///
    /// - Parameters:
    ///   - times: Of at most ``events`` of them, in any order.
    ///   - now: The time now.
    package init?(_ times: [Timestamp], at now: Timestamp) {
        let times = times.sorted(by: >)
        guard times.count >= Self.leastEvents, let last = times.first else { return nil }
        longest = zip(times, times.dropFirst()).map { newer, older in older.duration(to: newer) }.max() ?? .zero
        pause = last.duration(to: now)
        count = times.count
        guard pause > max(Self.leastPause, longest * Self.factor) else { return nil }
    }

    /// The silence in words, to be read after the sender's name or "it".
    package var sentence: String {
        "has been silent for \(DurationText.about(pause)), \(comparison)"
    }

    private var comparison: String {
        "which is unlike it: between its last \(count) events it never paused for more than \(DurationText.about(longest))"
    }
}
