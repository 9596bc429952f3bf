// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

extension LiquidEnvironment {
    /// The filter `date: format, zone`, and `locale:` for the names of months and days.
    ///
    /// The zone is the argument's, else the one that the input is written with, else the scope's. A time that is
    /// written without a zone is a time in the zone of the payload's writer, where that is known, else in the
    /// argument's, else in the scope's; a day without a time is that day everywhere.
    mutating func registerDates() {
        register("date", arguments: 1...2, names: ["locale"]) { input, arguments, context throws(LiquidError) in
            let format = arguments.text(0)
            let zone = try arguments[1].flatMap { value throws(LiquidError) in try Self.zone(value) }
            let names = try arguments["locale"].map { value throws(LiquidError) in try Self.dateNames(value) }
            guard !format.isEmpty, let reading = DateReading(input, now: context.now) else { return input }
            let writers = context.conventions.timeZone.flatMap(TimeZone.init(identifier:))
            let time = reading.civilTime(in: zone, fallback: context.timeZone, writers: writers)
            return .string(DateFormat(format, names ?? .english).string(for: time))
        }
    }

    private static func dateNames(_ value: LiquidValue) throws(LiquidError) -> DateNames {
        value.isNil ? .english : DateNames.of(try locale(value))
    }

    private static func zone(_ value: LiquidValue) throws(LiquidError) -> TimeZone? {
        if value.isNil { return nil }
        let name = value.filterText
        if let offset = DateScanner.offset(name) { return TimeZone(secondsFromGMT: offset) }
        guard let zone = TimeZone(identifier: name),
            name.utf8.contains(UInt8(ascii: "/")) || ["UTC", "GMT"].contains(name)
        else {
            throw .argument(
                "unknown time zone '\(name)'; expected a name such as 'Asia/Kolkata', or an offset such as '+05:30'"
            )
        }
        return zone
    }
}
