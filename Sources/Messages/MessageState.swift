// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Where a message stands; the raw value is what the store, the API and the command line say.
package enum MessageState: String, CaseIterable, Hashable, Sendable {
    /// Waits for its time, which the rule set.
    case scheduled
    /// May leave as soon as there is room.
    case queued
    /// Claimed by a worker, under a lease; the request may have left.
    case sending
    /// The partner took it.
    case accepted
    /// An attempt failed in a way that may pass; waits for the next one.
    case retrying
    /// Nobody knows whether the partner took it, and a person has to decide.
    case uncertain
    /// It will not be sent unless a person says so.
    case failed
    /// Called off before it left.
    case cancelled
    /// Held back for now: quiet hours, a limit, a paused account.
    case deferred
    /// Never left, on purpose: sent before, opted out, over a limit, expired, shadow mode.
    case suppressed

    /// The states from which a worker claims a message once its due time has come.
    package static let waiting: [MessageState] = [.scheduled, .queued, .retrying, .deferred]

    /// Whether a worker will claim the message once its due time has come.
    package var isWaiting: Bool { Self.waiting.contains(self) }

    /// Whether nothing happens any more without a person.
    package var isSettled: Bool { !isWaiting && self != .sending }
}
