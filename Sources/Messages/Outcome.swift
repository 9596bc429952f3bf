// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import PartnerAPI

/// How one attempt to send a message ended, decided once, where the answer arrives.
package enum Outcome: Hashable, Sendable {
    /// The partner took the message and gave it this id; Meta may hold it back for a while, to see how others like it
    /// fare.
    case accepted(partnerID: String, isHeldByMeta: Bool = false)
    /// The partner will never take this message.
    case refused(AttemptDetail)
    /// The message did not leave, or the partner asked for later; `retryAfter` wins over our own delay.
    case retryable(AttemptDetail, retryAfter: Duration?)
    /// It is not known whether the partner took the message.
    case uncertain(AttemptDetail)
    /// The account's credentials were refused: nothing is wrong with the message, the account pauses.
    case unauthorized(AttemptDetail)
    /// The partner does not take the message now, for a reason that time or a person ends: it waits that long at least,
    /// with zero until its account goes on, and the attempt does not count.
    case held(AttemptDetail, for: Duration)
}

/// What an attempt brought back, for the message's timeline.
package struct AttemptDetail: Hashable, Sendable {
    /// The answer's HTTP status; `nil` when no answer arrived.
    package let status: Int?
    /// A short stable code, such as `http_503`, `timed_out`, `UNKNOWN_TEMPLATE`, `meta_131056`.
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

extension AttemptDetail {
    private static let metaPrefix = "meta_"

    /// The code of an answer that Meta's code decided.
    package static func code(ofMeta number: Int) -> String { "\(metaPrefix)\(number)" }

    /// Meta's code and what is done about it; `nil` where the answer had none.
    package var metaCode: MetaCode? {
        guard code.hasPrefix(Self.metaPrefix) else { return nil }
        return Int(code.dropFirst(Self.metaPrefix.count)).flatMap(MetaCode.row)
    }
}
