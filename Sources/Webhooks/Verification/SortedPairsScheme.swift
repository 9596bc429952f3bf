// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
internal import Events
internal import HTTPTypes
internal import HTTPValues

/// An HMAC-SHA256 over the query's and a form's fields, sorted by name and written without anything between them,
/// and then over a body that is no form (Zoho Books, Inventory and Billing).
///
/// Zoho does not say how the hash is written, so both hex and base64 are taken.
///
/// - SeeAlso: [Zoho Billing: securing webhooks](https://www.zoho.com/billing/kb/webhooks/securing-webhooks.html)
package struct SortedPairsScheme: Hashable, Sendable, CustomStringConvertible {
    /// The header that holds the hash.
    package var header: HeaderName

    /// One line for people.
    package var description: String {
        "HMAC-SHA256, hex or base64, in \(header) over the sorted fields of query and form, then a JSON body"
    }
}

/// A ``SortedPairsScheme`` with its keys.
struct SortedPairsVerifier: RequestCheck {
    let scheme: SortedPairsScheme
    private let keys: [(label: String, key: KeyedHash)]

    init(_ scheme: SortedPairsScheme, secrets: [Secret]) {
        self.scheme = scheme
        keys = secrets.map { ($0.label, KeyedHash(.sha256, key: Array($0.reveal().utf8))) }
    }

    func verify(_ request: InboundRequest, now: Timestamp, keys _: FetchedKeys) throws(VerificationFailure) -> String? {
        let values = request.headers[values: scheme.header.field]
        guard let value = values.first, !value.isEmpty else { throw failure(.missingHeader("\(scheme.header)")) }
        guard values.count == 1 else { throw failure(.malformedHeader("\(scheme.header)", expected: "one line")) }
        let hash = HMACScheme.Encoding.hex.decode(value[...]) ?? HMACScheme.Encoding.base64.decode(value[...])
        guard let hash, hash.count == HashFunction.sha256.byteCount else {
            let expected = "64 hex digits, or 44 characters of padded base64"
            throw failure(.malformedHeader("\(scheme.header)", expected: expected))
        }
        let text = Self.text(of: request)
        var matched: String?
        for (label, key) in keys.reversed() where key.isValid(hash, for: text) { matched = label }
        guard let matched else { throw failure(.noMatch) }
        return matched
    }

    func isPresent(in request: InboundRequest) -> Bool {
        request.headers.contains(scheme.header.field)
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        sign(body, id: id, now: now, extras: SigningExtras())
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp, extras: SigningExtras) -> SignedHeaders {
        guard let key = keys.first?.key else { return SignedHeaders() }
        let query = extras.query.map { FormFields.Field(name: $0.key, value: $0.value) }
        let isForm = BodyDecoding.shape(of: body) == nil && body.contains(UInt8(ascii: "="))
        let text = Self.text(query: query, body: body, isForm: isForm)
        return SignedHeaders(headers: [scheme.header.field: HMACScheme.Encoding.hex.encode(key.code(over: text))])
    }

    private static func text(of request: InboundRequest) -> [UInt8] {
        let isForm = BodyDecoding.isForm(request.body, contentType: request.headers[.contentType])
        let query = request.target.firstIndex(of: "?").map { request.target[$0...].dropFirst().prefix { $0 != "#" } }
        let fields = Array(FormFields(decoding: Array((query ?? "").utf8)))
        return text(query: fields, body: request.body, isForm: isForm)
    }

    private static func text(query: [FormFields.Field], body: [UInt8], isForm: Bool) -> [UInt8] {
        let fields = isForm ? query + FormFields(decoding: body) : query
        // Enumerated, because fields of one name must keep their order and `sort` promises none.
        let sorted = fields.enumerated().sorted { left, right in
            if left.element.name == right.element.name { return left.offset < right.offset }
            return left.element.name.utf8.lexicographicallyPrecedes(right.element.name.utf8)
        }
        let pairs = sorted.flatMap { Array($0.element.name.utf8) + Array($0.element.value.utf8) }
        return isForm ? pairs : pairs + body
    }

    private func failure(_ reason: VerificationFailure.Reason) -> VerificationFailure {
        VerificationFailure(scheme: scheme.description, reason: reason)
    }
}

/// A SHA-512 over single fields of a form and the secret, in a field of the form (PayU).
///
/// Only the named fields are covered, and nothing tells where one ends and the next begins but the separator.
package struct FieldHashScheme: Hashable, Sendable {
    /// One piece of the hashed text; pieces stand between separators.
    package enum Part: Hashable, Sendable {
        /// The source's secret.
        case secret
        /// A field's decoded value; empty where the form does not have it.
        case field(String)
        /// A piece that is always empty.
        case empty
    }

    /// The field that holds the hash in hex.
    package var signature: String
    package var separator = "|"
    package var parts: [Part]
    /// Names of a field that stands in front of all others when the form has it; the first one that is there counts.
    package var optionalFirst: [String] = []

    /// The fields that the hash covers.
    var covered: [String] {
        parts.compactMap { if case .field(let name) = $0 { name } else { nil } }
    }
}

extension FieldHashScheme: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        "SHA-512, hex, in the form's field \(signature) over the secret and \(covered.joined(separator: ", "))"
    }
}

/// A ``FieldHashScheme`` with its secrets.
struct FieldHashVerifier: RequestCheck {
    let scheme: FieldHashScheme
    let secrets: [Secret]

    func verify(_ request: InboundRequest, now: Timestamp, keys: FetchedKeys) throws(VerificationFailure) -> String? {
        let form = try SignedForm(request, signature: scheme.signature, scheme: scheme.description)
        let length = HashFunction.sha512.byteCount
        guard let hash = HMACScheme.Encoding.hex.decode(form.signature[...]), hash.count == length else {
            let shape = HMACScheme.Encoding.hex.shape(byteCount: length)
            throw form.failure(.malformedField(scheme.signature, expected: shape))
        }
        var matched: String?
        for secret in secrets.reversed() where ConstantTime.areEqual(digest(form.fields, secret), hash) {
            matched = secret.label
        }
        guard let matched else { throw form.failure(.noMatch) }
        return matched
    }

    func isPresent(in request: InboundRequest) -> Bool {
        FormFields(decoding: request.body).contains { $0.name == scheme.signature }
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        guard let secret = secrets.first else { return SignedHeaders() }
        let form = FormFields(decoding: body)
        let hash = HMACScheme.Encoding.hex.encode(digest(form.lastValues, secret))
        return SignedHeaders(body: form.replacing(scheme.signature, with: hash).encoded)
    }

    private func digest(_ fields: [String: String], _ secret: Secret) -> [UInt8] {
        var pieces = scheme.parts.map { part in
            switch part {
            case .secret: secret.reveal()
            case .field(let name): fields[name] ?? ""
            case .empty: ""
            }
        }
        if let value = scheme.optionalFirst.lazy.compactMap({ fields[$0] }).first { pieces.insert(value, at: 0) }
        return HashFunction.sha512.hash(Array(pieces.joined(separator: scheme.separator).utf8))
    }
}
