// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Dates that programs write without separators, and those of Microsoft's JSON.
struct CompactDate {
    /// Microseconds since 1970, in UTC where there is an offset, else as if the time were in UTC.
    let microseconds: Int
    /// Seconds east of UTC, where the text says so.
    let offset: Int?
    /// Whether there is a time of day.
    let hasTime: Bool

    /// Reads `20231207`, `202312071701` and `20231207170112`: years from 1900 to 2099 alone, so that no Unix time of
    /// our days is taken for one.
    init?(digits: String) {
        guard [8, 12, 14].contains(digits.utf8.count) else { return nil }
        let parts = Self.parts(digits)
        let (year, month, day) = (parts[0] * 100 + parts[1], parts[2], parts[3])
        guard (1_900...2_099).contains(year), (1...12).contains(month) else { return nil }
        guard (1...CivilCalendar.daysInMonth(month, of: year)).contains(day) else { return nil }
        let clock = parts.dropFirst(4) + Array(repeating: 0, count: 7 - parts.count)
        let (hour, minute, second) = (clock[4], clock[5], clock[6])
        guard hour <= 23, minute <= 59, second <= 59 else { return nil }
        let seconds = CivilCalendar.days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
        microseconds = seconds * 1_000_000
        offset = nil
        hasTime = parts.count > 4
    }

    /// Whether digits can mean nothing but a date, right or wrong: `20230230` is no Unix time of our days.
    static func isMeant(_ digits: String) -> Bool {
        [8, 12, 14].contains(digits.utf8.count) && (digits.hasPrefix("19") || digits.hasPrefix("20"))
    }

    private static func parts(_ digits: String) -> [Int] {
        let digits = digits.utf8.map { Int($0) - 48 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
    }

    /// Reads `/Date(1451988985943+1300)/`: milliseconds in UTC, and the offset in which the time is to be shown.
    ///
    /// - SeeAlso: [Stand-alone JSON serialization, dates](https://learn.microsoft.com/en-us/dotnet/framework/wcf/feature-details/stand-alone-json-serialization)
    init?(microsoft text: String) {
        guard text.hasPrefix("/Date("), text.hasSuffix(")/") else { return nil }
        let inner = text.dropFirst(6).dropLast(2)
        let sign = inner.dropFirst().lastIndex { $0 == "+" || $0 == "-" } ?? inner.endIndex
        guard let milliseconds = Int(inner[..<sign]), milliseconds.magnitude < 100_000_000_000_000 else { return nil }
        if sign == inner.endIndex {
            offset = 0
        } else {
            guard let written = DateScanner.offset(String(inner[sign...])) else { return nil }
            offset = written
        }
        microseconds = milliseconds * 1_000
        hasTime = true
    }
}
