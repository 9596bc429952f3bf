// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import Events
internal import Foundation
internal import HTTPValues
internal import _CryptoExtras

/// A checksum of all other fields of a form, or of one member of a JSON body, encrypted with AES-128 in CBC mode under
/// the secret (Paytm).
///
/// What is encrypted is the hex SHA-256 of the text and a salt of four characters, and the salt again. A form's text is
/// its values, sorted by their names and joined by `|`; a JSON body's is the member as it stands there.
///
/// - SeeAlso: PyPI's paytmchecksum 1.7.0, `PaytmChecksum.py`.
package struct SealedFieldsScheme: Hashable, Sendable, CustomStringConvertible {
    /// The part of a JSON body that its sender seals.
    package struct Member: Hashable, Sendable {
        /// The name of the sealed member of the body's object.
        package var name: String
        /// Where the checksum in base64 stands.
        package var signature: FieldPath
    }

    /// The field of a form that holds the checksum in base64.
    package var signature: String
    /// What counts in a JSON body; `nil` for a sender of forms alone.
    package var member: Member?

    /// One line for people.
    package var description: String {
        let json = member.map { ", or in JSON's \($0.signature) over that of \($0.name)" } ?? ""
        return "AES-128-CBC, base64, in the form's field \(signature) over the SHA-256 of all other fields" + json
    }
}

/// A ``SealedFieldsScheme`` with its keys.
struct SealedFieldsVerifier: RequestCheck {
    private static let keyLength = 16

    let scheme: SealedFieldsScheme
    private let keys: [(label: String, key: SymmetricKey)]

    init(_ scheme: SealedFieldsScheme, secrets: [Secret]) throws(WebhookError) {
        var keys: [(label: String, key: SymmetricKey)] = []
        for secret in secrets {
            guard secret.reveal().utf8.count == Self.keyLength else {
                throw WebhookError(code: .badSecret, reason: "\(secret.label) is not a merchant key of 16 characters")
            }
            keys.append((secret.label, SymmetricKey(data: Array(secret.reveal().utf8))))
        }
        self.scheme = scheme
        self.keys = keys
    }

    func verify(_ request: InboundRequest, now: Timestamp, keys _: FetchedKeys) throws(VerificationFailure) -> String? {
        switch (BodyDecoding.shape(of: request.body), scheme.member) {
        case (.json, let member?): return try verify(member, of: request.body)
        case (.json, nil), (nil, _):
            let form = try SignedForm(request, signature: scheme.signature, scheme: scheme.description)
            return try match(form.signature, scheme.signature, [Self.text(of: form.fields)])
        // Read as XML later, a form could say what its sealed values do not.
        default: throw failure(.malformedBody(expected: "a form"))
        }
    }

