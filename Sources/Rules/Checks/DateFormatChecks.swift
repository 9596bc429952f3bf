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
            let source = text.expression.template.source
            guard source.contains("date"), let (word, offset) = Self.zone(in: source) else { return nil }
            let before = source[..<offset]
            let line = before.count { $0 == "\n" } + 1
            let start = before.lastIndex(of: "\n").map(before.index(after:)) ?? before.startIndex
            let column = before.distance(from: start, to: offset)
            let message =
                "found the word '\(word)' in a format of 'date', which stays whatever zone the time is in; expected %Z, and the zone as an argument"
            return Diagnostic(
                .zoneInFormat,
                at: text.expression.location(line: line, column: column + 1),
                message,
                hint: "write `| date: '%H:%M %Z', 'UTC'`, or a zone such as 'Asia/Kolkata'"
            )
        }
    }

    /// The first zone's name that stands as a word in a quoted format, and where.
    private static func zone(in source: String) -> (word: String, offset: String.Index)? {
        let formats = /\|\s*date\s*:\s*(?:'([^']*)'|"([^"]*)")/
        for match in source.matches(of: formats) {
            guard let format = match.output.1 ?? match.output.2 else { continue }
            // What follows a percent sign is a directive; every other run of letters is a word.
            for word in format.matches(of: /%[^A-Za-z%]*.|[A-Za-z]+/) where zones.contains(String(word.output)) {
                return (String(word.output), word.range.lowerBound)
            }
        }
        return nil
    }
}
