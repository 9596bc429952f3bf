// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
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
    private let keys: [(label: String, key: SymmetricKey)]

    init(_ scheme: SortedPairsScheme, secrets: [Secret]) {
        self.scheme = scheme
        keys = secrets.map { ($0.label, SymmetricKey(data: Array($0.text.utf8))) }
    }

    func verify(_ request: InboundRequest, now: Timestamp, keys _: FetchedKeys) throws(VerificationFailure) -> String? {
        let values = request.headers[values: scheme.header.field]
        guard let value = values.first, !value.isEmpty else { throw failure(.missingHeader("\(scheme.header)")) }
        guard values.count == 1 else { throw failure(.malformedHeader("\(scheme.header)", expected: "one line")) }
        let hash = HMACScheme.Encoding.hex.decode(value[...]) ?? HMACScheme.Encoding.base64.decode(value[...])
        guard let hash, hash.count == SHA256.byteCount else {
            let expected = "64 hex digits, or 44 characters of padded base64"
            throw failure(.malformedHeader("\(scheme.header)", expected: expected))
        }
        let text = Self.text(of: request)
        var matched: String?
        for (label, key) in keys.reversed()
        where HMAC<SHA256>.isValidAuthenticationCode(hash, authenticating: text, using: key) {
            matched = label
        }
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
        let code = HMAC<SHA256>.authenticationCode(for: text, using: key)
        return SignedHeaders(headers: [scheme.header.field: HMACScheme.Encoding.hex.encode(Array(code))])
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
