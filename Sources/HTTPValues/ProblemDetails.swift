// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes

/// An error answer as RFC 9457 describes it.
///
/// It says no more than a stranger may know; the reason for a refused signature is in the log and in the store.
package struct ProblemDetails: Hashable, Sendable {
    /// The HTTP status.
    package let status: Int
    /// The status in words, as `about:blank` wants it.
    package let title: String
    /// One sentence about this request; `nil` where a stranger should learn nothing.
    package let detail: String?

    package init(status: Int, detail: String? = nil) {
        self.status = status
        title = StatusPhrase.of(status)
        self.detail = detail
    }

    /// The answer without a detail, made once for each status: a flood of refusals costs no JSON.
    ///
    /// - Parameter status: The HTTP status, from 400 to 599.
    /// - Returns: An `application/problem+json` answer.
    package static func plain(_ status: Int) -> Reply {
        known[status] ?? ProblemDetails(status: status).reply()
    }

    private static let known = Dictionary(
        uniqueKeysWithValues: [400, 401, 403, 404, 405, 408, 413, 415, 429, 503].map {
            ($0, ProblemDetails(status: $0).reply())
        }
    )

    /// The answer, with more headers if given.
    ///
    /// - Parameter retryAfter: Seconds for a `Retry-After` header.
    /// - Returns: An `application/problem+json` answer.
    package func reply(retryAfter: Int? = nil) -> Reply {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        var body: JSON = ["type": "about:blank", "title": .string(title), "status": .number(JSONNumber(status))]
        if let detail { body = body.adding(["detail": .string(detail)]) }
        return Reply(status: status, headers: headers, body: body.encoded())
    }
}

/// What a status is called in RFC 9110, and in RFC 6585 for those that came later.
package enum StatusPhrase {
    /// - Parameter status: The HTTP status.
    /// - Returns: Such as `Not Found`; empty for a status that we never answer.
    package static func of(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: ""
        }
    }
}
