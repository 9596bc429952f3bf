// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing

/// Bytes of hex digits.
func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap { $0.hexDigitValue.map { UInt8($0) } }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

@Suite("Hashes")
struct HashTests {
    /// A text and its hash.
    struct Row: Sendable, CustomTestStringConvertible {
        let function: HashFunction
        let text: [UInt8]
        let hash: String

        var testDescription: String { "\(function) of \(text.count) bytes" }

        init(_ function: HashFunction, _ text: String, _ hash: String) {
            (self.function, self.text, self.hash) = (function, Array(text.utf8), hash)
        }
    }

    private static let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

    /// NIST's examples of FIPS 180-4 (csrc.nist.gov, "Examples with intermediate values": SHA1, SHA256, SHA512), and those of the
    /// empty text and of a million letters from NESSIE's and RFC 6234's vectors.
    static let rows = [
        Row(.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        Row(.sha1, long, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        Row(.sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        Row(.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Row(.sha256, long, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        Row(.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Row(
            .sha256,
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
        Row(
            .sha512,
            "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
                + "454d4423643ce80e2a9ac94fa54ca49f"
        ),
        Row(
            .sha512,
            "",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f"
                + "63b931bd47417a81a538327af927da3e"
        ),
    ]

    @Test("are those that the standard computes", arguments: rows)
    func published(row: Row) {
        #expect(row.function.hash(row.text) == bytes(row.hash))
        #expect(row.function.byteCount == bytes(row.hash).count)
    }

    @Test("are the same on many threads at once")
    func threads() async {
        let rows = Self.rows.filter { $0.text.count < 100 }
        let isRight = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<64 {
                group.addTask {
                    (0..<100).allSatisfy { round in
                        let row = rows[(index + round) % rows.count]
                        return row.function.hash(row.text) == bytes(row.hash)
                    }
                }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(isRight)
    }
}

@Suite("Comparisons in constant time")
struct ConstantTimeTests {
    @Test("tell equal bytes from others, and from more and fewer")
    func equality() {
        let text = Array("a signature".utf8)
        #expect(ConstantTime.areEqual(text, text))
        #expect(ConstantTime.areEqual([], []))
        #expect(!ConstantTime.areEqual(text, []))
        #expect(!ConstantTime.areEqual(text, text + [0]))
        for index in text.indices {
            var other = text
            other[index] ^= 0x80
            #expect(!ConstantTime.areEqual(text, other))
        }
    }
}
