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

    /// Beyond the microseconds, 0 to 999.
    private let nanoseconds: Int
    /// Whether day and month could be the other way round.
    let isAmbiguous: Bool

    /// Values of more than this are milliseconds: in seconds it would be the year 5138.
    ///
    /// A thousand times more are microseconds, and again nanoseconds.
    private static let largestSeconds = 100_000_000_000

    /// Reads Unix time in seconds, milliseconds, microseconds or nanoseconds (a number, or a text of digits), `now`,
    /// `today`, the forms of ``CompactDate``, or a date with or without a time in RFC 3339, RFC 2822 or one of the
    /// notations that ``DateScanner`` knows.
    ///
    /// - Parameters:
    ///   - value: `nil` comes back for what is no date.
    ///   - now: What `now` means.
    init?(_ value: LiquidValue, now: Timestamp) {
        switch value {
        case .number(let number): self.init(number)
        case .string(let text):
            if let plain = PlainDate(text) {
                self.init(plain)
                return
            }
            let text = text.trimmed
            if ["now", "today"].contains(text.lowercased()) {
                self.init(microseconds: Int(now.microseconds), zone: .none)
            } else if !text.isEmpty, text.utf8.allSatisfy(SourceText.isDigit) {
                self.init(LiquidNumber(source: text))
            } else if let date = CompactDate(microsoft: text) {
                self.init(microseconds: date.microseconds, zone: date.offset.map(Zone.offset) ?? .none)
            } else {
                self.init(text, year: Self.year(now))
            }
        default: return nil
        }
    }

    /// Reads a date that is written in one known way.
    init?(_ value: LiquidValue, pattern: DatePattern, now: Timestamp) {
        guard let read = pattern.read(value.filterText.trimmed, currentYear: Self.year(now)) else { return nil }
        let zone = read.offset.map(Zone.offset) ?? (read.hasTime ? .unknown : .day)
        self.init(microseconds: read.microseconds, nanoseconds: read.nanoseconds, zone: zone)
    }

    private init(microseconds: Int, nanoseconds: Int = 0, zone: Zone, isAmbiguous: Bool = false) {
        self.microseconds = microseconds
        self.nanoseconds = nanoseconds
        self.zone = zone
        self.isAmbiguous = isAmbiguous
    }

    private init(_ plain: PlainDate) {
        let zone = plain.offset.map(Zone.offset) ?? (plain.hasTime ? .unknown : .day)
        let microseconds = plain.local - (plain.offset ?? 0) * 1_000_000
        self.init(microseconds: microseconds, nanoseconds: plain.nanoseconds, zone: zone)
    }

    private static func year(_ now: Timestamp) -> Int {
        CivilTime(microseconds: Int(now.microseconds), offset: 0, zoneName: "").year
    }

    private init?(_ number: LiquidNumber) {
        guard let whole = number.whole else { return nil }
        if number.int != nil, CompactDate.isMeant(String(whole)) {
            guard let date = CompactDate(digits: String(whole)) else { return nil }
            self.init(microseconds: date.microseconds, zone: date.hasTime ? .unknown : .day)
            return
        }
        switch whole.magnitude {
        case 0..<UInt(Self.largestSeconds):
            guard let scaled = try? number.multiplied(by: LiquidNumber(1_000_000)).whole else { return nil }
            self.init(microseconds: scaled, zone: .none)
        case 0..<UInt(Self.largestSeconds * 1_000):
            guard let scaled = try? number.multiplied(by: LiquidNumber(1_000)).whole else { return nil }
            self.init(microseconds: scaled, zone: .none)
        case 0..<UInt(Self.largestSeconds * 1_000_000): self.init(microseconds: whole, zone: .none)
        case 0..<9_000_000_000_000_000_000:
            let micros = CivilCalendar.floor(whole, 1_000)
            self.init(microseconds: micros, nanoseconds: whole - micros * 1_000, zone: .none)
        default: return nil
        }
    }

    private init?(_ text: String, year: Int) {
        var scanner = DateScanner(text, currentYear: year)
        guard let local = scanner.scan() else { return nil }
        let (nanoseconds, isAmbiguous) = (scanner.nanoseconds, scanner.isAmbiguous)
        if let offset = scanner.offset {
            self.init(
                microseconds: local - offset * 1_000_000,
                nanoseconds: nanoseconds,
                zone: .offset(offset),
                isAmbiguous: isAmbiguous
            )
        } else {
            let zone = scanner.hasTime ? Zone.unknown : .day
            self.init(microseconds: local, nanoseconds: nanoseconds, zone: zone, isAmbiguous: isAmbiguous)
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
        case .none: return shown(microseconds, in: wanted ?? fallback)
        case .offset(let offset):
            if let wanted { return shown(microseconds, in: wanted) }
            return CivilTime(
                microseconds: microseconds,
                nanoseconds: nanoseconds,
                offset: offset,
                zoneName: offset == 0 ? "UTC" : ""
            )
        case .unknown:
            let zone = wanted ?? fallback
            return shown(instant(in: writers ?? zone), in: zone)
        case .day: return shown(instant(in: wanted ?? fallback), in: wanted ?? fallback)
        }
    }

    private func shown(_ microseconds: Int, in zone: TimeZone) -> CivilTime {
        CivilTime(microseconds: microseconds, nanoseconds: nanoseconds, zone: zone)
    }

    /// The point in time at which a clock in a zone shows what was written.
    ///
    /// What it shows twice, when summer time ends, is the first of both; what it never shows, when summer time begins,
    /// is read with the offset from before, so that it falls as long after the gap (02:30 is 03:30).
    private func instant(in zone: TimeZone) -> Int {
        let day = 86_400 * 1_000_000
        let before = Self.offset(of: zone, at: microseconds - day)
        let after = Self.offset(of: zone, at: microseconds + day)
        for offset in [before, after] {
            let instant = microseconds - offset * 1_000_000
            if Self.offset(of: zone, at: instant) == offset { return instant }
        }
        return microseconds - before * 1_000_000
    }

    private static func offset(of zone: TimeZone, at microseconds: Int) -> Int {
        ZoneOffsets.offset(of: zone, at: CivilCalendar.floor(microseconds, 1_000_000))
    }
}
