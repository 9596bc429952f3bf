// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
import NIOConcurrencyHelpers

/// The claims that rode along with the commits that stored their messages, on their way from the store to whoever sends.
package final class RidingClaims: Sendable {
    private let waiting = NIOLockedValueBox<[ClaimedMessage]>([])
    private let ring: @Sendable () -> Void

    /// Nothing rides yet.
    ///
    /// - Parameter ring: Called once a commit, after claims were added; it must not wait.
    package init(ring: @escaping @Sendable () -> Void) {
        self.ring = ring
    }

    /// Hands claims over, whose commit is done.
    package func add(_ claims: [ClaimedMessage]) {
        guard !claims.isEmpty else { return }
        waiting.withLockedValue { $0 += claims }
        ring()
    }

    /// Takes over all that were handed over, in their order.
    package func take() -> [ClaimedMessage] {
        waiting.withLockedValue { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    /// How many of an account wait to be taken over.
    package func count(of account: String) -> Int {
        waiting.withLockedValue { waiting in waiting.count { $0.account == account } }
    }
}

/// The room that an exchange left standing, for a store to keep and to fill.
package struct StandingRoom: Sendable {
    /// Where the claims go.
    package let riding: RidingClaims
    private let lease: Duration
    private var left: [String: Int] = [:]

    /// No account has room yet.
    ///
    /// - Parameters:
    ///   - lease: How long the claims hold.
    ///   - riding: Where they go.
    package init(lease: Duration, riding: RidingClaims) {
        self.lease = lease
        self.riding = riding
    }

    /// Leaves room for so many messages of an account for which nothing is due.
    package mutating func leave(_ count: Int, for account: String) {
        left[account] = count
    }

    /// Claims a message that is about to be stored, if it may leave now and its account has room.
    ///
    /// One under a limit is claimed by an exchange, which asks who left before it; quiet hours were asked where it began.
    ///
    /// - Parameters:
    ///   - record: The message, which is `sending` then.
    ///   - now: The time now.
    /// - Returns: The new entries of its timeline; none when it stays as it is.
    /// - Throws: Never, for a message that waits: the law lets it be claimed.
    package mutating func claim(
        _ record: inout MessageRecord,
        at now: Timestamp
    ) throws(MessageStateMachine.IllegalTransition) -> [TimelineEntry] {
        guard record.gates?.counts != true, let due = record.message.dueAt, due <= now,
            let room = left[record.message.account], room > 0
        else {
            return []
        }
        left[record.message.account] = room - 1
        return try record.claim(until: now.advanced(by: lease), at: now)
    }
}
