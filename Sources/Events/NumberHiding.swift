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

    /// Hides runs of seven or more digits of any script.
    ///
    /// One or two spaces, dots, dashes, brackets or characters that nobody sees may divide them. A date such as
    /// `2026-01-15` stays.
    ///
    /// - Parameter text: Any text.
    /// - Returns: The same with `[number]` in place of each of them.
    package static func hide(in text: String) -> String {
        guard mayHoldNumber(text) else { return text }
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

    /// Whether seven digits stand in a row, with anything but ASCII letters between them: most texts have none such.
    ///
    /// Every character beyond ASCII may be a digit, and counts for one.
    private static func mayHoldNumber(_ text: String) -> Bool {
        var digits = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), 0xC0...: digits += 1
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): digits = 0
            default: break
            }
            if digits >= shortest { return true }
        }
        return false
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
        guard run.utf8.count >= shortest, run.count(where: isDigit) >= shortest,
            let last = run.lastIndex(where: isDigit)
        else { return run }
        if beginsWithDate(run) {
            let rest = run.dropFirst(dateLength)
            let gap = rest.prefix { !isDigit($0) }
            return run.prefix(dateLength) + gap + hidden(String(rest.dropFirst(gap.count)))
        }
        return "[number]" + run[run.index(after: last)...]
    }

    private static let dateLength = "2026-01-15".utf8.count

    /// Whether a run begins with a day of our centuries, such as `2026-01-15`, and no digit follows.
    private static func beginsWithDate(_ run: String) -> Bool {
        let bytes = Array(run.utf8.prefix(dateLength + 1))
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard bytes.count >= dateLength, bytes.count == dateLength || !isDigit(bytes[dateLength]) else { return false }
        let parts = bytes.prefix(dateLength).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy(isDigit) }) else { return false }
        let numbers = parts.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        return (1_900...2_099).contains(numbers[0]) && (1...12).contains(numbers[1]) && (1...31).contains(numbers[2])
    }
}
