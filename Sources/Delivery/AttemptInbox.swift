// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import NIOConcurrencyHelpers

/// The attempts that have ended and wait for the loop.
final class AttemptInbox: Sendable {
    /// An attempt that has ended.
    struct Ended: Sendable {
        let message: ClaimedMessage
        let attempt: Attempt
        /// When it ended, on the steady line.
        let steady: Timestamp
        /// Where its span stands in a trace; `nil` when it is in none that is recorded.
        var span: TraceContext?
        /// How far the wall clock was ahead of the steady one when the attempt began.
        let lead: Duration

        /// An attempt of a message.
        ///
        /// - Parameters:
        ///   - message: The message.
        ///   - outcome: How it ended.
        ///   - start: When it began, on the steady line.
        ///   - wall: The same on the wall clock.
        ///   - end: When it ended, on the steady line.
        init(_ message: ClaimedMessage, _ outcome: Outcome, from start: Timestamp, wall: Timestamp, to end: Timestamp) {
            let duration = start.duration(to: end)
            attempt = Attempt(number: message.claim, startedAt: wall, duration: duration, outcome: outcome)
            self.message = message
            steady = end
            lead = start.duration(to: wall)
        }
    }

    private let ended = NIOLockedValueBox<[Ended]>([])

    /// Adds attempts that ended together.
    ///
    /// - Parameter attempts: At least one.
    /// - Returns: Whether there was nothing else in it, so that the loop is to be woken.
    func add(_ attempts: [Ended]) -> Bool {
        ended.withLockedValue { ended in
            defer { ended += attempts }
            return ended.isEmpty
        }
    }

    /// Takes them all, in the order in which they ended.
    func take() -> [Ended] {
        ended.withLockedValue { ended in
            defer { ended = [] }
            return ended
        }
    }
}
