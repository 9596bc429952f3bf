// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

extension LiquidEnvironment {
    /// The filter `date: format, zone`, `from:` for how the input is written, and `locale:` for the names of months and
    /// days, which are read in that language too where `from:` says where they stand.
    ///
    /// The zone is the argument's, else the one that the input is written with, else the scope's. A time that is
    /// written without a zone is a time in the zone of the payload's writer, where that is known, else in the
    /// argument's, else in the scope's; a day without a time is that day everywhere.
    ///
    /// In strict mode what is no date, or two, is refused, and so is a format that prints nothing of it.
    mutating func registerDates() {
        register("date", arguments: 1...2, names: ["from", "locale"]) { input, arguments, context throws(LiquidError) in
            let format = arguments.text(0)
            let zone = try arguments[1].flatMap { value throws(LiquidError) in try Self.zone(value) }
            let names = try arguments["locale"].map { value throws(LiquidError) in try Self.dateNames(value) }
            let pattern = try arguments["from"].map { value throws(LiquidError) in
                try DatePattern(value.filterText, names)
            }
            if context.isStrict { try Self.check(format: format) }
            guard !format.isEmpty, let reading = try Self.reading(input, pattern, context) else { return input }
            let writers = context.conventions.timeZone.flatMap(ZoneOffsets.zone(named:))
            let time = reading.civilTime(in: zone, fallback: context.timeZone, writers: writers)
            return .string(DateFormat.text(format, names ?? .english, for: time))
        }
    }

    private static func dateNames(_ value: LiquidValue) throws(LiquidError) -> DateNames {
        value.isNil ? .english : DateNames.of(try locale(value))
    }

    /// A date, or in lax mode `nil` for what is none.
    private static func reading(
        _ input: LiquidValue,
        _ pattern: DatePattern?,
        _ context: LiquidContext
    ) throws(LiquidError) -> DateReading? {
        let reading =
            if let pattern { DateReading(input, pattern: pattern, now: context.now) } else {
                DateReading(input, now: context.now)
            }
        guard context.isStrict else { return reading }
        guard let reading else { throw unreadable(input, hasPattern: pattern != nil) }
        guard !reading.isAmbiguous else {
            throw .argument(
                "\(input.filterText.shown(digits: 8)) can be read in two ways; say how it is written: `from: '%d/%m/%Y'` or `from: '%m/%d/%Y'`"
            )
        }
        return reading
    }

    private static func unreadable(_ input: LiquidValue, hasPattern: Bool) -> LiquidError {
        guard input.asString != nil || input.asNumber != nil else {
            return .argument("expected a date, found \(input.typeName)")
        }
        let hasWords = input.asString?.contains { $0.isLetter && $0 != "T" && $0 != "Z" } ?? false
        let words = "; names of months are read in English and, with `from:`, in the language of `locale:`"
        let hint =
            (hasPattern
                ? "it is not written as 'from' says, or there is no such day"
                : "expected such as 2026-01-15T10:00:00+05:30, or how it is written: `from: '%d/%m/%Y'`")
            + (hasWords ? words : "")
        return .argument("\(input.filterText.shown(digits: 8)) cannot be read as a date; \(hint)")
    }

    private static func check(format: String) throws(LiquidError) {
        guard !format.utf8.contains(UInt8(ascii: "%")) else { return }
        throw .argument("the format '\(format)' prints nothing of the date; expected directives such as '%d/%m/%Y'")
    }

    private static func zone(_ value: LiquidValue) throws(LiquidError) -> TimeZone? {
        if value.isNil { return nil }
        let name = value.filterText
        if let offset = DateScanner.offset(name) { return TimeZone(secondsFromGMT: offset) }
        guard let zone = ZoneOffsets.zone(named: name),
            name.utf8.contains(UInt8(ascii: "/")) || ["UTC", "GMT"].contains(name)
        else {
            throw .argument(
                "unknown time zone '\(name)'; expected a name such as 'Asia/Kolkata', or an offset such as '+05:30'"
                    + ZoneNames.hint(for: name)
            )
        }
        return zone
    }
}
