// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PartnerAPI

/// Joiners and selectors stay where the letters or emoji beside them need them, and nowhere else.
@Suite("Cleaning a parameter: joiners")
struct JoinerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String

        init(_ testDescription: String, _ text: String) {
            self.testDescription = testDescription
            self.text = text
        }
    }

    static let needed: [Row] = [
        Row("Malayalam chillu at a word's end", "രാജന്\u{200D}"),
        Row("Malayalam chillu before a space", "രാജന്\u{200D} വന്നു"),
        Row("Devanagari half letter at the end", "क्\u{200D}"),
        Row("Devanagari explicit virama", "क्\u{200C}ष"),
        Row("Marathi eyelash ra", "दर्\u{200D}या"),
        Row("Bengali ya-phalaa after ra", "র\u{200D}্য"),
        Row("Bengali khanda ta, the old way", "হঠাত্\u{200D}"),
        Row("Sinhala touching letters", "ශ්\u{200D}රී"),
        Row("Kannada part of a word", "ರಾಜ್\u{200C}ಕುಮಾರ್"),
        Row("Persian plural", "می\u{200C}خواهم خانه\u{200C}ها"),
        Row("Persian abbreviation", "۱۴۰۳ ه\u{200D}.ش"),
        Row("Khmer vowel that keeps its place", "ប៊\u{200C}ី"),
        Row("a family of emoji", "👩\u{200D}👩\u{200D}👧 ok"),
        Row("a heart on fire, with a selector before the joiner", "❤\u{FE0F}\u{200D}🔥"),
        Row("a skin tone before the joiner", "👩🏽\u{200D}🚀"),
        Row("an emoji's selector", "☎\u{FE0F} call"),
        Row("a keycap", "1\u{FE0F}\u{20E3}"),
        Row("a selector of a Japanese name", "葛\u{E0100}飾"),
        Row("the flag of Scotland", "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}"),
        Row("the narrow gap of Mongolian", "ᠠᠮ\u{180E}ᠠ"),
        Row("a Mongolian selector", "ᠠ\u{180B}ᠮ"),
    ]

    static let idle: [Row] = [
        Row("between Latin letters", "a\u{200D}b\u{200C}c"),
        Row("at a Latin word's end", "abc\u{200D}"),
        Row("a second one behind the first", "abc\u{200C}\u{200D}"),
        Row("between Devanagari letters without a virama", "अ\u{200C}ब"),
        Row("at a Persian word's end", "می\u{200C}"),
        Row("behind an emoji that nothing follows", "👩\u{200D} ok"),
        Row("a selector on nothing", "\u{FE0F}abc"),
        Row("a selector on a Latin letter", "a\u{FE0F}bc"),
        Row("a selector on a digit without a keycap", "1\u{FE0F}"),
        Row("tags without a flag", "abc\u{E0067}\u{E007F}"),
        Row("tags that do not end", "🏴\u{E0067}\u{E0062}"),
    ]

    private static func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

    @Test("stay where a script needs them", arguments: needed)
    func stay(row: Row) {
        #expect(Self.scalars(ParameterCleaning.clean(row.text)) == Self.scalars(row.text))
    }

    @Test("go where they change nothing", arguments: idle)
    func go(row: Row) {
        let visible = row.text.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
        #expect(Self.scalars(ParameterCleaning.clean(row.text)) == Array(visible))
    }

    @Test("cleaning twice is cleaning once, whatever stands beside what")
    func idempotent() {
        var generator = SystemRandomNumberGenerator()
        let texts = (Self.needed + Self.idle).map(\.text) + ["\u{200D}", "\u{200C}", "\u{3164}", " "]
        let pool: [Unicode.Scalar] = texts.flatMap { (text: String) -> [Unicode.Scalar] in Self.scalars(text) }
        for _ in 0..<2_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<8 { text.append(pool[Int.random(in: 0..<pool.count, using: &generator)]) }
            let once = ParameterCleaning.clean(String(text))
            #expect(Self.scalars(ParameterCleaning.clean(once)) == Self.scalars(once), "\(Self.scalars(String(text)))")
        }
    }
}
