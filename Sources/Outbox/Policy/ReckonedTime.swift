// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import NIOConcurrencyHelpers

/// A ``Reckoning`` that the parts of a service share, on their clock.
package final class ReckonedTime: Sendable {
    private let clock: any WallClock
    private let state: NIOLockedValueBox<Reckoning>
    /// Another clock that differs by no more than this agrees: as long as senders' signatures hold.
    private static let agreement: Duration = .seconds(300)

    /// A reckoning that believes the clock until ``begin(from:)``.
    package init(clock: any WallClock) {
        self.clock = clock
        state = NIOLockedValueBox(Reckoning(nil, wall: clock.now, steady: clock.steadyNow))
    }

    /// The two times that the store judges by.
    package struct Times: Hashable, Sendable {
        /// The time on the line of keys.
        package let keys: Timestamp
        /// What is kept until then may be deleted.
        package let deleting: Timestamp

        package init(keys: Timestamp, deleting: Timestamp) {
            self.keys = keys
            self.deleting = deleting
        }
    }

    /// What the wall clock shows.
    package var now: Timestamp { clock.now }

    /// Begins anew with what the store has kept; `nil` leaves everything as it is.
    ///
    /// - Returns: How far the wall clock was set back since; zero when it was not.
    package func begin(from mark: Reckoning.Mark?) -> Duration {
        guard let mark else { return .zero }
        let (wall, steady) = (clock.now, clock.steadyNow)
        state.withLockedValue { $0 = Reckoning(mark, wall: wall, steady: steady) }
        return min(.zero, mark.wall.duration(to: wall))
    }

    /// Looks at the clock, and says what time it is for keys and for deleting.
    package var times: Times {
        let (wall, steady) = (clock.now, clock.steadyNow)
        return state.withLockedValue { state in
            state.look(wall: wall, steady: steady)
            return Times(keys: state.keys(steady: steady), deleting: min(wall, state.believed(steady: steady)))
        }
    }

    /// How far the wall clock is ahead of what is believed; `nil` when it is believed.
    package var doubt: Duration? {
        let (wall, steady) = (clock.now, clock.steadyNow)
        return state.withLockedValue { state in
            state.look(wall: wall, steady: steady)
            return state.doubt(wall: wall, steady: steady)
        }
    }

    /// What to keep for the next start.
    package var mark: Reckoning.Mark {
        let steady = clock.steadyNow
        return state.withLockedValue { $0.mark(steady: steady) }
    }

    /// Hears what time it is elsewhere.
    ///
    /// - Parameter other: What the partner's clock shows, to the second.
    /// - Returns: Whether that made a clock believed that was not.
    @discardableResult
    package func hear(_ other: Timestamp) -> Bool {
        let (wall, steady) = (clock.now, clock.steadyNow)
        let difference = other.duration(to: wall)
        guard difference <= Self.agreement, difference >= .zero - Self.agreement else { return false }
        return state.withLockedValue { state in
            guard state.doubt(wall: wall, steady: steady) != nil else { return false }
            state.confirm(wall: wall, steady: steady)
            return true
        }
    }
}
