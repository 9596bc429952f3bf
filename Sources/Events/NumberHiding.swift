// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Hides what could be a phone number in words that others wrote, before they get into a log, a reason or a record.
///
/// The one place that does so.
package enum NumberHiding {
    /// The shortest run of digits that is hidden; shorter ones are codes, counts and statuses.
    static let shortest = 7
    /// What stands between the digits of a number as people write it.
    private static let dividers: Set<Character> = [
        ".", "-", "(", ")", "/", "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2212}", "\u{B7}", "\u{2022}",
    ]

    /// Hides runs of seven or more digits of any script, also when one or two spaces, dots, dashes, brackets or
    /// characters that nobody sees divide them. A date such as `2026-01-15` stays.
    ///
    /// - Parameter text: Any text.
    /// - Returns: The same with `[number]` in place of each of them.
    package static func hide(in text: String) -> String {
        var shown = ""
        var run = ""
        var divided = 0
        for character in text {
            let divides = !run.isEmpty && divided < 2 && isDivider(character)
            if isDigit(character) || divides {
                run.append(character)
                divided = divides && !isInvisible(character) ? divided + 1 : (divides ? divided : 0)
            } else {
                shown += hidden(run)
                shown.append(character)
                (run, divided) = ("", 0)
            }
        }
        return shown + hidden(run)
    }

    /// A digit, whatever invisible marks stand on it.
    private static func isDigit(_ character: Character) -> Bool {
        character.isNumber || character.unicodeScalars.first?.properties.numericType == .decimal
    }

    private static func isDivider(_ character: Character) -> Bool {
        dividers.contains(character) || character.isWhitespace || isInvisible(character)
    }

    private static func isInvisible(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy { $0.properties.isDefaultIgnorableCodePoint }
    }

    /// A run as it may be shown; the dividers at its end belong to what follows.
    private static func hidden(_ run: String) -> String {
        if let date = run.prefixMatch(of: #/(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?![0-9])/#) {
            let rest = run[date.range.upperBound...]
            let gap = rest.prefix { !isDigit($0) }
            return date.output + gap + hidden(String(rest.dropFirst(gap.count)))
        }
        guard run.count(where: isDigit) >= shortest, let last = run.lastIndex(where: isDigit) else { return run }
        return "[number]" + run[run.index(after: last)...]
    }
}
