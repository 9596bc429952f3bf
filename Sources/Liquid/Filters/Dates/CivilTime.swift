// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A point in time as a calendar and a clock on the wall show it.
struct CivilTime {
    /// Seconds since 1970 in UTC.
    let seconds: Int
    let microseconds: Int
    /// Beyond the microseconds, 0 to 999.
    let nanoseconds: Int
    /// Seconds east of UTC.
    let offset: Int
    let year: Int
    let month: Int
    let day: Int
    /// Seconds since midnight.
    let secondOfDay: Int
    /// What the zone is called, or the zone that is to be asked for its name.
    private let label: Label

    private enum Label {
        case name(String)
        case zone(TimeZone)
    }

    /// The zone's short name, such as `IST`; empty where there is but an offset.
    ///
    /// Few formats print it, and asking for it takes long.
    var zoneName: String {
        switch label {
        case .name(let name): name
        case .zone(let zone):
            ZoneName.short(zone, at: Date(timeIntervalSince1970: Double(seconds)), offset: offset)
        }
    }

    var hour: Int { secondOfDay / 3_600 }
    var minute: Int { secondOfDay / 60 % 60 }
    var second: Int { secondOfDay % 60 }
    /// The hour from 1 to 12.
    var hour12: Int { (hour + 11) % 12 + 1 }
    /// Sunday is 0.
    var weekday: Int { (Self.days(year, month, day) % 7 + 11) % 7 }
    /// From 1.
    var dayOfYear: Int { Self.days(year, month, day) - Self.days(year, 1, 1) + 1 }

    /// A point in time (microseconds since 1970 in UTC) so many seconds east of UTC.
    init(microseconds: Int, nanoseconds: Int = 0, offset: Int, zoneName: String) {
        self.init(microseconds, nanoseconds, offset, .name(zoneName))
    }

    init(microseconds: Int, nanoseconds: Int = 0, zone: TimeZone) {
        let offset = ZoneOffsets.offset(of: zone, at: Self.floor(microseconds, 1_000_000))
        self.init(microseconds, nanoseconds, offset, .zone(zone))
    }

    private init(_ microseconds: Int, _ nanoseconds: Int, _ offset: Int, _ label: Label) {
        self.nanoseconds = nanoseconds
        let seconds = Self.floor(microseconds, 1_000_000)
        self.seconds = seconds
        self.microseconds = microseconds - seconds * 1_000_000
        self.offset = offset
        self.label = label
        let day = Self.floor(seconds + offset, 86_400)
        secondOfDay = seconds + offset - day * 86_400
        (year, month, self.day) = Self.date(day)
    }

    /// The week of the year by ISO 8601, and the year that it belongs to.
    var isoWeek: (year: Int, week: Int) {
        let thursday = Self.days(year, month, day) - (weekday + 6) % 7 + 3
        let (year, _, _) = Self.date(thursday)
        return (year, (thursday - Self.days(year, 1, 1)) / 7 + 1)
    }

    // MARK: The Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms")

    /// Days since 1970-01-01.
    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = floor(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The date of a day since 1970-01-01.
    static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    static func daysInMonth(_ month: Int, of year: Int) -> Int {
        month == 12 ? 31 : days(year, month + 1, 1) - days(year, month, 1)
    }

    static func floor(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : (value + 1) / divisor - 1
    }
}

/// The short names of zones; Foundation on Linux knows most of them but as `GMT+5:30`.
private enum ZoneName {
    private static let standardNames: [String: String] = {
        var names: [String: String] = [:]
        for (name, identifier) in TimeZone.abbreviationDictionary where !name.contains("DT") && !name.contains("ST+") {
            names[identifier] = names[identifier].map { min($0, name) } ?? name
        }
        return names
    }()

    static func short(_ zone: TimeZone, at date: Date, offset: Int) -> String {
        if ["GMT", "UTC", "Etc/UTC"].contains(zone.identifier) { return "UTC" }
        let isPlain = zone.nextDaylightSavingTimeTransition(after: date) == nil && !zone.isDaylightSavingTime(for: date)
        if isPlain, let name = standardNames[zone.identifier] ?? (zone.identifier == "Asia/Calcutta" ? "IST" : nil) {
            return name
        }
        return zone.abbreviation(for: date) ?? ""
    }
}
