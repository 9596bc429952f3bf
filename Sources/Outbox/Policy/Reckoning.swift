// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// How late it is for what cannot be taken back: deleting, and forgetting a key.
///
/// As a ship without stars reckons its place from speed and hours, so this reckons the time from what was last believed
/// and what has passed on a steady clock since. The wall clock is believed while it stays near that, and whenever it
/// shows less: then nothing goes too early. When it jumps ahead it is believed only once somebody else's clock agrees.
///
/// Keys (dedupe, `once_per`, idempotency) live on a line of their own, ``keys``, which no setting of the clock moves, so
/// that a window is as long as was said. Time while the service was off counts on it, once that is believed.
///
/// Pure; times are parameters.
package struct Reckoning: Hashable, Sendable {
    /// What the store keeps of it, for the next start.
    package struct Mark: Hashable, Sendable {
        /// The time that was believed.
        package let wall: Timestamp
        /// The time on the line of keys at that moment.
        package let keys: Timestamp

        package init(wall: Timestamp, keys: Timestamp) {
            self.wall = wall
            self.keys = keys
        }
    }

    /// A wall clock that is ahead by no more than this is believed without a witness: restarts take that long.
    package static let plausible: Duration = .seconds(3_600)

    private var believed: Timestamp
    private var keys: Timestamp
    /// The steady time at which ``believed`` and ``keys`` were right.
    private var at: Timestamp
    /// Whether the wall clock may be ahead because the service was off.
    private var wasOff: Bool

    /// Begins with what the last run left.
    ///
    /// - Parameters:
    ///   - mark: What the store has; `nil` for a new store: then the wall clock is all there is.
    ///   - wall: What the wall clock shows.
    ///   - steady: The steady time.
    package init(_ mark: Mark?, wall: Timestamp, steady: Timestamp) {
        believed = mark?.wall ?? wall
        keys = mark?.keys ?? wall
        at = steady
        wasOff = mark != nil
        look(wall: wall, steady: steady)
    }

    /// The time on the line of keys.
    package func keys(steady: Timestamp) -> Timestamp { keys.advanced(by: at.duration(to: steady)) }

    /// The latest time that is believed: what is kept until then may go.
    package func believed(steady: Timestamp) -> Timestamp { believed.advanced(by: at.duration(to: steady)) }

    /// How far the wall clock is ahead of what is believed; `nil` when it is believed.
    package func doubt(wall: Timestamp, steady: Timestamp) -> Duration? {
        let lead = believed(steady: steady).duration(to: wall)
        return lead > Self.plausible ? lead : nil
    }

    /// Looks at the wall clock, and believes it where that is safe.
    package mutating func look(wall: Timestamp, steady: Timestamp) {
        if doubt(wall: wall, steady: steady) == nil { believe(wall, steady) }
    }

    /// Somebody else's clock agrees with the wall clock.
    package mutating func confirm(wall: Timestamp, steady: Timestamp) {
        believe(wall, steady)
    }

    /// What to keep for the next start.
    package func mark(steady: Timestamp) -> Mark {
        Mark(wall: believed(steady: steady), keys: keys(steady: steady))
    }

    private mutating func believe(_ wall: Timestamp, _ steady: Timestamp) {
        let gap = believed(steady: steady).duration(to: wall)
        keys = keys(steady: steady)
        if wasOff, gap > .zero { keys = keys.advanced(by: gap) }
        (believed, at, wasOff) = (wall, steady, false)
    }
}
