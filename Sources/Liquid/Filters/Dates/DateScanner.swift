// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Reads dates and times as people and programs write them in English.
///
/// `2026-01-15T10:00:00.250+05:30`, `2026-01-15 10:00:00 +0530`, `20260115T043000Z`, `Thu, 15 Jan 2026 10:00:00 +0530`,
/// `Thu Jan 15 10:00:00 UTC 2026`, `January 15, 2026 10:00 AM`, `15-Jan-2026`, `15/01/2026` (the day first). What it
/// cannot read as a whole it does not read at all.
struct DateScanner {
    /// Seconds east of UTC, where the text has them.
    private(set) var offset: Int?
    private let tokens: [Token]
    private var position = 0
    private var year: Int?
    private var month: Int?
    private var day: Int?
    private var secondOfDay: Int?
    /// Whether the text has a time of day.
    var hasTime: Bool { secondOfDay != nil }
    private var microseconds = 0
    /// Beyond the microseconds, 0 to 999.
    private(set) var nanoseconds = 0
    /// Whether day and month could be the other way round: `03/04/2024`.
    private(set) var isAmbiguous = false
    private let currentYear: Int

    private enum Token: Equatable {
        case number(String)
        case word(String)
        case mark(Character)
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    private static let zones = [
        "z": 0, "utc": 0, "gmt": 0, "ist": 19_800, "est": -18_000, "edt": -14_400, "cst": -21_600, "cdt": -18_000,
        "mst": -25_200, "mdt": -21_600, "pst": -28_800, "pdt": -25_200, "cet": 3_600, "cest": 7_200, "bst": 3_600,
    ]

    init(_ text: String, currentYear: Int) {
        self.currentYear = currentYear
        tokens = text.count <= 128 ? Self.tokens(text.lowercased()) : []
    }

    /// Reads the whole text.
    ///
    /// - Returns: Microseconds since 1970 as if the time were in UTC; `nil` for what is no date.
    mutating func scan() -> Int? {
        while position < tokens.count {
            guard take() else { return nil }
        }
        guard let month else { return nil }
        let (year, day) = (year ?? currentYear, day ?? 1)
        guard (1...12).contains(month), (1...9_999).contains(year) else { return nil }
        guard (1...CivilCalendar.daysInMonth(month, of: year)).contains(day) else { return nil }
        return (CivilCalendar.days(year, month, day) * 86_400 + (secondOfDay ?? 0)) * 1_000_000 + microseconds
    }

