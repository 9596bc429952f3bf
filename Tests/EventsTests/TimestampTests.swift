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

    @Test("what is no date is refused", arguments: ["", "2026", "yesterday", "2026-13-01T00:00:00Z", "1768451400"])
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("RFC 3339 is written in UTC with milliseconds")
    func writes() {
        #expect(Timestamp(microseconds: 1_768_451_400_250_999).rfc3339 == "2026-01-15T04:30:00.250Z")
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
