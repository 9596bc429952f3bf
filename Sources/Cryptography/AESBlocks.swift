// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CLibcrypto

/// AES-128 in CBC mode over whole blocks, for a sender that seals its checksums so; what fills up the last block is the
/// caller's, who can look at it without telling by the time what is wrong with it.
///
/// - SeeAlso: [NIST SP 800-38A](https://doi.org/10.6028/NIST.SP.800-38A), section 6.2
package struct AESBlocks: Sendable {
    /// The bytes of a block, of a key and of a vector.
    package static let blockLength = 16

    /// OpenSSL's own, looked for once; it lives as long as the process, and any thread may use it.
    private nonisolated(unsafe) static let cipher: OpaquePointer = {
        OpenSSL.begin()
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-128-CBC", nil) else {
            preconditionFailure("OpenSSL has no AES: look at what openssl.cnf switches off")
        }
        return unsafe cipher
    }()

    private let key: [UInt8]
    private let vector: [UInt8]

    /// Takes a key.
    ///
    /// - Parameters:
    ///   - key: 16 bytes; of any other number nothing comes back.
    ///   - vector: What the first block is combined with, 16 bytes.
    package init?(key: [UInt8], vector: [UInt8]) {
        guard key.count == Self.blockLength, vector.count == Self.blockLength else { return nil }
        self.key = key
        self.vector = vector
    }

    /// Encrypts.
    ///
    /// - Parameter blocks: A multiple of 16 bytes.
    /// - Returns: As many; `nil` where it is no such multiple.
    package func encrypted(_ blocks: [UInt8]) -> [UInt8]? { run(blocks, encrypts: true) }

    /// Decrypts.
    ///
    /// - Parameter blocks: A multiple of 16 bytes.
    /// - Returns: As many; `nil` where it is no such multiple.
    package func decrypted(_ blocks: [UInt8]) -> [UInt8]? { run(blocks, encrypts: false) }

    private func run(_ blocks: [UInt8], encrypts: Bool) -> [UInt8]? {
        guard blocks.count.isMultiple(of: Self.blockLength) else { return nil }
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        return unsafe [UInt8](unsafeUninitializedCapacity: blocks.count) { output, count in
            var written: CInt = 0
            let isDone =
                unsafe EVP_CipherInit_ex(context, Self.cipher, nil, key, vector, encrypts ? 1 : 0) == 1
                && EVP_CIPHER_CTX_set_padding(context, 0) == 1
                && EVP_CipherUpdate(context, output.baseAddress, &written, blocks, CInt(blocks.count)) == 1
            precondition(isDone && written == blocks.count, "OpenSSL has no memory for AES")
            count = blocks.count
        }
    }
}
