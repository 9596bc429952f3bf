// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The header `Retry-After` of RFC 9110: seconds, or a date in any of the three forms that HTTP knows.
package enum RetryAfter {
    /// The longest delay that is honoured; a partner's slip must not park an account for days.
    package static let longest: Duration = .seconds(3_600)

    /// Reads the header.
    ///
    /// - Parameters:
    ///   - value: The header's value.
    ///   - now: The time from which a date counts.
    /// - Returns: The delay, 0 for a date that has passed, at most an hour; `nil` for anything else.
    package static func delay(_ value: String, now: Timestamp) -> Duration? {
        let value = value.drop(while: \.isWhitespace)
        if !value.isEmpty, value.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) {
            // A number beyond Int64 is still a number, and far over the limit.
            return bounded(Int64(value).map { .seconds($0) } ?? longest)
        }
        return date(String(value)).map { bounded(now.duration(to: $0)) }
    }

    private static func bounded(_ delay: Duration) -> Duration {
        max(.zero, min(longest, delay))
    }

    /// Reads a date of HTTP, as the headers `Retry-After` and `Date` have it.
    ///
    /// - Parameter text: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or
    ///   `Sun Nov  6 08:49:37 1994`.
    /// - Returns: The date; `nil` for anything else.
    package static func date(_ text: String) -> Timestamp? {
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
        switch words.count {
        case 6 where words[5] == "GMT": return date(day: words[1], month: words[2], year: words[3], time: words[4])
        case 5: return date(day: words[2], month: words[1], year: words[4], time: words[3])
        default: return nil
        }
    }

    private static func date(day: String, month: String, year: String, time: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) ?? -1 }
        guard let month = months.firstIndex(of: month), var year = Int64(year), let day = Int64(day) else { return nil }
        // RFC 9110 wants a year of two digits read as the nearest one; all dates of interest are in this century.
        if (0...99).contains(year) { year += 2_000 }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2]),
            (1...31).contains(day), (1_970...9_999).contains(year)
        else { return nil }
        let days = daysSince1970(year: year, month: Int64(month) + 1, day: day)
        return Timestamp(seconds: days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2])
    }

    /// Days in the Gregorian calendar, counted from March so that the leap day is the year's last.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
