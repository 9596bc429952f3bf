// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// Whether an account may send: it pauses when the partner refuses its credentials, and one message a minute asks
/// whether they are taken again.
package struct AccountPause: Hashable, Sendable {
    /// How long a paused account waits between two probes.
    package let interval: Duration
    /// The pause; `nil` while the account sends.
    package private(set) var pause: Pause?

    /// A pause under way.
    package struct Pause: Hashable, Sendable {
        /// When the credentials were refused first.
        package let since: Timestamp
        /// What the partner said.
        package let reason: String
        /// When the next probe may leave.
        package fileprivate(set) var nextProbe: Timestamp
        /// Whether a probe is on its way.
        package fileprivate(set) var isProbing: Bool
    }

    package init(interval: Duration = .seconds(60)) {
        self.interval = interval
    }

    /// Whether the account sends nothing but probes.
    package var isPaused: Bool { pause != nil }

    /// Whether one message may leave now to find out.
    package func allowsProbe(at now: Timestamp) -> Bool {
        guard let pause else { return false }
        return !pause.isProbing && pause.nextProbe <= now
    }

    /// Notes that the probe leaves.
    package mutating func probeLeaves() {
        pause?.isProbing = true
    }

    /// Notes that the probe did not leave after all, for want of a message or of a store.
    package mutating func probeMissed(at now: Timestamp) {
        pause?.isProbing = false
        pause?.nextProbe = now.advanced(by: interval)
    }

    /// Notes how an attempt ended.
    ///
    /// Any answer that tells of accepted credentials ends the pause; no answer, or one that says "later", does not.
    ///
    /// - Returns: What changed.
    package mutating func attemptEnded(_ outcome: Outcome, at now: Timestamp) -> Change {
        switch outcome {
        case .unauthorized(let detail):
            return refused(detail.reason, at: now)
        case .accepted, .refused, .held:
            defer { pause = nil }
            return isPaused ? .resumed : .none
        case .retryable, .uncertain:
            probeMissed(at: now)
            return .none
        }
    }

    /// The pause for others to take over; `nil` while the account sends.
    package var refusal: AccountCondition.Refusal? {
        pause.map { .init(since: $0.since, reason: $0.reason, nextProbe: $0.nextProbe) }
    }

    /// Takes over what others learnt; a probe that is on its way stays so.
    package mutating func adopt(_ refusal: AccountCondition.Refusal?) {
        let isProbing = pause?.isProbing ?? false
        pause = refusal.map {
            Pause(since: $0.since, reason: $0.reason, nextProbe: $0.nextProbe, isProbing: isProbing)
        }
    }

    /// What an attempt's end did to the account.
    package enum Change: Hashable, Sendable {
        /// Nothing.
        case none
        /// The account pauses from now on.
        case paused
        /// The account sends again.
        case resumed
    }

    private mutating func refused(_ reason: String, at now: Timestamp) -> Change {
        let isNew = pause == nil
        let since = pause?.since ?? now
        pause = Pause(since: since, reason: reason, nextProbe: now.advanced(by: interval), isProbing: false)
        return isNew ? .paused : .none
    }
}
