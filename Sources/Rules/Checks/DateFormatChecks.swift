// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Liquid

/// Looks for the name of a time zone that is written into a format of `date` as a word.
///
/// The word stays whatever zone the time is shown in: `'%H:%M UTC'` says UTC of a time with an offset, too.
struct DateFormatChecks {
    private static let zones: Set<String> = [
        "UTC", "GMT", "IST", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "CET", "CEST", "EET", "EEST",
        "BST",
        "WAT", "CAT", "EAT", "SAST", "MSK", "PKT", "SGT", "HKT", "JST", "KST", "AEST", "AEDT", "NZST", "NZDT", "WIB",
    ]

    let rule: Rule

    /// - Returns: A warning at every such format, once for each text.
    func run() -> [Diagnostic] {
        rule.texts.compactMap { text in
            let formats = text.expression.template.textArguments(of: ["date"]).lazy.filter { $0.position == 0 }
            return formats.compactMap { Self.finding(in: $0, text.expression) }.first
        }
    }

    private static func finding(in format: LiquidTextArgument, _ expression: Expression) -> Diagnostic? {
        guard let word = zone(in: format.text) else { return nil }
        let before = format.text[..<word.startIndex]
        // A format of several lines is shown where it begins; the letters of the others stand behind their quote.
        let column = format.column + (before.contains("\n") ? 0 : 1 + before.count)
        let message =
            "found the word '\(word)' in a format of 'date', which stays whatever zone the time is in; expected %Z, and the zone as an argument"
        return Diagnostic(
            .zoneInFormat,
            at: expression.location(line: format.line, column: column),
            message,
            hint: "write `| date: '%H:%M %Z', 'UTC'`, or a zone such as 'Asia/Kolkata'"
        )
    }

    /// The first zone's name that stands as a word in a format.
    private static func zone(in format: String) -> Substring? {
        var rest = format[...]
        while let letter = rest.first {
            if letter == "%" {
                // A percent sign, flags and a letter are a directive; every other run of letters is a word.
                rest = rest.dropFirst().drop { !isLetter($0) && $0 != "%" }.dropFirst()
            } else if isLetter(letter) {
                let word = rest.prefix(while: isLetter)
                if zones.contains(String(word)) { return word }
                rest = rest[word.endIndex...]
            } else {
                rest.removeFirst()
            }
        }
        return nil
    }

    private static func isLetter(_ letter: Character) -> Bool { letter.isASCII && letter.isLetter }
}
