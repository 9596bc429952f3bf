// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A point in time on the wall clock, in whole microseconds since 1970 in UTC.
///
/// Its arithmetic is total: what lies beyond the ends (292,000 years before and after 1970) becomes the end. Numbers of
/// strangers pass through here, and none of them may end the process.
public struct Timestamp: InstantProtocol, Codable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public let microseconds: Int64

    /// A point in time by its distance from 1970.
    ///
    /// - Parameter microseconds: Negative before 1970.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// A point in time by its distance from 1970.
    ///
    /// - Parameter seconds: Unix time.
    public init(seconds: Int64) {
        microseconds = seconds.multiplied(saturating: 1_000_000)
    }

    /// Foundation's point in time, to the nearest microsecond.
    ///
    /// - Parameter date: Any date that a payload can name.
    public init(_ date: Date) {
        microseconds = Int64(saturating: (date.timeIntervalSince1970 * 1_000_000).rounded())
    }

    /// Reads an RFC 3339 date and time.
    ///
    /// - Parameter rfc3339: Such as `2026-01-15T10:00:00+05:30` or `2026-01-15T04:30:00.250Z`; `nil` comes back for
    ///   anything else.
    public init?(rfc3339: String) {
        guard let (text, fraction) = Self.cutFraction(from: rfc3339) else { return nil }
        guard let (whole, days) = Self.cutDay(from: text),
            let date = try? Date.ISO8601FormatStyle(includingFractionalSeconds: false).parse(whole)
        else { return nil }
        self.init(
            microseconds: Timestamp(date).microseconds.adding(saturating: days * 86_400_000_000 + fraction)
        )
    }

    /// The text with a day of our time in the place of its own, and the days from that to its own: Foundation reads those
    /// before 1582 by Caesar's calendar, and the 31st of April as the first of May.
    ///
    /// - Returns: `nil` for a day that its month does not have, and for a text that goes on behind its zone.
    private static func cutDay(from text: String) -> (text: String, days: Int64)? {
        let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2])
        else { return (text, 0) }
        guard (1...12).contains(month), (1...CivilCalendar.daysInMonth(month, of: year)).contains(day),
            isZone(text.dropFirst(19))
        else { return nil }
        let days = CivilCalendar.days(year, month, day) - CivilCalendar.days(2000, 1, 1)
        return ("2000-01-01" + text.dropFirst(10), Int64(days))
    }

    /// The text without the fraction of its second, and the fraction in microseconds: no `Double` may come near it.
    ///
    /// - Returns: `nil` for a point that stands elsewhere than behind seconds.
    private static func cutFraction(from text: String) -> (whole: String, microseconds: Int64)? {
        guard let point = text.firstIndex(of: ".") else { return (text, 0) }
        let (head, tail) = (text[..<point], text[text.index(after: point)...])
        let digits = tail.prefix { ("0"..."9").contains($0) }
        guard !digits.isEmpty, !tail[digits.endIndex...].contains("."), head.count(where: { $0 == ":" }) == 2,
            head.suffix(3).first == ":"
        else { return nil }
        let fraction = (0..<6).reduce(into: (value: Int64(0), rest: digits)) { read, _ in
            read.value = read.value * 10 + Int64(read.rest.popFirst()?.wholeNumberValue ?? 0)
        }
        return (String(head + tail[digits.endIndex...]), fraction.value)
    }

    /// Whether a text is `Z`, or an offset: Foundation reads no further than it has to.
    private static func isZone(_ text: Substring) -> Bool {
        let digits = text.dropFirst().filter { $0 != ":" }
        let isOffset = [2, 4].contains(digits.count) && digits.allSatisfy { ("0"..."9").contains($0) }
        return text == "Z" || text == "z" || ["+", "-"].contains(text.first) && isOffset && text.utf8.count <= 6
    }

    /// The hundred years in which an appointment can lie: from 2000 to the end of 2099, in UTC.
    ///
    /// A number outside is no time in seconds or milliseconds, but nanoseconds, an amount or an id.
    public static let century = Timestamp(seconds: 946_684_800)..<Timestamp(seconds: 4_102_444_800)

    /// The same point in time for Foundation.
    public var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// Unix time, cut to whole seconds.
    public var seconds: Int64 { Int64(CivilCalendar.floor(Int(microseconds), 1_000_000)) }

    /// The point in time as RFC 3339 in UTC with milliseconds, such as `2026-01-15T04:30:00.250Z`.
    public var rfc3339: String {
        let (days, second) = (CivilCalendar.floor(Int(seconds), 86_400), seconds)
        let (year, month, day) = CivilCalendar.date(days)
        let clock = Int(second) - days * 86_400
        let milliseconds = Int(microseconds.subtracting(saturating: second.multiplied(saturating: 1_000_000))) / 1_000
        var text: [UInt8] = []
        text.reserveCapacity(24)
        if year < 0 { text.append(UInt8(ascii: "-")) }
        text.append(digits: abs(year), 4, then: "-")
        text.append(digits: month, 2, then: "-")
        text.append(digits: day, 2, then: "T")
        text.append(digits: clock / 3_600, 2, then: ":")
        text.append(digits: clock / 60 % 60, 2, then: ":")
        text.append(digits: clock % 60, 2, then: ".")
        text.append(digits: milliseconds, 3, then: "Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// A later (or, with a negative duration, earlier) point in time.
    ///
    /// - Parameter duration: Cut to whole microseconds.
    /// - Returns: The point in time that far away.
    public func advanced(by duration: Duration) -> Timestamp {
        Timestamp(microseconds: microseconds.adding(saturating: duration.microseconds))
    }

    /// The way to another point in time.
    ///
    /// - Parameter other: Where to.
    /// - Returns: Positive when `other` is later.
    public func duration(to other: Timestamp) -> Duration {
        .microseconds(other.microseconds.subtracting(saturating: microseconds))
    }

    /// Order in time.
    ///
    /// - Parameters:
    ///   - left: One point in time.
    ///   - right: The other.
    /// - Returns: Whether the first is the earlier one.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension [UInt8] {
    /// Adds a number with so many digits at least, and what divides it from the next one.
    fileprivate mutating func append(digits number: Int, _ width: Int, then divider: Unicode.Scalar) {
        let text = String(number).utf8
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: Swift.max(0, width - text.count)))
        append(contentsOf: text)
        append(UInt8(ascii: divider))
    }
}

extension Duration {
    /// The duration in whole microseconds, cut towards zero; beyond 292,000 years, the most that there are.
    public var microseconds: Int64 {
        components.seconds.multiplied(saturating: 1_000_000)
            .adding(saturating: components.attoseconds / 1_000_000_000_000)
    }

    /// The duration in seconds, for metrics and for people.
    public var inSeconds: Double {
        Double(microseconds) / 1_000_000
    }
}
