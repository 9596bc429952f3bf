// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing

@Suite("Keyed hashes")
struct KeyedHashTests {
    /// A key, a text and their code.
    struct Row: Sendable {
        let function: HashFunction
        let key: [UInt8]
        let text: [UInt8]
        let code: String
    }

    private static let afterwards = Array("what do ya want for nothing?".utf8)
    private static let largeKey = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)

    /// RFC 2202, section 3 (SHA-1, cases 1, 2, 3 and 6), and RFC 4231, section 4 (SHA-256 and SHA-512, cases 1, 2, 3 and 6).
    static let rows: [Row] = [
        Row(
            function: .sha1,
            key: [UInt8](repeating: 0x0B, count: 20),
            text: Array("Hi There".utf8),
            code: "b617318655057264e28bc0b6fb378c8ef146be00"
        ),
        Row(
            function: .sha1,
            key: Array("Jefe".utf8),
            text: afterwards,
            code: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        ),
        Row(
            function: .sha1,
            key: [UInt8](repeating: 0xAA, count: 20),
            text: [UInt8](repeating: 0xDD, count: 50),
            code: "125d7342b9ac11cd91a39af48aa17b4f63f175d3"
        ),
        Row(
            function: .sha1,
            key: [UInt8](repeating: 0xAA, count: 80),
            text: largeKey,
            code: "aa4ae5e15272d00e95705637ce8a3b55ed402112"
        ),
        Row(
            function: .sha256,
            key: [UInt8](repeating: 0x0B, count: 20),
            text: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        Row(
            function: .sha256,
            key: Array("Jefe".utf8),
            text: afterwards,
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        Row(
            function: .sha256,
            key: [UInt8](repeating: 0xAA, count: 20),
            text: [UInt8](repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        Row(
            function: .sha256,
            key: [UInt8](repeating: 0xAA, count: 131),
            text: largeKey,
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        Row(
            function: .sha512,
            key: Array("Jefe".utf8),
            text: afterwards,
            code: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
        ),
        Row(
            function: .sha512,
            key: [UInt8](repeating: 0xAA, count: 131),
            text: largeKey,
            code: "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
        ),
    ]

    @Test("are those that the RFCs compute, whatever pieces the text comes in", arguments: rows)
    func published(row: Row) {
        let key = KeyedHash(row.function, key: row.key)
        #expect(key.code(over: row.text) == bytes(row.code))
        let middle = row.text.count / 2
        #expect(key.code(over: [Array(row.text[..<middle]), [], Array(row.text[middle...])]) == bytes(row.code))
        #expect(key.isValid(bytes(row.code), for: row.text))
    }

    /// From Python's `hmac.new(b"", b"", "sha256")`, which is what RFC 2104 says of a key of no bytes.
    @Test("take a key of no bytes and a text of none")
    func empty() {
        let code = bytes("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        #expect(KeyedHash(.sha256, key: []).code(over: []) == code)
        #expect(KeyedHash(.sha256, key: []).code(over: [] as [[UInt8]]) == code)
    }

    @Test("are refused with any other bit, byte or length", arguments: rows.prefix(1) + rows.suffix(1))
    func forged(row: Row) {
        let key = KeyedHash(row.function, key: row.key)
        let code = bytes(row.code)
        for index in code.indices {
            var other = code
            other[index] ^= 1
            #expect(!key.isValid(other, for: row.text))
        }
        #expect(!key.isValid(Array(code.dropLast()), for: row.text))
        #expect(!key.isValid(code + [0], for: row.text))
        #expect(!key.isValid([], for: row.text))
        #expect(!key.isValid(code, for: row.text + [0]))
    }

    @Test("of one key are made on many threads at once")
    func threads() async {
        let row = Self.rows[5]
        let key = KeyedHash(row.function, key: row.key)
        let isRight = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask { (0..<100).allSatisfy { _ in key.code(over: row.text) == bytes(row.code) } }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(isRight)
    }
}
