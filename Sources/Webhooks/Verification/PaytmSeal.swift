// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
internal import _CryptoExtras

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
