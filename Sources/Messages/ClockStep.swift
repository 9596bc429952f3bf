// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Somebody set the wall clock; what was reckoned in spans follows, so that the spans stay as they were.
///
/// Set back: what is `queued`, `retrying` or `deferred`, and a look-up, is not held until the clock shows that time again.
/// Set ahead: the age of what waits or is on its way, and its expiry, do not count the jump. A time that a rule named is
/// a time for people, and stays.
///
/// A store that keeps rows applies this to each; one that moves many rows with one statement takes its bounds from here.
package struct ClockStep: Hashable, Sendable {
    /// How far the clock was set ahead; negative when it was set back.
    package let span: Duration
    /// What it shows now.
    package let now: Timestamp

    /// The states whose due time was reckoned, and not named by a rule: that of `scheduled` stays.
    package static let reckonedStates: [MessageState] = [.queued, .retrying, .deferred]
    /// No running lease is moved before this: an earlier end says that the worker is gone for certain.
    package static let earliestLease = Timestamp(microseconds: 1)

    package init(_ span: Duration, at now: Timestamp) {
        self.span = span
        self.now = now
    }

    /// Whether the clock was set back.
    package var isBack: Bool { span < .zero }

    /// What is from then or before was there when the clock was set ahead.
    ///
    /// What was stored since has the new time already: it came in the moments before this, so half of the jump tells
    /// it from what was there before.
    package var lastBefore: Timestamp { now.advanced(by: .zero - span / 2) }

    /// A reckoned due time on the clock as it was set.
    package func due(_ time: Timestamp) -> Timestamp {
        isBack && time > now ? time.advanced(by: span) : time
    }

    /// The time from which an age counts on the clock as it was set.
    package func since(_ time: Timestamp) -> Timestamp {
        !isBack && time <= lastBefore ? time.advanced(by: span) : time
    }
}

extension MessageRecord {
    /// Moves its times as the clock was set; nobody is told in its timeline, for nothing became of it.
    ///
    /// - Parameter step: How the clock was set.
    /// - Returns: Whether its due time, or its age and expiry, were moved; a lease moves without being counted.
    package mutating func follow(_ step: ClockStep) -> Bool {
        let isOpen = message.dueAt != nil || leaseEnds != nil
        if let ends = leaseEnds, ends >= ClockStep.earliestLease {
            leaseEnds = max(ClockStep.earliestLease, ends.advanced(by: step.span))
        }
        guard step.isBack else {
            guard isOpen, message.createdAt <= step.lastBefore else { return false }
            agesFrom = agesFrom.advanced(by: step.span)
            message.expiresAt = message.expiresAt?.advanced(by: step.span)
            return true
        }
        // The window of a digest is a span, and no time that a rule named.
        guard let due = message.dueAt, due > step.now, ClockStep.reckonedStates.contains(message.state) || isToBuild
        else { return false }
        message.dueAt = step.due(due)
        return true
    }
}
