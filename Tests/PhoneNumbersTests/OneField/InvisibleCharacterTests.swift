// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PhoneNumbers

/// What comes along when a number is copied from somewhere.
@Suite("Invisible characters in numbers")
struct InvisibleCharacterTests {
    @Test(
        "what shows nothing is skipped, wherever it stands",
        arguments: [
            "\u{FE0D}", "\u{FE0F}", "\u{E0100}", "\u{FFFC}", "\u{3164}", "\u{115F}", "\u{FFA0}", "\u{034F}",
            "\u{2800}", "\u{200B}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{00AD}", "\u{061C}", "\u{202D}",
            "\u{2066}", "\u{180E}", "\u{17B4}",
        ] as [Unicode.Scalar]
    )
    func skipped(scalar: Unicode.Scalar) {
        for text in [
            "\(scalar)+91 98450 61237", "+\(scalar)91 98450 61237", "+91\(scalar)98450 61237",
            "+91 98450 61237\(scalar)",
            "+91 98450 61\(scalar)237",
        ] {
            #expect(WrittenRow(text, nil, "").actual == "919845061237")
        }
    }

    @Test("digits of keycaps are digits, and every plus is a plus")
    func emoji() {
        #expect(WrittenRow("➕9\u{FE0F}\u{20E3}1 98450 61237", nil, "").actual == "919845061237")
        #expect(WrittenRow("\u{FE62}91 98450 61237", nil, "").actual == "919845061237")
    }

    @Test(
        "what is no part of a number is named in the reason",
        arguments: [
            ("98450*61237", "is not a phone number: found '*' (U+002A)"),
            ("98450\u{0007}61237", "is not a phone number: found U+0007"),
            ("98450\u{0301}61237", "is not a phone number: found U+0301, COMBINING ACUTE ACCENT"),
            ("98450x61237x1", "has letters in it: found 'x' (U+0078)"),
            ("98450 ④ 61237", "is not a phone number: found '④' (U+2463)"),
        ]
    )
    func named(text: String, words: String) {
        let error = #expect(throws: PhoneNumberError.self) { try PhoneNumber(text, country: "IN") }
        #expect(error?.description.hasSuffix(words) == true, "\(error?.description ?? "no error")")
    }
}
