// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Events
internal import HTTPValues

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
        guard let hash = HMACScheme.Encoding.hex.decode(form.signature[...]), hash.count == SHA512.byteCount else {
            let shape = HMACScheme.Encoding.hex.shape(byteCount: SHA512.byteCount)
            throw form.failure(.malformedField(scheme.signature, expected: shape))
        }
        var matched: String?
        for secret in secrets.reversed() where digest(form.fields, secret) == hash { matched = secret.label }
        guard let matched else { throw form.failure(.noMatch) }
        return matched
    }

    func isPresent(in request: InboundRequest) -> Bool {
        FormFields(decoding: request.body).contains { $0.name == scheme.signature }
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        guard let secret = secrets.first else { return SignedHeaders() }
        let form = FormFields(decoding: body)
        let hash = HMACScheme.Encoding.hex.encode(Array(digest(form.lastValues, secret)))
        return SignedHeaders(body: form.replacing(scheme.signature, with: hash).encoded)
    }

    /// Crypto's `==` of a digest with bytes takes constant time.
    private func digest(_ fields: [String: String], _ secret: Secret) -> SHA512.Digest {
        var pieces = scheme.parts.map { part in
            switch part {
            case .secret: secret.text
            case .field(let name): fields[name] ?? ""
            case .empty: ""
            }
        }
        if let value = scheme.optionalFirst.lazy.compactMap({ fields[$0] }).first { pieces.insert(value, at: 0) }
        return SHA512.hash(data: Array(pieces.joined(separator: scheme.separator).utf8))
    }
}
