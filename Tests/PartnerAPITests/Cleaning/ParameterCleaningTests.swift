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
        Row(testDescription: "the sign of a lost character goes", text: "Note \u{FFFD} a\u{FFFD}b", cleaned: "Note ab"),
        Row(testDescription: "joiners at a word's end go", text: "a\u{200D} \u{200C}b", cleaned: "a b"),
    ]

    @Test("leaves one clean line", arguments: rows)
    func cleans(row: Row) {
        #expect(Array(ParameterCleaning.clean(row.text).unicodeScalars) == Array(row.cleaned.unicodeScalars))
        #expect(ParameterCleaning.clean(row.cleaned) == row.cleaned)
    }

    static let lines: [Row] = [
        Row(
            testDescription: "lines, blanks and tabs stay",
            text: " a\r\n\tb  \u{A0}c\n",
            cleaned: " a\r\n\tb  \u{A0}c\n"
        ),
        Row(
            testDescription: "what turns the text behind it around goes",
            text: "a\u{202E}b\u{2066}c\u{2069}",
            cleaned: "abc"
        ),
        Row(
            testDescription: "marks of direction stay",
            text: "שלום\u{200E}!\u{200F}",
            cleaned: "שלום\u{200E}!\u{200F}"
        ),
        Row(testDescription: "controls go", text: "a\u{0}b\u{7}\u{7F}\u{85}\u{9B}c", cleaned: "abc"),
        Row(testDescription: "zero-width characters go", text: "\u{FEFF}a\u{200B}b", cleaned: "ab"),
        Row(testDescription: "half an emoji goes", text: "Cup \u{FFFD}\nfor you", cleaned: "Cup \nfor you"),
        Row(testDescription: "fillers become a space", text: "Kim\u{3164}Minsu", cleaned: "Kim Minsu"),
        Row(
            testDescription: "joiners stay where they are needed",
            text: "👩\u{200D}👧 क्\u{200D}ष ❤\u{FE0F}",
            cleaned: "👩\u{200D}👧 क्\u{200D}ष ❤\u{FE0F}"
        ),
    ]

    @Test("of several lines leaves them, and what can be seen", arguments: lines)
    func cleansLines(row: Row) {
        #expect(Array(ParameterCleaning.cleanLines(row.text).unicodeScalars) == Array(row.cleaned.unicodeScalars))
        #expect(ParameterCleaning.cleanLines(row.cleaned) == row.cleaned)
    }
}
