// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing

@Suite("AES in CBC mode")
struct AESBlocksTests {
    /// NIST SP 800-38A, F.2.1 and F.2.2.
    private let key = bytes("2b7e151628aed2a6abf7158809cf4f3c")
    private let vector = bytes("000102030405060708090a0b0c0d0e0f")
    private let plain = bytes(
        """
        6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
        30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710
        """
    )
    private let sealed = bytes(
        """
        7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2
        73bed6b8e3c1743b7116e69e22229516 3ff1caa1681fac09120eca307586e1a7
        """
    )

    @Test("encrypts and decrypts as the standard does")
    func published() throws {
        let blocks = try #require(AESBlocks(key: key, vector: vector))
        #expect(blocks.encrypted(plain) == sealed)
        #expect(blocks.decrypted(sealed) == plain)
        #expect(blocks.encrypted([]) == [])
    }

    @Test("takes whole blocks alone, and keys and vectors of 16 bytes")
    func lengths() throws {
        let blocks = try #require(AESBlocks(key: key, vector: vector))
        #expect(blocks.encrypted(plain + [1]) == nil)
        #expect(blocks.decrypted(Array(sealed.dropLast())) == nil)
        #expect(AESBlocks(key: key + key, vector: vector) == nil)
        #expect(AESBlocks(key: [], vector: vector) == nil)
        #expect(AESBlocks(key: key, vector: []) == nil)
    }
}
