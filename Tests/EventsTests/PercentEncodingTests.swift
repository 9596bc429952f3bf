// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Events

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("everything but letters, digits and the marks that stay is encoded")
    func encoding() {
        #expect(PercentEncoding.encode("a-b_c.d~e /ü%") == "a-b_c.d~e%20%2F%C3%BC%25")
        #expect(PercentEncoding.encode("a b/ü", keeping: "/") == "a%20b/%C3%BC")
        #expect(PercentEncoding.encode("a-b_c", keeping: "") == "a%2Db%5Fc")
    }

    @Test(
        "decoding leaves what is no escape, and takes no sign for a digit",
        arguments: [
            ("a%20b", "a b"), ("%c3%BC", "ü"), ("100%", "100%"), ("%4", "%4"), ("%zz%+1%-1", "%zz%+1%-1"),
            ("%2541", "%41"),
            ("%41", "A"), ("a+b", "a+b"), ("", ""),
        ]
    )
    func decoding(text: String, expected: String) {
        #expect(String(decoding: PercentEncoding.decode(Array(text.utf8)[...]), as: UTF8.self) == expected)
    }

    @Test("a plus sign is a space where forms are read, and an encoded one is not")
    func plus() {
        let decoded = PercentEncoding.decode(Array("a+b%2Bc".utf8)[...], plusIsSpace: true)
        #expect(String(decoding: decoded, as: UTF8.self) == "a b+c")
    }
}
