// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EventIntake
internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import Messages
internal import Webhooks

/// The answers of the partner API, in its own words.
enum APIAnswer {
    /// `201` as the API publishes it, with our id.
    static func accepted(_ id: MessageID) -> KeptAnswer {
        let data: JSON = [
            "id": .string(id.rawValue),
            "status": "ACCEPTED",
            "message": "Message received and being sent to the recipient.",
        ]
        return KeptAnswer(status: 201, body: (["success": true, "data": data] as JSON).encoded())
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
    /// The HTTP status.
    let status: Int
    /// A short stable code in capitals, such as `BAD_PHONE`.
    let code: String
    /// One sentence for the caller; no secret and no phone number.
    let message: String
    /// One sentence for the operator, where a stranger should learn less.
    let reason: String
    /// Such as `Retry-After`.
    let headers: HTTPFields

    init(_ status: Int, _ code: String, _ message: String, reason: String? = nil, headers: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.message = message
        self.reason = reason ?? message
        self.headers = headers
    }

    /// The answer: `{"success": false, "error": {"code", "message"}}`.
    var reply: Reply {
        let error: JSON = ["code": .string(code), "message": .string(message)]
        return APIAnswer.json(status, (["success": false, "error": error] as JSON).encoded(), headers: headers)
    }
}

extension APIRefusal {
    /// Says the same whatever is wrong with the key; the reason is for the operator.
    static func unauthorized(_ reason: String) -> APIRefusal {
        let message = "The API key or its secret is missing, wrong or revoked."
        return APIRefusal(401, "UNAUTHORIZED", message, reason: reason)
    }

    static let notFound = APIRefusal(404, "NOT_FOUND", "The API has no such path.")

    static func methodNotAllowed(_ allowed: String) -> APIRefusal {
        APIRefusal(405, "METHOD_NOT_ALLOWED", "This path takes \(allowed) alone.", headers: [.allow: allowed])
    }

    static let tooLarge = APIRefusal(413, "BODY_TOO_LARGE", "The body is over \(PublicAPI.maxBodyBytes) bytes.")

    static let keyUsed = APIRefusal(
        422,
        "IDEMPOTENCY_KEY_REUSED",
        "This Idempotency-Key was used for another body within 24 hours; expected a new key for a new message."
    )

    static func unavailable(_ message: String, reason: String, code: String = "UNAVAILABLE") -> APIRefusal {
        APIRefusal(503, code, message, reason: reason, headers: [.retryAfter: "5"])
    }
}
