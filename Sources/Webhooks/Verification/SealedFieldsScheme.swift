// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
package import Events
internal import Foundation
internal import HTTPValues

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
    let scheme: SealedFieldsScheme
    private let keys: [(label: String, key: PaytmSeal)]

    init(_ scheme: SealedFieldsScheme, secrets: [Secret]) throws(WebhookError) {
        var keys: [(label: String, key: PaytmSeal)] = []
        for secret in secrets {
            guard let key = PaytmSeal(key: Array(secret.reveal().utf8)) else {
                throw WebhookError(code: .badSecret, reason: "\(secret.label) is not a merchant key of 16 characters")
            }
            keys.append((secret.label, key))
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
            let seal = key.make(text, salt: salt)
            return SignedHeaders(
                body: document.root.value.setting(member.signature.steps[...], to: .string(seal)).encoded()
            )
        }
        let form = FormFields(decoding: body)
        var fields = form.lastValues
        fields[scheme.signature] = nil
        let seal = key.make(Self.text(of: fields), salt: salt)
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
            for text in texts where key.isValid(sealed, of: text) { matched = label }
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

/// What makes and checks the encrypted checksum of a text.
///
/// - SeeAlso: ``SealedFieldsScheme``.
struct PaytmSeal: Sendable {
    /// Bytes of the salt.
    static let saltLength = 4
    /// Hex digits of a SHA-256.
    private static let digestLength = 64
    /// What fills digest and salt up to whole blocks: as many bytes as are missing, each of which says how many (PKCS #7).
    private static let filling = [UInt8](repeating: 12, count: 12)
    /// The vector that Paytm's libraries have built in.
    private static let vector = Array("@@@@&&&&####$$$$".utf8)

    private let blocks: AESBlocks

    /// Takes a merchant key.
    ///
    /// - Parameter key: 16 bytes; of any other number nothing comes back.
    init?(key: [UInt8]) {
        guard let blocks = AESBlocks(key: key, vector: Self.vector) else { return nil }
        self.blocks = blocks
    }

    /// Seals a text.
    ///
    /// - Parameters:
    ///   - text: What to seal.
    ///   - salt: Four bytes.
    /// - Returns: The seal in base64; empty when it cannot be made.
    func make(_ text: String, salt: [UInt8]) -> String {
        blocks.encrypted(Self.checksum(of: text, salt: salt)).map { HMACScheme.Encoding.base64.encode($0) } ?? ""
    }

    /// Whether a seal is of that text.
    ///
    /// It takes the same time whatever is wrong: what fills up the last block is compared with everything else, or the time
    /// would tell whether the padding was right, and with that, byte by byte, what is sealed.
    ///
    /// - Parameters:
    ///   - sealed: The seal's bytes.
    ///   - text: What should be sealed.
    /// - Returns: Whether it is.
    func isValid(_ sealed: [UInt8], of text: String) -> Bool {
        guard sealed.count == Self.digestLength + Self.saltLength + Self.filling.count,
            let plain = blocks.decrypted(sealed)
        else { return false }
        let salt = Array(plain[Self.digestLength..<Self.digestLength + Self.saltLength])
        return ConstantTime.areEqual(plain, Self.checksum(of: text, salt: salt))
    }

    private static func checksum(of text: String, salt: [UInt8]) -> [UInt8] {
        let digest = HashFunction.sha256.hash(Array("\(text)|".utf8) + salt)
        return Array(HMACScheme.Encoding.hex.encode(digest).utf8) + salt + filling
    }
}
