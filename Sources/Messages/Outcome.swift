// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// How one attempt to send a message ended, decided once, where the answer arrives.
package enum Outcome: Hashable, Sendable {
    /// The partner took the message and gave it this id.
    case accepted(partnerID: String)
    /// The partner will never take this message.
    case refused(AttemptDetail)
    /// The message did not leave, or the partner asked for later; `retryAfter` wins over our own delay.
    case retryable(AttemptDetail, retryAfter: Duration?)
    /// It is not known whether the partner took the message.
    case uncertain(AttemptDetail)
    /// The account's credentials were refused: nothing is wrong with the message, the account pauses.
    case unauthorized(AttemptDetail)
}

/// What an attempt brought back, for the message's timeline.
package struct AttemptDetail: Hashable, Sendable {
    /// The answer's HTTP status; `nil` when no answer arrived.
    package let status: Int?
    /// A short stable code, such as `http_503`, `timed_out`, `UNKNOWN_TEMPLATE`.
    package let code: String
    /// One sentence for the operator; no secret, no phone number.
    package let reason: String
    /// The start of the answer's body, at most 4 KiB; `nil` where none helps.
    package let body: String?

    package init(status: Int? = nil, code: String, reason: String, body: String? = nil) {
        self.status = status
        self.code = code
        self.reason = reason
        self.body = body
    }
}