    /// Reads `Z`, `+05:30`, `-0800` or `+05`.
    static func offset(_ text: String) -> Int? {
        if text == "Z" { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().replacing(":", with: "")
        guard digits.utf8.allSatisfy(SourceText.isDigit), [2, 4].contains(digits.count), let value = Int(digits) else {
            return nil
        }
        let (hours, minutes) = digits.count == 2 ? (value, 0) : (value / 100, value % 100)
        guard hours <= 23, minutes <= 59 else { return nil }
        return (hours * 3_600 + minutes * 60) * (sign == "-" ? -1 : 1)
    }

    private static func tokens(_ text: String) -> [Token] {
        var tokens: [Token] = []
        for character in text {
            let isDigit = character.isASCII && character.isNumber
            switch (tokens.last, isDigit, character.isLetter) {
            case (.number(let digits)?, true, _): tokens[tokens.count - 1] = .number(digits + String(character))
            case (.word(let letters)?, _, true): tokens[tokens.count - 1] = .word(letters + String(character))
            case (_, true, _): tokens.append(.number(String(character)))
            case (_, _, true): tokens.append(.word(String(character)))
            default: tokens.append(.mark(character))
            }
        }
        return tokens
    }

    // MARK: One part at a time

    private mutating func take() -> Bool {
        switch tokens[position] {
        case .word(let word): return take(word)
        case .number(let digits): return takeTime(digits) || takeDate(digits) || takeLoneNumber(digits)
        case .mark("+"), .mark("-"):
            if secondOfDay != nil { return takeOffset() }
            position += 1
            return month != nil || day != nil
        case .mark("("):
            position = tokens.count
            return month != nil
        case .mark(let character):
            position += 1
            return character.isWhitespace || character == "," || character == "."
        }
    }

    private mutating func take(_ word: String) -> Bool {
        position += 1
        if let index = Self.index(of: word, among: Self.months), month == nil {
            month = index + 1
        } else if let seconds = Self.zones[word], secondOfDay != nil {
            offset = seconds
        } else if word == "am" || word == "pm" {
            return takeMeridiem(word)
        } else if !["t", "at", "st", "nd", "rd", "th"].contains(word) {
            return Self.index(of: word, among: Self.weekdays) != nil
        }
        return true
    }

    /// The name that a word is, whole or its first letters: `november` and `nov`, and not Finnish `marraskuu` as March.
    private static func index(of word: String, among names: [String]) -> Int? {
        word.count < 3 ? nil : names.firstIndex { $0.hasPrefix(word) }
    }

    private mutating func takeMeridiem(_ word: String) -> Bool {
        guard let seconds = secondOfDay, (1...12).contains(seconds / 3_600) else { return false }
        secondOfDay = seconds % 43_200 + (word == "pm" ? 43_200 : 0)
        return true
    }

    private func token(_ distance: Int) -> Token? {
        position + distance < tokens.count ? tokens[position + distance] : nil
    }

    private func number(_ distance: Int, digits: ClosedRange<Int>) -> Int? {
        guard case .number(let text)? = token(distance), digits.contains(text.count) else { return nil }
        return Int(text)
    }

    /// `10:00`, `10:00:00`, `10:00:00.250`; after a compact date also `100000`.
    private mutating func takeTime(_ digits: String) -> Bool {
        guard secondOfDay == nil else { return false }
        if position > 0, tokens[position - 1] == .word("t"), token(1) != .mark(":"), [4, 6].contains(digits.count) {
            guard let value = Int(digits) else { return false }
            position += 1
            let full = digits.count == 4 ? value * 100 : value
            return setTime(full / 10_000, full / 100 % 100, full % 100)
        }
        guard digits.count <= 2, let hour = Int(digits), token(1) == .mark(":"), let minute = number(2, digits: 2...2)
        else {
            if digits.count <= 2, let hour = Int(digits), month != nil,
                token(1) == .word("am") || token(1) == .word("pm")
            {
                position += 1
                return setTime(hour, 0, 0)
            }
            return false
        }
        position += 3
        guard token(0) == .mark(":"), let second = number(1, digits: 2...2) else { return setTime(hour, minute, 0) }
        position += 2
        takeFraction()
        return setTime(hour, minute, second)
    }

    private mutating func takeFraction() {
        guard token(0) == .mark(".") || token(0) == .mark(","), case .number(let digits)? = token(1) else { return }
        let fraction = Int((digits + "000000000").prefix(9)) ?? 0
        (microseconds, nanoseconds) = (fraction / 1_000, fraction % 1_000)
        position += 2
    }

    private mutating func setTime(_ hour: Int, _ minute: Int, _ second: Int) -> Bool {
        guard hour <= 24, minute <= 59, second <= 60 else { return false }
        secondOfDay = hour * 3_600 + minute * 60 + second
        return true
    }

    /// `2026-01-15`, `2026/01/15`, `15/01/2026`, `15.01.2026`, `20260115`.
    private mutating func takeDate(_ digits: String) -> Bool {
        guard month == nil, let first = Int(digits) else { return false }
        if digits.count == 8 {
            position += 1
            (year, month, day) = (first / 10_000, first / 100 % 100, first % 100)
            return true
        }
        guard case .mark(let separator)? = token(1), "-/.".contains(separator), token(3) == token(1),
            let second = number(2, digits: 1...2)
        else { return false }
        if digits.count == 4, let third = number(4, digits: 1...2) {
            (year, month, day) = (first, second, third)
        } else if digits.count <= 2, let third = number(4, digits: 4...4) {
            (day, month, year) = (first, second, third)
            isAmbiguous = separator != "." && first <= 12 && second <= 12 && first != second
        } else {
            return false
        }
        position += 5
        return true
    }

    /// A day or a year beside the name of a month.
    private mutating func takeLoneNumber(_ digits: String) -> Bool {
        position += 1
        if digits.count <= 2, day == nil {
            day = Int(digits)
        } else if digits.count == 4, year == nil {
            year = Int(digits)
        } else if digits.count == 2, year == nil, let short = Int(digits) {
            year = short < 69 ? 2_000 + short : 1_900 + short
        } else {
            return false
        }
        return true
    }

    private mutating func takeOffset() -> Bool {
        var text = token(0) == .mark("-") ? "-" : "+"
        guard case .number(let digits)? = token(1) else { return false }
        text += digits
        position += 2
        if digits.count <= 2, token(0) == .mark(":"), case .number(let minutes)? = token(1) {
            text += minutes
            position += 2
        }
        offset = Self.offset(text)
        return offset != nil
    }
}
