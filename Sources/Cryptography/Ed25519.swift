// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// A public key of Ed25519.
///
/// - SeeAlso: [RFC 8032](https://www.rfc-editor.org/rfc/rfc8032)
package struct Ed25519PublicKey: Sendable {
    private static let byteCount = 32

    private let handle: KeyHandle
    /// 32 bytes.
    package let bytes: [UInt8]

    /// Reads a key.
    ///
    /// - Parameter bytes: 32 bytes; of any other number nothing comes back.
    package init?(_ bytes: [UInt8]) {
        OpenSSL.begin()
        guard bytes.count == Self.byteCount,
            let handle = unsafe KeyHandle(
                owning: EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
            )
        else { return nil }
        self.handle = handle
        self.bytes = bytes
    }

    /// Whether a signature over a text is by this key.
    ///
    /// - Parameters:
    ///   - signature: The signature, of 64 bytes where it is one.
    ///   - text: What was signed.
    /// - Returns: Whether it is.
    package func isValid(_ signature: [UInt8], for text: [UInt8]) -> Bool {
        handle.isValid(signature, for: text, hashedBy: nil)
    }
}

/// A private key of Ed25519.
package struct Ed25519PrivateKey: Sendable {
    private let handle: KeyHandle
    /// The half that verifies.
    package let publicKey: Ed25519PublicKey

    /// Reads a key.
    ///
    /// - Parameter seed: 32 bytes; of any other number nothing comes back.
    package init?(seed: [UInt8]) {
        OpenSSL.begin()
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        guard seed.count == bytes.count,
            let handle = unsafe KeyHandle(
                owning: EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
            ),
            unsafe EVP_PKEY_get_raw_public_key(handle.pointer, &bytes, &count) == 1,
            let publicKey = Ed25519PublicKey(bytes)
        else { return nil }
        self.handle = handle
        self.publicKey = publicKey
    }

    /// Signs a text.
    ///
    /// - Parameter text: What is signed.
    /// - Returns: 64 bytes; `nil` where OpenSSL cannot.
    package func signature(for text: [UInt8]) -> [UInt8]? { handle.signature(for: text, hashedBy: nil) }
}
