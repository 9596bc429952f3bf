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
        /// How far the wall clock was ahead of the steady one when the attempt began.
        let lead: Duration
    }

    private let ended = NIOLockedValueBox<[Ended]>([])

    func add(_ attempt: Ended) {
        ended.withLockedValue { $0.append(attempt) }
    }

    /// Takes them all, in the order in which they ended.
    func take() -> [Ended] {
        ended.withLockedValue { ended in
            defer { ended = [] }
            return ended
        }
    }
}
