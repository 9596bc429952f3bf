// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// Notices that somebody set the wall clock: it moved by another span than the steady clock.
///
/// Pure.
struct ClockSteps {
    /// A smaller difference is the slow correction of a time server, or the moment between two looks.
    static let smallest: Duration = .seconds(1)

    /// How far the wall clock was ahead of the steady one at the last look.
    private var lead: Duration
    /// What was noticed and is not dealt with yet.
    private(set) var pending: Duration = .zero

    init(lead: Duration) {
        self.lead = lead
    }

    /// Looks at both clocks.
    ///
    /// - Parameter now: How far the wall clock is ahead of the steady one.
    /// - Returns: The step since the last look; `nil` when there was none.
    mutating func look(lead now: Duration) -> Duration? {
        let step = now - lead
        lead = now
        guard step >= Self.smallest || step <= .zero - Self.smallest else { return nil }
        pending += step
        return step
    }

    /// Notes that the store has followed.
    mutating func followed() {
        pending = .zero
    }
}

extension WallClock {
    /// How far the wall clock is ahead of the steady one.
    var lead: Duration { steadyNow.duration(to: now) }
}
