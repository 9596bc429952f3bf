// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import Testing

/// The private keys of `Fixtures` are of these tests alone: `pkcs1.pem` and the encrypted ones (passphrase `secret`) are
/// `sender-key.pem` of `WebhooksTests`, as `openssl rsa -traditional` and `openssl pkey -aes128` write it.
@Suite("Signatures of RSA")
struct RSATests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    /// NIST CAVP, FIPS 186-3, SigGen15_186-3.rsp: the first text of 2048 bits with SHA-256, its modulus and exponent as a
    /// SubjectPublicKeyInfo.
    private static let publicKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBITANBgkqhkiG9w0BAQEFAAOCAQ4AMIIBCQKCAQEApWTT0GvkaKRpWNVrtIhO
        LEwo9Ti34V3zUzBQUXd4nT4deSrXrsf8gKjMz37UAwRxEAQBckvUY2qKgkQYDMZV
        4lbADneO/ovqVatS06VXB141A51ofMB1W5OaRKcwM6Cm8J0taufmWTOAcYvgCBTS
        BWex19SLYzc15CMBf/CntAbYIvRfu00jQCjKeKu3ArGPzOE9L2kUjvWE6aryg8qr
        OPaUbTQtYAxud7c3CgX/MC5Ug7D6rTED0LPoycjp7KHUqHG9vQlYXrANw6SIJxz2
        o7dn5o6pvSyD6Mif0EfxeRXPakwFu5Iit+RHDfXz8aKDJMGq/LsiNtIpMEHRKLDh
        XwICEAE=
        -----END PUBLIC KEY-----
        """
    private static let text = bytes(
        """
        8f51ec6359d7efe1898274fa89ea4a91b8bbf95e05fef84bbc9a201e9f1a615939b0b45e6f7a50d7580521554f107637
        4692face5dfee5bfb3c573a87b1c96065301e756d278e37a601b545f4bd10ddd17dedade151cb7c33787400322ff6915
        854a6f91a9590f924accf55ea6b87749d3a783d655e0d620f0e96f78bb4b4450
        """
    )
    private static let signature = bytes(
        """
        795b0d51721469dcdf14df08eacaa83af79c2734226b3c8e048cbc4bd44ed7dc6c1efaefe1c71f017a87641827a0d3af
        287e8c27efa7cebfc9435efc7f6eab1e373551887217d08313e8ae5ef0b0efcb87c49c1f2898fcc117ac7db229d34bd4
        ac39a4f91377f4b5a038338e7d4cf530e4e00ff67bf257e27e55fa6d2c0eb21ad0bcfd65f9ea760a440cab4f904d4b81
        7604289bc8ff96fb07c0a23b5d31abffa706241d47fb42ef09b7bec820e6076ebe7e1e0f4eefe755bab2cbcae557aab8
        208bb681d5381c1d09b4ccf1100f33cad1990efb507062ea51de3dfae0821f106b4b052244c379d0d32de7a56ee17a7d
        9a5dca2b472f0d3eefa05f4e02fc0295
        """
    )

    private func fixture(_ name: String) throws -> String {
        try String(contentsOf: Self.fixtures.appending(path: name), encoding: .utf8)
    }

    /// One element of DER.
    private func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length = content.count
        let head: [UInt8] = length < 128 ? [UInt8(length)] : [0x82, UInt8(length >> 8), UInt8(length & 0xFF)]
        return [tag] + head + content
    }

    /// PKCS #1's RSAPublicKey with numbers of any kind.
    private func pkcs1(_ modulus: [UInt8], _ exponent: [UInt8]) -> [UInt8] {
        element(0x30, element(0x02, [0] + modulus) + element(0x02, exponent))
    }

    /// A number of so many bits.
    private func modulus(_ bits: Int, last: UInt8 = 0x35) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xC5, count: bits / 8)
        bytes[bits / 8 - 1] = last
        return bytes
    }

    @Test("are verified as the standard does")
    func published() throws {
        let key = try #require(RSAPublicKey(pem: Self.publicKey))
        #expect(key.isValid(Self.signature, for: Self.text))
        #expect(key.pem == Self.publicKey)
    }

    @Test("are refused over another text and in another form")
    func forged() throws {
        let key = try #require(RSAPublicKey(pem: Self.publicKey))
        #expect(!key.isValid(Self.signature, for: Self.text + [0]))
        for index in stride(from: 0, to: Self.signature.count, by: 17) {
            var forged = Self.signature
            forged[index] ^= 1
            #expect(!key.isValid(forged, for: Self.text))
        }
        #expect(!key.isValid([], for: Self.text))
        #expect(!key.isValid(Self.signature + [0], for: Self.text))
        #expect(!key.isValid(Array(Self.signature.dropLast()), for: Self.text))
        #expect(key.isValid(Self.signature, for: Self.text))
    }

    @Test("are made by PKCS #1's and PKCS #8's form of a key alike")
    func forms() throws {
        let signatures = try ["pkcs1.pem", "../../WebhooksTests/Fixtures/sender-key.pem"].map { name in
            let key = try #require(RSAPrivateKey(pem: try fixture(name)))
            let signature = try #require(key.signature(for: Self.text))
            #expect(key.publicKey.isValid(signature, for: Self.text))
            #expect(RSAPublicKey(pem: key.publicKey.pem)?.isValid(signature, for: Self.text) == true)
            return signature
        }
        #expect(signatures[0] == signatures[1])
    }

    @Test("may have a key with lines before it, and white space around it")
    func around() throws {
        let text = try fixture("pkcs1.pem")
        #expect(RSAPrivateKey(pem: "Bag Attributes\n\n" + Self.publicKey + "\n" + text) != nil)
        #expect(RSAPublicKey(pem: "\n  " + Self.publicKey + "\r\n\n") != nil)
    }

    @Test(
        "need a private key that is whole, long enough, of RSA and not encrypted; nobody is asked for a passphrase",
        arguments: ["encrypted-pkcs1.pem", "encrypted-pkcs8.pem", "short.pem", "elliptic.pem"]
    )
    func privateKeys(name: String) throws {
        #expect(RSAPrivateKey(pem: try fixture(name)) == nil)
        #expect(RSAPublicKey(pem: try fixture(name)) == nil)
    }

    @Test("are by no private key with a changed number", arguments: [3, 9, 13, 20, 23])
    func changed(line: Int) throws {
        var lines = try fixture("pkcs1.pem").components(separatedBy: "\n")
        let place = lines[line].index(lines[line].startIndex, offsetBy: 9)
        let other = lines[line][place] == "A" ? "B" : "A"
        lines[line].replaceSubrange(place...place, with: other)
        #expect(RSAPrivateKey(pem: lines.joined(separator: "\n")) == nil)
    }

    /// A text that is no key, and what is wrong with it.
    struct Wrong: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String

        init(_ what: String, _ text: String) { (testDescription, self.text) = (what, text) }
    }

    @Test(
        "need a text that is a key and nothing else",
        arguments: [
            Wrong("nothing", ""), Wrong("white space", " \n"), Wrong("a word", "hello"),
            Wrong("a beginning", "-----BEGIN PUBLIC KEY-----"),
            Wrong("no bytes", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"),
            Wrong("other bytes", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
            Wrong("a line before it", "x\n" + publicKey), Wrong("a line behind it", publicKey + "\nx"),
            Wrong("two keys", publicKey + "\n" + publicKey), Wrong("no end", String(publicKey.dropLast(5))),
            Wrong("filled up in the middle", publicKey.replacing("MIIBITAN", with: "MIIBITA=")),
            Wrong("another end", publicKey.replacing("END PUBLIC", with: "END PRIVATE")),
            Wrong("bytes behind the key", publicKey.replacing("XwICEAE=", with: "XwICEAEA\nAAAA")),
        ]
    )
    func texts(wrong: Wrong) {
        #expect(RSAPublicKey(pem: wrong.text) == nil)
        #expect(RSAPrivateKey(pem: wrong.text) == nil)
    }

    @Test("need a key of 2048 to 8192 bits with an odd modulus and an odd exponent of 3 to 33 bits' length")
    func numbers() {
        let usual: [UInt8] = [1, 0, 1]
        #expect(RSAPublicKey(der: pkcs1(modulus(2_048), usual)) != nil)
        #expect(RSAPublicKey(der: pkcs1(modulus(8_192), usual)) != nil)
        #expect(RSAPublicKey(der: pkcs1(modulus(2_048), [3])) != nil)
        #expect(RSAPublicKey(der: pkcs1(modulus(2_048), [1, 0, 0, 0, 1])) != nil)
        #expect(RSAPublicKey(der: pkcs1(modulus(1_024), usual)) == nil)
        #expect(RSAPublicKey(der: pkcs1(modulus(2_040), usual)) == nil)
        #expect(RSAPublicKey(der: pkcs1(modulus(8_200), usual)) == nil)
        #expect(RSAPublicKey(der: pkcs1(modulus(2_048, last: 0x34), usual)) == nil)
        for exponent in [[0], [1], [2], [1, 0, 0], [2, 0, 0, 0, 1], [UInt8](repeating: 1, count: 32)] as [[UInt8]] {
            #expect(RSAPublicKey(der: pkcs1(modulus(2_048), exponent)) == nil, "\(exponent)")
        }
    }

    @Test("need DER that ends where the key does, and is not for other signatures alone")
    func der() throws {
        let key = pkcs1(modulus(2_048), [1, 0, 1])
        #expect(RSAPublicKey(der: key + [0]) == nil)
        #expect(RSAPublicKey(der: Array(key.dropLast())) == nil)
        #expect(RSAPublicKey(der: []) == nil)
        #expect(RSAPublicKey(pem: try fixture("pss-public.pem")) == nil)
    }
}
