// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

/// A point in time as a template's value gives it.
struct DateReading {
    /// Since 1970: in UTC where ``zone`` says how far that is away, else in a zone that is not known yet.
    private let microseconds: Int
    private let zone: Zone

    private enum Zone {
        /// A point in time without a place: Unix time, `now`.
        case none
        /// Seconds east of UTC, as the text has them.
        case offset(Int)
        /// The text has none.
        case unknown
        /// The text has but a day.
        case day
    }

    /// Values of more than this are milliseconds: in seconds it would be the year 5138.
    private static let largestSeconds = 100_000_000_000

    /// Reads Unix time in seconds or milliseconds (a number, or a text of digits), `now`, `today`, or a date with or
    /// without a time in RFC 3339, RFC 2822 or one of the notations that ``DateScanner`` knows.
    ///
    /// - Parameters:
    ///   - value: `nil` comes back for what is no date.
    ///   - now: What `now` means.
    init?(_ value: LiquidValue, now: Timestamp) {
        switch value {
        case .number(let number): self.init(number)
        case .string(let text):
            let text = text.trimmed
            if ["now", "today"].contains(text.lowercased()) {
                self.init(microseconds: Int(now.microseconds), zone: .none)
            } else if !text.isEmpty, text.utf8.allSatisfy(SourceText.isDigit) {
                self.init(LiquidNumber(source: text))
            } else {
                self.init(text, year: CivilTime(microseconds: Int(now.microseconds), offset: 0, zoneName: "").year)
            }
        default: return nil
        }
    }

    private init(microseconds: Int, zone: Zone) {
        self.microseconds = microseconds
        self.zone = zone
    }

    private init?(_ number: LiquidNumber) {
        guard let whole = number.whole, whole.magnitude < Self.largestSeconds * 1_000 else { return nil }
        let isMilliseconds = whole.magnitude >= Self.largestSeconds
        guard let scaled = try? number.multiplied(by: LiquidNumber(isMilliseconds ? 1_000 : 1_000_000)).whole else {
            return nil
        }
        self.init(microseconds: scaled, zone: .none)
    }

    private init?(_ text: String, year: Int) {
        var scanner = DateScanner(text, currentYear: year)
        guard let local = scanner.scan() else { return nil }
        if let offset = scanner.offset {
            self.init(microseconds: local - offset * 1_000_000, zone: .offset(offset))
        } else {
            self.init(microseconds: local, zone: scanner.hasTime ? .unknown : .day)
        }
    }

    /// The date and time in a zone.
    ///
    /// - Parameters:
    ///   - wanted: The zone to show; `nil`: as the text was written.
    ///   - fallback: The zone to show where nothing says one.
    ///   - writers: The zone in which the payload's writer means times without one, where that is known.
    /// - Returns: What a calendar and a clock there show.
    func civilTime(in wanted: TimeZone?, fallback: TimeZone, writers: TimeZone? = nil) -> CivilTime {
        switch zone {
        case .none: return CivilTime(microseconds: microseconds, zone: wanted ?? fallback)
        case .offset(let offset):
            if let wanted { return CivilTime(microseconds: microseconds, zone: wanted) }
            return CivilTime(microseconds: microseconds, offset: offset, zoneName: offset == 0 ? "UTC" : "")
        case .unknown:
            let shown = wanted ?? fallback
            return CivilTime(microseconds: instant(in: writers ?? shown), zone: shown)
        case .day: return CivilTime(microseconds: instant(in: wanted ?? fallback), zone: wanted ?? fallback)
        }
    }

    /// The point in time at which a clock in a zone shows what was written.
    ///
    /// What it shows twice, when summer time ends, is the first of both; what it never shows, when summer time begins,
    /// is read with the offset from before, so that it falls as long after the gap (02:30 is 03:30).
    private func instant(in zone: TimeZone) -> Int {
        let day = 86_400 * 1_000_000
        let before = zone.secondsFromGMT(for: date(microseconds - day))
        let after = zone.secondsFromGMT(for: date(microseconds + day))
        for offset in [before, after] {
            let instant = microseconds - offset * 1_000_000
            if zone.secondsFromGMT(for: date(instant)) == offset { return instant }
        }
        return microseconds - before * 1_000_000
    }

    private func date(_ microseconds: Int) -> Date {
        Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}
