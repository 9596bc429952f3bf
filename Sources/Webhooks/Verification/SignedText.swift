// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPValues

/// What a sender feeds to its hash, written as a template such as `{timestamp}.{body}`.
package struct SignedText: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// One piece of the text.
    enum Part: Hashable, Sendable {
        /// The time stamp as it was received.
        case timestamp
        /// The message id as it was received.
        case id
        /// The address that the sender posts to, as configured; never what `Host` says.
        case url
        /// The body, byte for byte.
        case body
        /// The body in base64.
        case bodyBase64
        /// A fixed text.
        case literal(String)
    }

    let parts: [Part]

    /// The body and nothing else.
    package static let body: SignedText = "{body}"

    /// Reads a template.
    ///
    /// - Parameter template: Literal text around `{timestamp}`, `{id}`, `{url}`, `{body}` and `{body_base64}`.
    /// - Throws: ``WebhookError`` with code `badSetting` for an unknown or unclosed placeholder, and for a template
    ///   without `{body}`: the body would then not be covered by the signature.
    package init(_ template: String) throws(WebhookError) {
        var parts: [Part] = []
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw Self.mistake("'\(rest[open...])' has no closing brace")
            }
            parts.append(try Self.part(named: rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        guard parts.contains(.body) || parts.contains(.bodyBase64) else {
            throw Self.mistake("'\(template)' does not hold {body}, so the signature would not cover the body")
        }
        self.parts = parts
    }

    /// A template that stands in our own source text.
    package init(stringLiteral template: String) {
        do {
            try self.init(template)
        } catch {
            preconditionFailure(error.reason)
        }
    }

    /// The template.
    package var description: String {
        parts.map { part in
            switch part {
            case .timestamp: "{timestamp}"
            case .id: "{id}"
            case .url: "{url}"
            case .body: "{body}"
            case .bodyBase64: "{body_base64}"
            case .literal(let text): text
            }
        }
        .joined()
    }

    /// What is fed to the hash, piece by piece.
    ///
    /// - Parameters:
    ///   - timestamp: The time stamp as received.
    ///   - id: The message id as received.
    ///   - url: The address as configured.
    ///   - body: The body as received.
    /// - Returns: One piece a part.
    func pieces(timestamp: String, id: String, url: String, body: [UInt8]) -> [[UInt8]] {
        parts.map { part in
            switch part {
            case .timestamp: Array(timestamp.utf8)
            case .id: Array(id.utf8)
            case .url: Array(url.utf8)
            case .body: body
            case .bodyBase64: Array(HMACScheme.Encoding.base64.encode(body).utf8)
            case .literal(let text): Array(text.utf8)
            }
        }
    }

    private static func part(named name: Substring) throws(WebhookError) -> Part {
        switch name {
        case "timestamp": .timestamp
        case "id": .id
        case "url": .url
        case "body": .body
        case "body_base64": .bodyBase64
        default: throw mistake("'{\(name)}' is unknown; expected {timestamp}, {id}, {url}, {body} or {body_base64}")
        }
    }

    private static func mistake(_ reason: String) -> WebhookError {
        WebhookError(code: .badSetting, reason: reason)
    }
}

/// A form that carries its own signature in one of its fields.
struct SignedForm {
    /// All other fields by name.
    let fields: [String: String]
    /// The signature's field as received.
    let signature: String
    private let scheme: String

    /// Reads a request's body.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - signature: The signature's field.
    ///   - scheme: What failures name.
    /// - Throws: ``VerificationFailure`` for a form without that field, and for one that has any field twice: which
    ///   of the two was signed would be open.
    init(_ request: InboundRequest, signature: String, scheme: String) throws(VerificationFailure) {
        let form = FormFields(decoding: request.body)
        guard !form.isCut else {
            let expected = "a form with at most \(FormFields.maxFields) fields"
            throw VerificationFailure(scheme: scheme, reason: .malformedBody(expected: expected))
        }
        var fields: [String: String] = [:]
        for field in form where fields.updateValue(field.value, forKey: field.name) != nil {
            throw VerificationFailure(scheme: scheme, reason: .malformedBody(expected: "a form with each field once"))
        }
        guard let found = fields.removeValue(forKey: signature), !found.isEmpty else {
            throw VerificationFailure(scheme: scheme, reason: .missingField(signature))
        }
        self.fields = fields
        self.signature = found
        self.scheme = scheme
    }

    /// A failure that names the scheme.
    ///
    /// - Parameter reason: What failed.
    /// - Returns: The failure.
    func failure(_ reason: VerificationFailure.Reason) -> VerificationFailure {
        VerificationFailure(scheme: scheme, reason: reason)
    }
}
