// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Reads a date that is written in one known way: `%d/%m/%Y %H:%M`, the directives of `strptime`.
///
/// Names of months and days are English, or those of a language that is given.
///
/// White space stands for any white space; every other character for itself.
struct DatePattern {
    /// What a text says so far.
    struct Parts {
        var year: Int?
        var month = 1
        var day = 1
        var hour: Int?
        var minute = 0
        var second = 0
        var nanoseconds = 0
        var isAfternoon: Bool?
        var offset: Int?
        var seconds: Int?
    }

    private let pattern: [Character]

    private let words: DateWords

    private static let compounds: [Character: String] = [
        "F": "%Y-%m-%d", "T": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y", "r": "%I:%M:%S %p",
    ]

    /// A way of writing dates.
    ///
    /// - Parameters:
    ///   - text: Directives and what stands between them.
    ///   - names: The words of a language that is read beside English; `nil` for English alone.
    /// - Throws: An error of code `argument` for a directive that cannot be read, and for a text without any.
    init(_ text: String, _ names: DateNames? = nil) throws(LiquidError) {
        var pattern: [Character] = []
        var isDirective = false
        var count = 0
        for character in text {
            if isDirective {
                isDirective = false
                if character == "-" {
                    isDirective = true
                    continue
                }
                guard "YymdeHkIlMSLNpPbBhaAzs%FTRDr".contains(character) else {
                    throw .argument("'%\(character)' cannot be read from a date; expected such as '%d/%m/%Y %H:%M'")
                }
                count += 1
                pattern += Array(Self.compounds[character] ?? "%\(character)")
            } else if character == "%" {
                isDirective = true
            } else {
                pattern.append(character)
            }
        }
        guard count > 0, !isDirective else {
            throw .argument("'from' must say how the date is written, such as '%d/%m/%Y %H:%M', not '\(text)'")
        }
        self.pattern = pattern
        words = names.map { DateWords($0) } ?? .english
    }

    /// Reads a text as a whole.
    ///
    /// - Parameters:
    ///   - text: The date.
    ///   - currentYear: The year where the pattern has none.
    /// - Returns: `nil` for a text of another form and for a date that does not exist.
    func read(_ text: String, currentYear: Int) -> (microseconds: Int, nanoseconds: Int, offset: Int?, hasTime: Bool)? {
        var rest = Array(text.lowercased())[...]
        var parts = Parts()
        var index = 0
        while index < pattern.count {
            let character = pattern[index]
            index += 1
            if character == "%", index < pattern.count {
                guard take(pattern[index], &rest, &parts) else { return nil }
                index += 1
                // The full stop of a short name that the pattern leaves out: `15 janv. 2026` by `%d %b %Y`.
                if "bBhaA".contains(pattern[index - 1]), rest.first == ".", !pattern[index...].starts(with: ".") {
                    rest = rest.dropFirst()
                }
            } else if character.isWhitespace {
                rest = rest.drop { $0.isWhitespace }
            } else {
                guard rest.first == Character(character.lowercased()) else { return nil }
                rest = rest.dropFirst()
            }
        }
        return rest.isEmpty ? parts.result(currentYear) : nil
    }

    private func take(_ directive: Character, _ rest: inout ArraySlice<Character>, _ parts: inout Parts) -> Bool {
        switch directive {
        case "Y": return Self.number(4, &rest) { parts.year = $0 }
        case "y": return Self.number(2, &rest) { parts.year = $0 < 69 ? 2_000 + $0 : 1_900 + $0 }
        case "m": return Self.number(2, &rest) { parts.month = $0 }
        case "d", "e": return Self.number(2, &rest) { parts.day = $0 }
        case "H", "k": return Self.number(2, &rest) { parts.hour = $0 }
        case "I", "l":
            return Self.number(2, &rest) {
                parts.hour = $0
                parts.isAfternoon = parts.isAfternoon ?? false
            }
        case "M": return Self.number(2, &rest) { parts.minute = $0 }
        case "S": return Self.number(2, &rest) { parts.second = $0 }
        case "s": return Self.number(12, &rest) { parts.seconds = $0 }
        case "L", "N": return Self.fraction(&rest, &parts)
        case "%":
            guard rest.first == "%" else { return false }
            rest = rest.dropFirst()
            return true
        default: return takeWord(directive, &rest, &parts)
        }
    }

