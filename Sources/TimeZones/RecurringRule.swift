// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// What holds in a zone every year from some time on, as `TZ` of POSIX says it: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// - SeeAlso: [RFC 9636, section 3.3.1](https://www.rfc-editor.org/rfc/rfc9636#section-3.3.1)
struct RecurringRule: Hashable, Sendable {
    /// A day of every year, and a time on it by the clock that holds until then.
    private struct Day: Hashable {
        enum Form: Hashable {
            /// The nth weekday of a month; 5 is the last one.
            case weekday(month: Int, week: Int, weekday: Int)
            /// From 1, without 29 February.
            case withoutLeapDay(Int)
            /// From 0, with it.
            case withLeapDay(Int)
        }

        let form: Form
        let time: Int
    }

    private struct Summer: Hashable {
        let offset: Int
        let begins: Day
        let ends: Day
    }

    private let standard: Int
    private let summer: Summer?

    /// Reads a rule; `nil` for what is none.
    init?(_ text: String) {
        var reader = RuleTextReader(text)
        guard reader.name(), let west = reader.time() else { return nil }
        standard = -west
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard reader.name() else { return nil }
        let offset = reader.time().map { -$0 } ?? standard + 3_600
        guard reader.take(","), let begins = Self.day(&reader), reader.take(","), let ends = Self.day(&reader),
            reader.isAtEnd
        else { return nil }
        summer = Summer(offset: offset, begins: begins, ends: ends)
    }

    /// The offset at a time, and when it changes next.
    func offset(at seconds: Int) -> (offset: Int, until: Int?) {
        guard let summer else { return (standard, nil) }
        let year = CivilCalendar.date(CivilCalendar.floor(seconds + standard, 86_400)).year
        var (offset, until) = (standard, Int?.none)
        for change in (year - 1...year + 1).flatMap({ changes(of: $0, summer) }).sorted(by: { $0.at < $1.at }) {
            if change.at <= seconds { offset = change.offset } else if until == nil { until = change.at }
        }
        return (offset, until)
    }

    private func changes(of year: Int, _ summer: Summer) -> [ZoneRules.Change] {
        [
            ZoneRules.Change(at: instant(summer.begins, year) - standard, offset: summer.offset),
            ZoneRules.Change(at: instant(summer.ends, year) - summer.offset, offset: standard),
        ]
    }

    /// Seconds since 1970 on the clock of the zone.
    private func instant(_ day: Day, _ year: Int) -> Int {
        let january = CivilCalendar.days(year, 1, 1)
        let date =
            switch day.form {
            case .withLeapDay(let number): january + number
            case .withoutLeapDay(let number):
                january + number - 1 + (number >= 60 && CivilCalendar.daysInMonth(2, of: year) == 29 ? 1 : 0)
            case .weekday(let month, let week, let weekday): Self.nth(week, weekday, month, year)
            }
        return date * 86_400 + day.time
    }

    private static func nth(_ week: Int, _ weekday: Int, _ month: Int, _ year: Int) -> Int {
        let first = CivilCalendar.days(year, month, 1)
        let wait = (weekday - CivilCalendar.weekday(first) + 7) % 7
        let day = wait + (week - 1) * 7
        return first + (day < CivilCalendar.daysInMonth(month, of: year) ? day : day - 7)
    }

    private static func day(_ reader: inout RuleTextReader) -> Day? {
        guard let form = form(&reader) else { return nil }
        guard reader.take("/") else { return Day(form: form, time: 7_200) }
        return reader.time().map { Day(form: form, time: $0) }
    }

    private static func form(_ reader: inout RuleTextReader) -> Day.Form? {
        if reader.take("M") {
            guard let month = reader.number(1...12), reader.take("."), let week = reader.number(1...5),
                reader.take("."), let weekday = reader.number(0...6)
            else { return nil }
            return .weekday(month: month, week: week, weekday: weekday)
        }
        if reader.take("J") { return reader.number(1...365).map { .withoutLeapDay($0) } }
        return reader.number(0...365).map { .withLeapDay($0) }
    }
}

/// Reads such a text from left to right.
private struct RuleTextReader {
    private var rest: Substring

    init(_ text: String) {
        rest = Substring(text)
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// Passes a zone's short name over: letters, or anything in angle brackets.
    mutating func name() -> Bool {
        if take("<") {
            rest = rest.drop { $0 != ">" }
            return take(">")
        }
        let letters = rest.prefix { $0.isASCII && $0.isLetter }
        rest = rest.dropFirst(letters.count)
        return letters.count >= 3
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard digits.count <= 3, let number = Int(digits), range.contains(number) else { return nil }
        rest = rest.dropFirst(digits.count)
        return number
    }

    /// Hours, minutes and seconds with sign, in seconds.
    mutating func time() -> Int? {
        let sign = take("-") ? -1 : 1
        if sign == 1 { _ = take("+") }
        guard let hours = number(0...167) else { return nil }
        var seconds = hours * 3_600
        for unit in [60, 1] {
            guard take(":") else { break }
            guard let count = number(0...59) else { return nil }
            seconds += count * unit
        }
        return sign * seconds
    }
}
