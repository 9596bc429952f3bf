// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EventIntake
internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import Messages
internal import PartnerAPI
internal import Webhooks

/// The answers of the partner API, in its own words.
enum APIAnswer {
    /// `201` as the API publishes it, with our id.
    static func accepted(_ id: MessageID) -> KeptAnswer {
        KeptAnswer(status: AcceptedAnswer.status, body: AcceptedAnswer(id: id.rawValue).json.encoded())
    }

    static func reply(_ answer: KeptAnswer) -> Reply {
        json(answer.status, answer.body)
    }

    static func json(_ status: Int, _ body: [UInt8], headers: HTTPFields = [:]) -> Reply {
        let fixed: HTTPFields = [.contentType: "application/json", .xContentTypeOptions: "nosniff"]
        return Reply(status: status, headers: fixed + headers, body: body)
    }
}

/// Why the API does not do what it was asked.
struct APIRefusal: Error, Hashable {
    /// What the caller reads.
    let error: PartnerError
    /// One sentence for the operator, where a stranger should learn less.
    let reason: String
    /// Such as `Retry-After`.
    let headers: HTTPFields

    init(_ error: PartnerError, reason: String? = nil, headers: HTTPFields = [:]) {
        self.error = error
        self.reason = reason ?? error.reason
        self.headers = headers
    }

    /// The answer.
    var reply: Reply { APIAnswer.json(error.status, error.json.encoded(), headers: headers) }
}

extension APIRefusal {
    /// Says the same whatever is wrong with the key; the reason is for the operator.
    static func unauthorized(_ reason: String) -> APIRefusal { APIRefusal(.unauthorized, reason: reason) }

    static let notFound = APIRefusal(.notFound)

    static func methodNotAllowed(_ method: String, allowed: String) -> APIRefusal {
        APIRefusal(.methodNotAllowed(method, allowed: allowed), headers: [.allow: allowed])
    }

    static let tooLarge = APIRefusal(.bodyTooLarge(over: PublicAPI.maxBodyBytes))

    static let keyUsed = APIRefusal(
        PartnerError(
            422,
            "IDEMPOTENCY_KEY_REUSED",
            "This Idempotency-Key was used for another body within 24 hours; expected a new key for a new message."
        )
    )

    static func unavailable(_ message: String, reason: String, code: String = "UNAVAILABLE") -> APIRefusal {
        APIRefusal(PartnerError(503, code, message), reason: reason, headers: [.retryAfter: "5"])
    }
}