    private func takeWord(
        _ directive: Character,
        _ rest: inout ArraySlice<Character>,
        _ parts: inout Parts
    ) -> Bool {
        switch directive {
        case "b", "B", "h":
            guard let month = DateWords.take(words.months, &rest) else { return false }
            parts.month = month + 1
        case "a", "A": return DateWords.take(words.weekdays, &rest) != nil
        case "p", "P":
            guard let half = DateWords.take(words.halves, &rest) else { return false }
            parts.isAfternoon = half == 1
        default:
            let zone = rest.prefix { $0.isNumber || "+-:z".contains($0) }
            guard let offset = DateScanner.offset(String(zone).uppercased()) else { return false }
            parts.offset = offset
            rest = rest.dropFirst(zone.count)
        }
        return true
    }

    private static func number(_ width: Int, _ rest: inout ArraySlice<Character>, _ set: (Int) -> Void) -> Bool {
        rest = rest.drop { $0 == " " }
        let digits = rest.prefix(width).prefix { $0.isASCII && $0.isNumber }
        guard let value = Int(String(digits)) else { return false }
        set(value)
        rest = rest.dropFirst(digits.count)
        return true
    }

    private static func fraction(_ rest: inout ArraySlice<Character>, _ parts: inout Parts) -> Bool {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let value = Int((String(digits) + "000000000").prefix(9)) else { return false }
        parts.nanoseconds = value
        rest = rest.dropFirst(digits.count)
        return true
    }
}

/// The words that are read in a date, with the number of what they name; in small letters.
struct DateWords {
    typealias Words = [(text: [Character], number: Int)]

    let months: Words
    let weekdays: Words
    let halves: Words

    static let english = DateWords(.english)

    /// The words of a language, and those of English behind them.
    init(_ names: DateNames) {
        let all = [names, .english]
        months = all.flatMap { Self.words($0.months, $0.shortMonths, $0.standaloneMonths) }
        weekdays = all.flatMap { Self.words($0.weekdays, $0.shortWeekdays) }
        halves = all.flatMap { Self.words([$0.morning, $0.afternoon]) }
    }

    private static func words(_ lists: [String]...) -> Words {
        lists.flatMap { list in
            list.enumerated().map { (Array($1.lowercased().trimmingSuffix(".")), $0) }
        }
    }

    /// Takes the longest word that a text begins with, where no letter follows it.
    static func take(_ words: Words, _ rest: inout ArraySlice<Character>) -> Int? {
        var best: (text: [Character], number: Int)?
        for word in words where word.text.count > best?.text.count ?? 0 && rest.starts(with: word.text) { best = word }
        guard let best, rest.dropFirst(best.text.count).first?.isLetter != true else { return nil }
        rest = rest.dropFirst(best.text.count)
        return best.number
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}

extension DatePattern.Parts {
    fileprivate func result(
        _ currentYear: Int
    ) -> (microseconds: Int, nanoseconds: Int, offset: Int?, hasTime: Bool)? {
        let (micros, nanos) = (nanoseconds / 1_000, nanoseconds % 1_000)
        if let seconds { return (seconds * 1_000_000 + micros, nanos, 0, true) }
        let year = year ?? currentYear
        guard (1...9_999).contains(year), (1...12).contains(month) else { return nil }
        guard (1...CivilCalendar.daysInMonth(month, of: year)).contains(day), minute <= 59, second <= 60 else {
            return nil
        }
        var hour = hour ?? 0
        if let isAfternoon {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + (isAfternoon ? 12 : 0)
        }
        guard hour <= 23 else { return nil }
        let seconds =
            CivilCalendar.days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - (offset ?? 0)
        return (seconds * 1_000_000 + micros, nanos, offset, self.hour != nil)
    }
}
