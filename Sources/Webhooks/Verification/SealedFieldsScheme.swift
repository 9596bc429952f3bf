// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Events
internal import Foundation
internal import _CryptoExtras

/// A checksum of all other fields of a form, encrypted with AES-128 in CBC mode under the secret (Paytm).
///
/// What is encrypted is the hex SHA-256 of the values, sorted by their names and joined by `|`, with a salt of four
/// characters at its end, and the salt again.
///
/// - SeeAlso: PyPI's paytmchecksum 1.7.0, `PaytmChecksum.py`.
package struct SealedFieldsScheme: Hashable, Sendable, CustomStringConvertible {
    /// The field that holds the checksum in base64.
    package var signature: String

    /// One line for people.
    package var description: String {
        "AES-128-CBC, base64, in the form's field \(signature) over the SHA-256 of all other fields"
    }
}

/// A ``SealedFieldsScheme`` with its keys.
struct SealedFieldsVerifier: RequestCheck {
    /// The vector that Paytm's libraries have built in.
    private static let vector = Array("@@@@&&&&####$$$$".utf8)
    private static let saltLength = 4
    private static let keyLength = 16

    let scheme: SealedFieldsScheme
    private let keys: [(label: String, key: SymmetricKey)]

    init(_ scheme: SealedFieldsScheme, secrets: [Secret]) throws(WebhookError) {
        var keys: [(label: String, key: SymmetricKey)] = []
        for secret in secrets {
            guard secret.text.utf8.count == Self.keyLength else {
                throw WebhookError(code: .badSecret, reason: "\(secret.label) is not a merchant key of 16 characters")
            }
            keys.append((secret.label, SymmetricKey(data: Array(secret.text.utf8))))
        }
        self.scheme = scheme
        self.keys = keys
    }

    func verify(_ request: InboundRequest, now: Timestamp, keys _: FetchedKeys) throws(VerificationFailure) -> String? {
        let form = try SignedForm(request, signature: scheme.signature, scheme: scheme.description)
        guard let sealed = HMACScheme.Encoding.base64.decode(form.signature[...]) else {
            throw form.failure(.malformedField(scheme.signature, expected: "padded base64"))
        }
        let text = Self.text(of: form.fields)
        var matched: String?
        for (label, key) in keys.reversed() where Self.isSeal(sealed, of: text, key: key) { matched = label }
        guard let matched else { throw form.failure(.noMatch) }
        return matched
    }

    func isPresent(in request: InboundRequest) -> Bool {
        FormFields(decoding: request.body).contains { $0.name == scheme.signature }
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        guard let key = keys.first?.key else { return SignedHeaders() }
        let form = FormFields(decoding: body)
        var fields = form.lastValues
        fields[scheme.signature] = nil
        let salt = String(SortableID.make(at: now).suffix(Self.saltLength))
        let plain = Self.checksum(of: Self.text(of: fields), salt: Array(salt.utf8))
        guard let vector = try? AES._CBC.IV(ivBytes: Self.vector),
            let sealed = try? AES._CBC.encrypt(plain, using: key, iv: vector)
        else { return SignedHeaders() }
        return SignedHeaders(body: form.replacing(scheme.signature, with: sealed.base64EncodedString()).encoded)
    }

    private static func text(of fields: [String: String]) -> String {
        // "null" in any case counts as nothing, as in Paytm's libraries.
        fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { $0.value.lowercased() == "null" ? "" : $0.value }
            .joined(separator: "|")
    }

    private static func checksum(of text: String, salt: [UInt8]) -> [UInt8] {
        let digest = SHA256.hash(data: Array("\(text)|".utf8) + salt)
        return Array(HMACScheme.Encoding.hex.encode(Array(digest)).utf8) + salt
    }

    private static func isSeal(_ sealed: [UInt8], of text: String, key: SymmetricKey) -> Bool {
        guard let vector = try? AES._CBC.IV(ivBytes: Self.vector),
            let plain = try? AES._CBC.decrypt(sealed, using: key, iv: vector), plain.count > saltLength
        else { return false }
        let expected = checksum(of: text, salt: Array(plain.suffix(saltLength)))
        // Codes under a key of this call: the comparison's time says nothing about either text.
        let comparison = SymmetricKey(size: .bits256)
        let code = HMAC<SHA256>.authenticationCode(for: expected, using: comparison)
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: plain, using: comparison)
    }
}
