// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "RFC 3339 is read in any zone, to the microsecond where written",
        arguments: [
            ("2026-01-15T04:30:00Z", 1_768_451_400_000_000), ("2026-01-15T10:00:00+05:30", 1_768_451_400_000_000),
            ("2026-01-15T04:30:00.250Z", 1_768_451_400_250_000), ("1969-12-31T23:59:59Z", -1_000_000),
            ("2026-01-14T23:30:00-05:00", 1_768_451_400_000_000),
        ] as [(String, Int64)]
    )
    func reads(text: String, microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(
        "what is no date is refused",
        arguments: [
            "", "2026", "yesterday", "2026-13-01T00:00:00Z", "1768451400", "2026-01-15T04:30:00ZZ",
            "2026-01-15T04:30:00Z today", "2026-01-15T04:30:00", "2026-01-15T04:30Z", "2026-01-15T04:30:00+05:30:00",
        ]
    )
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("RFC 3339 is written in UTC with milliseconds")
    func writes() {
        #expect(Timestamp(microseconds: 1_768_451_400_250_999).rfc3339 == "2026-01-15T04:30:00.250Z")
    }

    @Test("every millisecond is read as it is written, and written as it was read, in the near and the far")
    func exactFractions() {
        var wrong: [String] = []
        for second in [-62_135_596_800, -1, 0, 1_768_451_400, 1_782_864_001, 4_102_444_799, 253_402_300_799] as [Int64]
        {
            for milliseconds in 0..<1_000 as Range<Int64> {
                let time = Timestamp(microseconds: second * 1_000_000 + milliseconds * 1_000)
                let fraction = String(String(1_000 + milliseconds).dropFirst())
                let written = time.rfc3339
                if !written.hasSuffix(".\(fraction)Z") || Timestamp(rfc3339: written) != time { wrong.append(written) }
            }
        }
        #expect(wrong == [])
    }

    @Test(
        "a day of any year is the one of the calendar of today",
        arguments: [
            ("0001-01-01T00:00:00Z", -62_135_596_800), ("1582-10-14T00:00:00Z", -12_219_379_200),
            ("2024-02-29T23:59:59+01:00", 1_709_247_599), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(String, Int64)]
    )
    func days(text: String, seconds: Int64) {
        #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds))
    }

    @Test(
        "a day that a month does not have is none",
        arguments: ["2026-02-29", "2026-04-31", "2026-00-10", "2026-01-00"]
    )
    func noDay(text: String) {
        #expect(Timestamp(rfc3339: "\(text)T00:00:00Z") == nil)
    }

    @Test(
        "a fraction has any number of digits, of which six count",
        arguments: [
            (".5Z", 500_000), (".48Z", 480_000), (".484Z", 484_000), (".4840001Z", 484_000), (".000001+00:00", 1),
            (".999999999-00:00", 999_999), (".0Z", 0),
        ] as [(String, Int64)]
    )
    func fractions(text: String, microseconds: Int64) {
        let expected = 1_768_451_400_000_000 + microseconds
        #expect(Timestamp(rfc3339: "2026-01-15T04:30:00\(text)")?.microseconds == expected)
    }

    @Test(
        "a point elsewhere than behind the seconds is no time",
        arguments: [
            "2026-01-15T04:30:00.Z", "2026-01-15T04:30.5Z", "2026-01-15.5T04:30:00Z", "2026-01-15T04:30:00Z.5",
            "2026-01-15T04:30:00.-5Z", "2026-01-15T04:30:00.5.5Z", ".5",
        ]
    )
    func misplacedPoint(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("seconds are cut downwards, also before 1970")
    func seconds() {
        #expect(Timestamp(microseconds: 1_999_999).seconds == 1)
        #expect(Timestamp(microseconds: -1).seconds == -1)
        #expect(Timestamp(seconds: 5).microseconds == 5_000_000)
    }

    @Test("moving and measuring are each other's reverse")
    func arithmetic() {
        let start = Timestamp(seconds: 1_768_451_400)
        for duration in [Duration.seconds(90), .milliseconds(-1_500), .microseconds(7), .zero, .seconds(86_400 * 365)] {
            #expect(start.duration(to: start.advanced(by: duration)) == duration)
        }
        #expect(start < start.advanced(by: .microseconds(1)))
        #expect(Duration.milliseconds(1_500).inSeconds == 1.5)
        #expect(Duration.nanoseconds(1_999).microseconds == 1)
    }

    @Test("dates convert to the nearest microsecond and back")
    func dates() {
        let time = Timestamp(microseconds: 1_768_451_400_250_123)
        #expect(Timestamp(time.date) == time)
    }
}

@Suite("Ids that sort by time")
struct SortableIDTests {
    @Test("an id is 128 bits and back, and what is no id has none")
    func bits() throws {
        let id = SortableID.make("evt_", at: Timestamp(seconds: 1_764_000_000))
        let bits = try #require(SortableID.bits(id.dropFirst(4)))
        #expect(SortableID.text("evt_", high: bits.high, low: bits.low) == id)
        #expect(bits.high >> 16 == 1_764_000_000_000, "the first 48 bits are the time")
        let ends = ["00000000000000000000000000", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"].map { SortableID.bits($0[...]) }
        #expect(ends.map { $0?.high } == [0, .max] && ends.map { $0?.low } == [0, .max])
        for text in ["8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "0000000000000000000000000", "0000000000000000000000000I", "none"] {
            #expect(SortableID.bits(text[...]) == nil)
        }
    }

    @Test("the time stands in front, in 26 characters of Crockford's alphabet")
    func form() {
        let id = SortableID.make(at: Timestamp(microseconds: 1_469_918_176_385_000))
        #expect(id.hasPrefix("01ARYZ6S41"))
        #expect(id.count == 26)
        #expect(id.allSatisfy { "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains($0) })
    }

    @Test("later ids are larger, ids of one moment differ")
    func order() {
        let ids = (0..<100).map { SortableID.make(at: Timestamp(microseconds: Int64($0) * 1_000)) }
        #expect(ids == ids.sorted())
        let moment = Timestamp(seconds: 1_768_451_400)
        #expect(Set((0..<1_000).map { _ in SortableID.make(at: moment) }).count == 1_000)
    }

    @Test("no two threads get the same random part, whoever comes first to an empty stock")
    func threads() async {
        let moment = Timestamp(seconds: 1_768_451_400)
        let ids = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { (0..<500).map { _ in SortableID.make("evt_", at: moment) } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(ids).count == 4_000)
        #expect(ids.allSatisfy { $0.hasPrefix("evt_01") && $0.utf8.count == 30 })
    }

    @Test("a time before 1970 counts as 1970")
    func early() {
        #expect(SortableID.make(at: Timestamp(seconds: -5)).hasPrefix("0000000000"))
    }

    @Test("an event's id carries its time")
    func eventID() {
        let id = EventID(at: Timestamp(microseconds: 1_469_918_176_385_000))
        #expect(id.rawValue.hasPrefix("evt_01ARYZ6S41"))
        #expect(EventID(rawValue: id.description) == id)
    }
}
