// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import HTTPTypes
internal import HTTPValues
internal import OrderedCollections
internal import Outbox

/// Why a request is not answered as it wished: RFC 9457.
package struct APIProblem: Error, Hashable, Sendable {
    /// The kinds; the raw value is the end of `type`, which never changes.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case badRequest = "bad-request"
        case badParameter = "bad-parameter"
        case badBody = "bad-body"
        case unauthorized
        case forbidden
        case hidden
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case conflict
        case keyInUse = "idempotency-key-in-use"
        case preconditionFailed = "precondition-failed"
        case tooLarge = "too-large"
        case unsupportedMediaType = "unsupported-media-type"
        case badHost = "bad-host"
        case keyReused = "idempotency-key-reused"
        case badValue = "bad-value"
        case tooManyRequests = "too-many-requests"
        case unavailable

        /// The HTTP status.
        package var status: Int { facts.status }
        /// What it means, the same for every request.
        package var title: String { facts.title }

        private var facts: (status: Int, title: String) {
            switch self {
            case .badRequest: (400, "The request cannot be read")
            case .badParameter: (400, "A parameter is wrong")
            case .badBody: (400, "The body is wrong")
            case .unauthorized: (401, "A token is needed")
            case .forbidden: (403, "The token may not do this")
            case .hidden: (403, "The token may not see numbers and payloads")
            case .notFound: (404, "There is no such thing")
            case .methodNotAllowed: (405, "This cannot be done here")
            case .conflict: (409, "Its state does not allow it")
            case .keyInUse: (409, "A request with this key is being carried out")
            case .preconditionFailed: (412, "It has changed meanwhile")
            case .tooLarge: (413, "The body is too large")
            case .unsupportedMediaType: (415, "The body is no JSON")
            case .badHost: (421, "The service does not go by this name")
            case .keyReused: (422, "The key was used for another request")
            case .badValue: (422, "A value means nothing here")
            case .tooManyRequests: (429, "Too many requests")
            case .unavailable: (503, "The service cannot answer now")
            }
        }
    }

    /// What kind it is.
    package let kind: Kind
    /// One sentence about this request.
    package let detail: String
    /// Everything that is wrong in it, with the places.
    package let mistakes: [FieldMistake]
    /// Such as `Allow`.
    package let headers: HTTPFields

    package init(_ kind: Kind, _ detail: String, _ mistakes: [FieldMistake] = [], headers: HTTPFields = [:]) {
        self.kind = kind
        self.detail = detail
        self.mistakes = mistakes
        self.headers = headers
    }

    /// Why a caller is not answered, of any error: what a store says of what it was asked for, and a fixed sentence for
    /// what fails inside, for that may name files and other parts of the service.
    init(of error: any Error) {
        let failure: APIProblem =
            APIProblem(
                .unavailable,
                "Something failed inside; the log has the request's id.",
                headers: [.retryAfter: "5"]
            )
        switch error {
        case let problem as APIProblem: self = problem
        case let error as StoreError where error.code == .notFound: self.init(.notFound, error.reason)
        case let error as StoreError where error.code == .conflict: self.init(.conflict, error.reason)
        default: self = failure
        }
    }

    /// The prefix of every `type`.
    static let typePrefix = "urn:hookline:problem:"

    /// The answer.
    ///
    /// - Parameter requestID: The request's id.
    /// - Returns: `application/problem+json`.
    func reply(_ requestID: String) -> Reply {
        var body: OrderedDictionary<String, JSON> = [
            "type": .string(Self.typePrefix + kind.rawValue), "title": .string(kind.title),
            "status": .number(JSONNumber(kind.status)), "detail": .string(detail),
            "request_id": .string(requestID),
        ]
        if !mistakes.isEmpty { body["errors"] = .array(mistakes.map(\.json)) }
        let fixed: HTTPFields = [.contentType: "application/problem+json"]
        return Reply(status: kind.status, headers: fixed + headers, body: JSON.object(body).encoded())
    }
}
