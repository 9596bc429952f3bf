// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// A private key of RSA, for signatures with SHA-256 and the padding of PKCS #1 1.5.
package struct RSAPrivateKey: Sendable {
    private let handle: KeyHandle
    /// The half that verifies.
    package let publicKey: RSAPublicKey

    /// Reads a key.
    ///
    /// Nobody is asked for a passphrase: an encrypted key is none.
    ///
    /// - Parameter pem: A text with a private key in PEM, as PKCS #8 or PKCS #1, such as `openssl genrsa` writes it; other
    ///   blocks may stand before it. Of everything else nothing comes back, nor of a key that ``RSAPublicKey`` does not take
    ///   or whose halves do not belong together.
    package init?(pem: String) {
        var text = pem
        guard let handle = text.withUTF8({ unsafe Self.key(in: UnsafeRawBufferPointer($0)) }),
            let publicKey = RSAPublicKey(handle), Self.isWhole(handle)
        else { return nil }
        self.handle = handle
        self.publicKey = publicKey
    }

    /// Signs a text.
    ///
    /// - Parameter text: What is signed.
    /// - Returns: As many bytes as the key has; `nil` where OpenSSL cannot.
    package func signature(for text: [UInt8]) -> [UInt8]? { handle.signature(for: text, hashedBy: .sha256) }

    private static func key(in text: UnsafeRawBufferPointer) -> KeyHandle? {
        OpenSSL.begin()
        let memory = unsafe BIO_new_mem_buf(text.baseAddress, CInt(text.count))
        defer { unsafe BIO_free(memory) }
        // Without this OpenSSL would ask at the terminal.
        return unsafe KeyHandle(owning: PEM_read_bio_PrivateKey(memory, nil, { _, _, _, _ in -1 }, nil))
    }

    private static func isWhole(_ handle: KeyHandle) -> Bool {
        let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, handle.pointer, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_pairwise_check(context) == 1 else {
            OpenSSL.forgetErrors()
            return false
        }
        return true
    }
}
