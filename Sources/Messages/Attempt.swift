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
}

extension Outcome {
    /// The name of the outcome, as metrics, the store, the API and the command line say it.
    package enum Name: String, CaseIterable, Hashable, Sendable {
        /// See ``Outcome/accepted(partnerID:)``.
        case accepted
        /// See ``Outcome/refused(_:)``.
        case refused
        /// See ``Outcome/retryable(_:retryAfter:)``.
        case retryable
        /// See ``Outcome/uncertain(_:)``.
        case uncertain
        /// See ``Outcome/unauthorized(_:)``.
        case unauthorized
    }

    /// The outcome without its details.
    package var name: Name {
        switch self {
        case .accepted: .accepted
        case .refused: .refused
        case .retryable: .retryable
        case .uncertain: .uncertain
        case .unauthorized: .unauthorized
        }
    }

    /// What the attempt brought back; `nil` when it was accepted.
    package var detail: AttemptDetail? {
        switch self {
        case .accepted: nil
        case .refused(let detail), .retryable(let detail, _), .uncertain(let detail), .unauthorized(let detail): detail
        }
    }
}
