// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing

@Suite("Signatures of Ed25519")
struct Ed25519Tests {
    /// A key, a text and its signature.
    struct Row: Sendable {
        let seed: String
        let publicKey: String
        let text: String
        let signature: String
    }

    /// RFC 8032, section 7.1, tests 1, 2 and 3.
    static let rows = [
        Row(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            text: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        Row(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            text: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        Row(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            text: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]

    @Test("are made and verified as the RFC does", arguments: rows)
    func published(row: Row) throws {
        let key = try #require(Ed25519PrivateKey(seed: bytes(row.seed)))
        #expect(key.publicKey.bytes == bytes(row.publicKey))
        #expect(key.signature(for: bytes(row.text)) == bytes(row.signature))
        let publicKey = try #require(Ed25519PublicKey(bytes(row.publicKey)))
        #expect(publicKey.isValid(bytes(row.signature), for: bytes(row.text)))
    }

    @Test("are refused over another text, by another key and in another form")
    func forged() throws {
        let row = Self.rows[2]
        let key = try #require(Ed25519PublicKey(bytes(row.publicKey)))
        let other = try #require(Ed25519PublicKey(bytes(Self.rows[0].publicKey)))
        let (text, signature) = (bytes(row.text), bytes(row.signature))
        #expect(!key.isValid(signature, for: text + [0]))
        #expect(!other.isValid(signature, for: text))
        for index in signature.indices {
            var forged = signature
            forged[index] ^= 1
            #expect(!key.isValid(forged, for: text))
        }
        #expect(!key.isValid([], for: text))
        #expect(!key.isValid(signature + [0], for: text))
        #expect(!key.isValid(Array(signature.dropLast()), for: text))
        #expect(key.isValid(signature, for: text))
    }

    /// RFC 8032, section 5.1.7: S has to be less than the group's order; one that is larger by the order would verify, too.
    @Test("have one form alone")
    func malleability() throws {
        let row = Self.rows[2]
        let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var signature = bytes(row.signature)
        var carry = 0
        for index in order.indices {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(sum & 0xFF)
            carry = sum >> 8
        }
        let key = try #require(Ed25519PublicKey(bytes(row.publicKey)))
        #expect(carry == 0)
        #expect(!key.isValid(signature, for: bytes(row.text)))
    }

    @Test("need keys of 32 bytes", arguments: [0, 31, 33, 64])
    func lengths(count: Int) {
        let key = [UInt8](repeating: 7, count: count)
        #expect(Ed25519PublicKey(key) == nil)
        #expect(Ed25519PrivateKey(seed: key) == nil)
    }
}
