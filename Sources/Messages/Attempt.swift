// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// One try to send a message.
package struct Attempt: Hashable, Sendable {
    /// Which claim of the message it was, from 1; claims that were given back leave gaps.
    package let number: Int
    /// When the request was handed to the sender.
    package let startedAt: Timestamp
    /// How long the sender took.
    package let duration: Duration
    /// How it ended.
    package let outcome: Outcome

    package init(number: Int, startedAt: Timestamp, duration: Duration, outcome: Outcome) {
        self.number = number
        self.startedAt = startedAt
        self.duration = duration
        self.outcome = outcome
    }

    /// The same with another end, as whoever knows of earlier attempts judges it.
    package func ended(_ outcome: Outcome) -> Attempt {
        Attempt(number: number, startedAt: startedAt, duration: duration, outcome: outcome)
    }
}

extension Outcome {
    /// The name of the outcome, as metrics, the store, the API and the command line say it.
    package enum Name: String, CaseIterable, Hashable, Sendable {
        /// See ``Outcome/accepted(partnerID:isHeldByMeta:)``.
        case accepted
        /// See ``Outcome/refused(_:)``.
        case refused
        /// See ``Outcome/retryable(_:retryAfter:)``.
        case retryable
        /// See ``Outcome/uncertain(_:)``.
        case uncertain
        /// See ``Outcome/unauthorized(_:)``.
        case unauthorized
        /// See ``Outcome/held(_:for:)``.
        case held
    }

    /// The outcome without its details.
    package var name: Name {
        switch self {
        case .accepted: .accepted
        case .refused: .refused
        case .retryable: .retryable
        case .uncertain: .uncertain
        case .unauthorized: .unauthorized
        case .held: .held
        }
    }

    /// Whether the attempt is the message's own: one that ended with the account's trouble, or with a throttle, costs it
    /// nothing and is told by the timeline alone.
    package var counts: Bool {
        switch self {
        case .accepted, .refused, .retryable, .uncertain: true
        case .unauthorized, .held: false
        }
    }

    /// What the attempt brought back; `nil` when it was accepted.
    package var detail: AttemptDetail? {
        switch self {
        case .accepted: nil
        case .refused(let detail), .retryable(let detail, _), .uncertain(let detail), .unauthorized(let detail),
            .held(let detail, _):
            detail
        }
    }
}
