// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
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
    var weekday: Int { CivilCalendar.weekday(CivilCalendar.days(year, month, day)) }
    /// From 1.
    var dayOfYear: Int { CivilCalendar.days(year, month, day) - CivilCalendar.days(year, 1, 1) + 1 }

    /// A point in time (microseconds since 1970 in UTC) so many seconds east of UTC.
    init(microseconds: Int, nanoseconds: Int = 0, offset: Int, zoneName: String) {
        self.init(microseconds, nanoseconds, offset, .name(zoneName))
    }

    init(microseconds: Int, nanoseconds: Int = 0, zone: TimeZone) {
        let offset = ZoneOffsets.offset(of: zone, at: CivilCalendar.floor(microseconds, 1_000_000))
        self.init(microseconds, nanoseconds, offset, .zone(zone))
    }

    private init(_ microseconds: Int, _ nanoseconds: Int, _ offset: Int, _ label: Label) {
        self.nanoseconds = nanoseconds
        let seconds = CivilCalendar.floor(microseconds, 1_000_000)
        self.seconds = seconds
        self.microseconds = microseconds - seconds * 1_000_000
        self.offset = offset
        self.label = label
        let day = CivilCalendar.floor(seconds + offset, 86_400)
        secondOfDay = seconds + offset - day * 86_400
        (year, month, self.day) = CivilCalendar.date(day)
    }

    /// The week of the year by ISO 8601, and the year that it belongs to.
    var isoWeek: (year: Int, week: Int) {
        let thursday = CivilCalendar.days(year, month, day) - (weekday + 6) % 7 + 3
        let (year, _, _) = CivilCalendar.date(thursday)
        return (year, (thursday - CivilCalendar.days(year, 1, 1)) / 7 + 1)
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
