// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The answer to a message that was taken.
///
/// The sandbox and the durable front write it, the client reads it.
package struct AcceptedAnswer: Hashable, Sendable {
    /// The HTTP status that it comes with.
    package static let status = 201

    /// The id under which the message is known to whoever took it.
    package let id: String

    /// Answers that a message was taken.
    ///
    /// - Parameter id: The id under which it is known from now on.
    package init(id: String) {
        self.id = id
    }

    /// The answer as the API publishes it.
    package var json: JSON {
        let message = "Message received and being sent to the recipient."
        return ["success": true, "data": ["id": .string(id), "status": "ACCEPTED", "message": .string(message)]]
    }

    /// Reads the answer where it has, byte for byte, the shape in which ``json`` is written: without spaces, the id and
    /// the sentence of printable ASCII without escapes.
    ///
    /// A quick look for the good way; whatever has another shape is for a reader of JSON.
    ///
    /// - Parameter body: The answer's body.
    package init?(exactly body: [UInt8]) {
        var rest = body[...]
        guard Self.skip(#"{"success":true,"data":{"id":""#, &rest), let id = Self.text(&rest), !id.isEmpty,
            Self.skip(#"","status":"ACCEPTED","message":""#, &rest), Self.text(&rest) != nil, Self.skip(#""}}"#, &rest),
            rest.isEmpty
        else { return nil }
        self.id = String(decoding: id, as: UTF8.self)
    }

    private static func skip(_ text: StaticString, _ rest: inout ArraySlice<UInt8>) -> Bool {
        let isThere = text.withUTF8Buffer { rest.starts(with: $0) }
        if isThere { rest = rest.dropFirst(text.utf8CodeUnitCount) }
        return isThere
    }

    /// What stands before the next quotation mark; `nil` where anything but plain ASCII does.
    private static func text(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        let text = rest[..<end]
        rest = rest[end...]
        return text.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\\") } ? text : nil
    }
}

/// Why the API does not do what a request asks, as the caller reads it.
///
/// The sandbox and the durable front write it; the client reads it, and much else besides.
package struct PartnerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The HTTP status of the answer.
    package let status: Int
    /// A stable word in upper case, such as `UNAUTHORIZED`.
    package let code: String
    /// One sentence: what was found, what was expected; never a secret or a phone number.
    package let reason: String

    /// An error.
    ///
    /// - Parameters:
    ///   - status: The HTTP status of the answer.
    ///   - code: A stable word in upper case.
    ///   - reason: One sentence.
    package init(_ status: Int, _ code: String, _ reason: String) {
        self.status = status
        self.code = code
        self.reason = reason
    }

    /// What is wrong with a message's body.
    ///
    /// - Parameter error: The first rule that is broken.
    package init(_ error: MessageRequestError) {
        self.init(422, error.code.rawValue, error.description)
    }

    /// Why a message does not fit its template, with Meta's own code where people search for that.
    ///
    /// - Parameter problem: What does not fit.
    package init(_ problem: TemplateProblem) {
        let sign = problem.code == .parameterName ? "(#100) Invalid parameter: " : ""
        self.init(422, problem.code.rawValue, sign + problem.reason)
    }

    /// The code and the sentence.
    package var description: String { "\(code): \(reason)" }

    /// The answer's body, in the shape that our contract fixes where the published page is silent.
    package var json: JSON {
        ["success": false, "error": ["code": .string(code), "message": .string(reason)]]
    }

    // MARK: The same wherever the API is served

    /// Says the same whatever is wrong with the key.
    package static let unauthorized = PartnerError(
        401,
        "UNAUTHORIZED",
        "The API key or its secret is missing, wrong or revoked."
    )

    /// There is no such path.
    package static let notFound = PartnerError(404, "NOT_FOUND", "There is nothing at this address.")

    /// The path takes other methods.
    ///
    /// - Parameters:
    ///   - method: The request's.
    ///   - allowed: Those that it takes, as the header `Allow` lists them.
    /// - Returns: The error.
    package static func methodNotAllowed(_ method: String, allowed: String) -> PartnerError {
        let reason = "This address does not take \(method.prefix(20)); expected \(allowed)."
        return PartnerError(405, "METHOD_NOT_ALLOWED", reason)
    }

    /// The body is longer than anybody needs.
    ///
    /// - Parameter limit: The most bytes of a body.
    /// - Returns: The error.
    package static func bodyTooLarge(over limit: Int) -> PartnerError {
        PartnerError(413, "BODY_TOO_LARGE", "The body is over \(limit) bytes.")
    }

    /// The body is no JSON.
    ///
    /// - Parameter error: What the reader says.
    /// - Returns: The error.
    package static func invalidJSON(_ error: any Error) -> PartnerError {
        PartnerError(400, "INVALID_JSON", "The body is no JSON: \(error).")
    }
}