    func isPresent(in request: InboundRequest) -> Bool {
        FormFields(decoding: request.body).contains { $0.name == scheme.signature }
    }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        guard let key = keys.first?.key else { return SignedHeaders() }
        let salt = Array(SortableID.make(at: now).suffix(PaytmSeal.saltLength).utf8)
        if let member = scheme.member, let document = try? JSONDocument(body), document.root.kind == .object {
            let text = document.root[FieldPath(steps: [member.name])]?.value.text() ?? "{}"
            let seal = PaytmSeal.make(text, salt: salt, key: key)
            return SignedHeaders(
                body: document.root.value.setting(member.signature.steps[...], to: .string(seal)).encoded()
            )
        }
        let form = FormFields(decoding: body)
        var fields = form.lastValues
        fields[scheme.signature] = nil
        let seal = PaytmSeal.make(Self.text(of: fields), salt: salt, key: key)
        return SignedHeaders(body: form.replacing(scheme.signature, with: seal).encoded)
    }

    /// Checks a JSON body: its member as it stands there, and as Paytm's own example writes it before it seals.
    private func verify(_ member: SealedFieldsScheme.Member, of body: [UInt8]) throws(VerificationFailure) -> String {
        guard let document = try? JSONDocument(body), let value = document.root[FieldPath(steps: [member.name])]?.value
        else {
            throw failure(.malformedBody(expected: "JSON with \(member.name) and \(member.signature)"))
        }
        guard let signature = document.root[member.signature]?.string, !signature.isEmpty else {
            throw failure(.missingField("\(member.signature)"))
        }
        var texts = [value.text()]
        // Of doubled members the events see the last: a text counts only when it says the same.
        if let found = JSONMemberText.value(of: member.name, in: body), (try? JSON(parsing: found))?.text() == texts[0]
        {
            texts.append(String(decoding: found, as: UTF8.self))
        }
        return try match(signature, "\(member.signature)", texts)
    }

    private func match(_ signature: String, _ place: String, _ texts: [String]) throws(VerificationFailure) -> String {
        guard let sealed = HMACScheme.Encoding.base64.decode(signature[...]) else {
            throw failure(.malformedField(place, expected: "padded base64"))
        }
        var matched: String?
        for (label, key) in keys.reversed() {
            for text in texts where PaytmSeal.isValid(sealed, of: text, key: key) { matched = label }
        }
        guard let matched else { throw failure(.noMatch) }
        return matched
    }

    private func failure(_ reason: VerificationFailure.Reason) -> VerificationFailure {
        VerificationFailure(scheme: scheme.description, reason: reason)
    }

    private static func text(of fields: [String: String]) -> String {
        // "null" in any case counts as nothing, as in Paytm's libraries.
        fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { $0.value.lowercased() == "null" ? "" : $0.value }
            .joined(separator: "|")
    }
}

/// The encrypted checksum of a text.
///
/// - SeeAlso: ``SealedFieldsScheme``.
enum PaytmSeal {
    /// Characters of the salt.
    static let saltLength = 4
    /// Hex digits of a SHA-256.
    private static let digestLength = 64
    /// Digest and salt, padded to whole blocks.
    private static let sealedLength = 80
    /// The vector that Paytm's libraries have built in.
    private static let vector = Array("@@@@&&&&####$$$$".utf8)

    /// Seals a text.
    ///
    /// - Parameters:
    ///   - text: What to seal.
    ///   - salt: Four bytes.
    ///   - key: 16 bytes.
    /// - Returns: The seal in base64; empty when it cannot be made.
    static func make(_ text: String, salt: [UInt8], key: SymmetricKey) -> String {
        guard let vector = try? AES._CBC.IV(ivBytes: Self.vector),
            let sealed = try? AES._CBC.encrypt(checksum(of: text, salt: salt), using: key, iv: vector)
        else { return "" }
        return sealed.base64EncodedString()
    }

    /// Whether a seal is of that text.
    ///
    /// It takes the same time whatever is wrong: what decrypts to nothing is compared like everything else, or the time
    /// would tell whether the padding was right, and with that, byte by byte, what is sealed.
    ///
    /// - Parameters:
    ///   - sealed: The seal's bytes.
    ///   - text: What should be sealed.
    ///   - key: 16 bytes.
    /// - Returns: Whether it is.
    static func isValid(_ sealed: [UInt8], of text: String, key: SymmetricKey) -> Bool {
        guard sealed.count == sealedLength, let vector = try? AES._CBC.IV(ivBytes: Self.vector) else { return false }
        let plain = (try? AES._CBC.decrypt(sealed, using: key, iv: vector)) ?? Data(count: digestLength + saltLength)
        let expected = checksum(of: text, salt: Array(plain.suffix(saltLength)))
        // Codes under a key of this call: the comparison's time says nothing about either text.
        let comparison = SymmetricKey(size: .bits256)
        let code = HMAC<SHA256>.authenticationCode(for: expected, using: comparison)
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: plain, using: comparison)
    }

    private static func checksum(of text: String, salt: [UInt8]) -> [UInt8] {
        let digest = SHA256.hash(data: Array("\(text)|".utf8) + salt)
        return Array(HMACScheme.Encoding.hex.encode(Array(digest)).utf8) + salt
    }
}
