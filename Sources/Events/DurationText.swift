// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Time spans as rule files and the configuration write them.
package enum DurationText {
    /// What a diagnostic says is expected.
    package static let expectation = "a time span, such as '90s', '15m', '12h' or '30d'"
    /// The same as a regular expression of JSON Schema.
    package static let pattern = "^([0-9]{1,9}(ms|s|m|h|d|w))+$"

    private static let units: [(suffix: String, milliseconds: Int)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000),
    ]

    /// Reads a time span.
    ///
    /// - Parameter text: Whole numbers with units, such as `1h30m`.
    /// - Returns: `nil` for anything else and beyond ten years.
    package static func parse(_ text: String) -> Duration? {
        var rest = Substring(text)
        var milliseconds = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            let suffix = rest.prefix { ("a"..."z").contains($0) }
            rest = rest.dropFirst(suffix.count)
            guard digits.count <= 9, let count = Int(digits),
                let unit = units.first(where: { $0.suffix == suffix })
            else { return nil }
            milliseconds += count * unit.milliseconds
            guard milliseconds <= 10 * 366 * 86_400_000 else { return nil }
        }
        return .milliseconds(milliseconds)
    }

    /// What helps somebody who wrote a text that is no time span.
    ///
    /// - Parameter text: What was written.
    /// - Returns: `nil` where nothing is known.
    package static func advice(for text: String) -> String? {
        guard parse(text) == nil, !text.isEmpty else { return nil }
        if text.allSatisfy({ ("0"..."9").contains($0) }) {
            return "give a unit: '\(text)s' for seconds, '\(text)m' for minutes"
        }
        let joined = text.lowercased().filter { $0 != " " }
        let short = Self.words.reduce(joined) { $0.replacing($1.word, with: $1.unit) }
        if short != text, parse(short) != nil { return "write '\(short)'" }
        let letters = short.split { ("0"..."9").contains($0) }
        let isSpan =
            short.first?.isNumber == true && letters.allSatisfy { word in units.contains { $0.suffix == word } }
        return isSpan && short.last?.isLetter == true ? "ten years (3660d) are the most" : nil
    }

    /// Words for units, the longer ones first.
    private static let words: [(word: String, unit: String)] = [
        ("seconds", "s"), ("second", "s"), ("minutes", "m"), ("minute", "m"), ("hours", "h"), ("hour", "h"),
        ("days", "d"), ("day", "d"), ("weeks", "w"), ("week", "w"), ("min", "m"), ("sec", "s"),
    ]

    /// Writes a time span in the same form: the largest unit first, `0s` for nothing.
    package static func write(_ duration: Duration) -> String {
        var rest = Int(duration.components.seconds)
        var text = ""
        for (suffix, milliseconds) in units.reversed() where milliseconds >= 1_000 && suffix != "w" {
            let (count, remainder) = rest.quotientAndRemainder(dividingBy: milliseconds / 1_000)
            if count > 0 { text += "\(count)\(suffix)" }
            rest = remainder
        }
        return text.isEmpty ? "0s" : text
    }

    /// Writes about how long something lasted, for people: no seconds beside hours, and no minutes beside days.
    package static func about(_ duration: Duration) -> String {
        let seconds = max(0, Int(duration.components.seconds))
        let grain = seconds >= 86_400 ? 3_600 : seconds >= 3_600 ? 60 : 1
        return write(.seconds(seconds / grain * grain))
    }
}
