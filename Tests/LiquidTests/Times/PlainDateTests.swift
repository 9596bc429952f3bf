// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Testing

@testable import Liquid

@Suite("The short ways of dates lead where the long ways lead")
struct PlainDateTests {
    @Test("what is read at once, the scanner reads alike, digit for digit")
    func reading() {
        var random = Steps(state: 5)
        var read = 0
        for _ in 0..<20_000 {
            let text = Self.text(&random)
            guard let plain = PlainDate(text) else { continue }
            read += 1
            var scanner = DateScanner(text, currentYear: 2_026)
            #expect(scanner.scan() == plain.local, "\(text)")
            #expect(scanner.offset == plain.offset, "\(text)")
            #expect(scanner.nanoseconds == plain.nanoseconds, "\(text)")
            #expect(scanner.hasTime == plain.hasTime, "\(text)")
            #expect(!scanner.isAmbiguous, "\(text)")
        }
        #expect(read > 2_000)
    }

    @Test(
        "the forms that programs write are read at once",
        arguments: [
            "2026-01-15", "2026-01-15T10:00:00", "2026-01-15 10:00:00", "2026-01-15T10:00:00Z",
            "2026-01-15T10:00:00.250Z", "2026-01-15T10:00:00+05:30", "2026-01-15T10:00:00.123456789-0800",
        ]
    )
    func forms(text: String) {
        #expect(PlainDate(text) != nil)
    }

    @Test(
        "days and hours that do not exist are left to the scanner",
        arguments: [
            "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-32", "0000-01-01", "2026-01-15T24:00:00",
            "2026-01-15T10:60:00", "2026-01-15T10:00:60Z", "2026-01-15T10:00:00+24:00", "2026-01-15T10:00:00.Z",
            "2026-01-15T10:00:00Zz", "2026-01-15T10:00", "15-01-2026", "2026-01-15T10:00:00+05", "2026-01-15t10:00:00",
        ]
    )
    func strange(text: String) {
        #expect(PlainDate(text) == nil)
    }

    @Test("a zone's offset is Foundation's at any time, asked forwards and backwards, once and again")
    func offsets() throws {
        var random = Steps(state: 9)
        for name in TimeZone.knownTimeZoneIdentifiers {
            let zone = try #require(ZoneOffsets.zone(named: name))
            let times = (0..<24).map { _ in Int.random(in: -100_000_000...3_000_000_000, using: &random) }
            for seconds in times + times.sorted() {
                let expected = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
                #expect(ZoneOffsets.offset(of: zone, at: seconds) == expected, "\(name) at \(seconds)")
            }
        }
    }

    @Test("an offset changes at the second at which the clocks change")
    func borders() throws {
        for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata"] {
            let zone = try #require(ZoneOffsets.zone(named: name))
            var date = Date(timeIntervalSince1970: 1_768_451_400)
            for _ in 0..<6 {
                guard let next = zone.nextDaylightSavingTimeTransition(after: date) else { break }
                date = next
                for shift in [-3_601, -1, 0, 1, 3_600] {
                    let seconds = Int(next.timeIntervalSince1970) + shift
                    let expected = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
                    #expect(ZoneOffsets.offset(of: zone, at: seconds) == expected, "\(name) at \(seconds)")
                }
            }
        }
    }

    @Test("a format of plain directives prints what the format with all of them prints")
    func formats() throws {
        var random = Steps(state: 1)
        let zone = try #require(TimeZone(identifier: "Asia/Kolkata"))
        let parts = [
            "%d", "%-d", "%m", "%-m", "%H", "%-H", "%I", "%-I", "%M", "%S", "%y", "%Y", "%-y", "%B", "%b", "%A",
        ]
        let others = ["%a", "%p", "%e", "%-p", "%%", "%Z", "%z", "%j", "%P", "%", "%-", "é", ", ", "/", "%05d", "%^b"]
        for _ in 0..<2_000 {
            let format = (0..<5).compactMap { _ in (parts + others).randomElement(using: &random) }.joined()
            let seconds = Int.random(in: -70_000_000_000...200_000_000_000, using: &random)
            let time = CivilTime(microseconds: seconds * 1_000_000, zone: zone)
            #expect(DateFormat.text(format, .english, for: time) == DateFormat(format).string(for: time), "\(format)")
        }
    }

    /// A date of random parts, most of them right.
    private static func text(_ random: inout Steps) -> String {
        func digits(_ range: ClosedRange<Int>, _ width: Int) -> String {
            let text = String(Int.random(in: range, using: &random))
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        var text = "\(digits(0...9_999, 4))-\(digits(0...13, 2))-\(digits(0...32, 2))"
        if Int.random(in: 0..<5, using: &random) == 0 { return text }
        text += ["T", " ", "T", "x"].randomElement(using: &random) ?? ""
        text += "\(digits(0...25, 2)):\(digits(0...61, 2)):\(digits(0...61, 2))"
        if Bool.random(using: &random) { text += "." + digits(0...999_999_999, Int.random(in: 1...9, using: &random)) }
        let endings = ["", "Z", "+05:30", "-08:00", "+0530", "-2359", "+24:00", "+05:61", "+05", "z", " Z"]
        return text + (endings.randomElement(using: &random) ?? "")
    }
}

/// The same numbers in every run: a linear congruential generator with the constants of Knuth's MMIX.
private struct Steps: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
