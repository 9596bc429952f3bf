// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Places in the line of a rate that one of several nodes took ahead, each for one message.
///
/// A place is good from its time on, and for as long as a burst of messages takes (``longest`` at most): whoever is later
/// than that lets it go. So the messages of all nodes keep to the rate together, in any window, as those of one would
/// (``Pacer``).
package struct PaceSlice: Hashable, Sendable {
    /// When the first place's time is, in nanoseconds since 1970.
    private var first: Int64
    /// How many places are left.
    package private(set) var count: Int
    /// The time between two places, in nanoseconds.
    private let interval: Int64
    private let burst: Int
    /// No place is good for longer: of a slow rate two would be used one after the other.
    private static let longest: Int64 = 250_000_000

    init(from first: Int64, count: Int, interval: Int64, burst: Int) {
        (self.first, self.count, self.interval, self.burst) = (first, count, interval, burst)
    }

    /// The time of the place behind the last one.
    var end: Int64 { first + span }

    /// How far the places that are left moved the bucket that they were taken of, in nanoseconds.
    var span: Int64 { Int64(count) * interval }

    /// When the last place's time is over.
    package var lasts: Timestamp { Timestamp(microseconds: end / 1_000) }

    /// Lets those places go whose time is over.
    package mutating func forget(at now: Timestamp) {
        let life = min(Int64(burst) * interval, max(Int64(burst - 1) * interval, Self.longest))
        let late = now.microseconds * 1_000 - life - first
        guard late >= 0 else { return }
        take(Int(min(late / interval + 1, Int64(count))))
    }

    /// How many messages may leave now.
    package func available(at now: Timestamp) -> Int {
        let span = now.microseconds * 1_000 - first
        return span < 0 ? 0 : Int(min(span / interval + 1, Int64(count)))
    }

    /// Notes that messages leave.
    package mutating func take(_ count: Int) {
        let count = min(count, self.count)
        first += Int64(count) * interval
        self.count -= count
    }

    /// Gives back the place that was taken last, of a message that did not leave.
    package mutating func giveBack() {
        first -= interval
        count += 1
    }

    /// When it is worth looking again: half the burst, at least one message, may leave then.
    package var nextRefill: Timestamp {
        let wanted = Int64(max(1, min(burst / 2, count)))
        return Timestamp(microseconds: (first + (wanted - 1) * interval + 999) / 1_000)
    }
}
