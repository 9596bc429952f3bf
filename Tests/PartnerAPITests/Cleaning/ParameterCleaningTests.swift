// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PartnerAPI

@Suite("Cleaning a parameter")
struct ParameterCleaningTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let cleaned: String
    }

    static let rows: [Row] = [
        Row(testDescription: "plain text stays", text: "₹1,250.00 for Zoë", cleaned: "₹1,250.00 for Zoë"),
        Row(testDescription: "line breaks become a space", text: "a\r\nb\u{2028}c\u{85}d", cleaned: "a b c d"),
        Row(testDescription: "tabs and runs become a space", text: "a\t \u{A0}  b", cleaned: "a b"),
        Row(testDescription: "ends are trimmed", text: " \n a \t", cleaned: "a"),
        Row(testDescription: "bidirectional controls go", text: "a\u{202E}b\u{2066}c\u{200F}", cleaned: "abc"),
        Row(testDescription: "zero-width characters go", text: "\u{FEFF}a\u{200B}b\u{2060}", cleaned: "ab"),
        Row(testDescription: "control characters become a space", text: "a\u{0}\u{7}b", cleaned: "a b"),
        Row(testDescription: "what is invisible is empty", text: "\u{200B} \u{200D}\n\u{200C}", cleaned: ""),
        Row(testDescription: "emoji keep their joiners", text: "👩\u{200D}👧 ok", cleaned: "👩\u{200D}👧 ok"),
        Row(testDescription: "Indic words keep their joiners", text: "क्\u{200D}ष", cleaned: "क्\u{200D}ष"),
        Row(testDescription: "joiners at a word's end go", text: "a\u{200D} \u{200C}b", cleaned: "a b"),
    ]

    @Test("leaves one clean line", arguments: rows)
    func cleans(row: Row) {
        #expect(Array(ParameterCleaning.clean(row.text).unicodeScalars) == Array(row.cleaned.unicodeScalars))
        #expect(ParameterCleaning.clean(row.cleaned) == row.cleaned)
    }
}
