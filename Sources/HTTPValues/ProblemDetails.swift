// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import NIOHTTP1
internal import OrderedCollections
package import Webhooks

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
        title = HTTPResponseStatus(statusCode: status).reasonPhrase
        self.detail = detail
    }

    /// The answer, with more headers if given.
    ///
    /// - Parameter retryAfter: Seconds for a `Retry-After` header.
    /// - Returns: An `application/problem+json` answer.
    package func reply(retryAfter: Int? = nil) -> Reply {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        var body: JSON = ["type": "about:blank", "title": .string(title), "status": .number(JSONNumber(status))]
        if let detail, case .object(var members) = body {
            members["detail"] = .string(detail)
            body = .object(members)
        }
        return Reply(status: status, headers: headers, body: body.encoded())
    }
}
