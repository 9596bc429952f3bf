// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Testing

@Suite("When quiet hours end")
struct QuietHoursTests {
    /// When a message that would leave at a time may leave.
    struct Row: Sendable, CustomTestStringConvertible {
        let window: (from: String, to: String)
        let zones: [String]
        let at: String
        /// `nil` for at once.
        let opens: String?

        init(_ from: String, _ to: String, _ zones: String..., at: String, opens: String?) {
            (window, self.zones, self.at, self.opens) = ((from, to), zones, at, opens)
        }

        var testDescription: String { "\(window.from)-\(window.to) \(zones.joined(separator: ",")) at \(at)" }
    }

    static let table = [
        // 25: half-open, and across midnight.
        Row("21:00", "09:00", "Asia/Kolkata", at: "2026-01-15T20:59:59.999+05:30", opens: nil),
        Row("21:00", "09:00", "Asia/Kolkata", at: "2026-01-15T21:00:00+05:30", opens: "2026-01-16T09:00:00+05:30"),
        Row("21:00", "09:00", "Asia/Kolkata", at: "2026-01-16T00:00:00+05:30", opens: "2026-01-16T09:00:00+05:30"),
        Row("21:00", "09:00", "Asia/Kolkata", at: "2026-01-16T08:59:59.999+05:30", opens: "2026-01-16T09:00:00+05:30"),
        Row("21:00", "09:00", "Asia/Kolkata", at: "2026-01-16T09:00:00+05:30", opens: nil),
        Row("13:00", "14:00", "Asia/Kolkata", at: "2026-01-15T13:30:00+05:30", opens: "2026-01-15T14:00:00+05:30"),
        Row("13:00", "14:00", "Asia/Kolkata", at: "2026-01-15T12:59:00+05:30", opens: nil),
        Row("00:00", "08:00", "Asia/Kathmandu", at: "2026-01-15T00:00:00+05:45", opens: "2026-01-15T08:00:00+05:45"),
        // 27: an end in the gap of spring is its end, not a time that no clock shows.
        Row("22:00", "02:30", "Europe/Berlin", at: "2026-03-28T23:00:00+01:00", opens: "2026-03-29T03:00:00+02:00"),
        // 27: what the clocks show twice in autumn is quiet twice.
        Row("02:00", "02:30", "Europe/Berlin", at: "2026-10-25T02:10:00+02:00", opens: "2026-10-25T02:30:00+02:00"),
        Row("02:00", "02:30", "Europe/Berlin", at: "2026-10-25T02:30:00+02:00", opens: nil),
        Row("02:00", "02:30", "Europe/Berlin", at: "2026-10-25T02:10:00+01:00", opens: "2026-10-25T02:30:00+01:00"),
        Row("01:00", "03:00", "Europe/Berlin", at: "2026-10-25T01:30:00+02:00", opens: "2026-10-25T03:00:00+01:00"),
        // 27: a window that began before the change ends by the clock after it.
        Row("21:00", "09:00", "Europe/Berlin", at: "2026-03-28T22:00:00+01:00", opens: "2026-03-29T09:00:00+02:00"),
        Row("21:00", "09:00", "Europe/Berlin", at: "2026-10-24T22:00:00+02:00", opens: "2026-10-25T09:00:00+01:00"),
        Row("21:00", "09:00", "America/New_York", at: "2026-03-07T22:00:00-05:00", opens: "2026-03-08T09:00:00-04:00"),
        Row("21:00", "09:00", "America/New_York", at: "2026-10-31T22:00:00-04:00", opens: "2026-11-01T09:00:00-05:00"),
        // 27: the south, with half an hour of summer time: 02:00 becomes 01:30 in April, and 02:30 in October.
        Row(
            "01:30",
            "01:45",
            "Australia/Lord_Howe",
            at: "2026-04-05T01:40:00+11:00",
            opens: "2026-04-05T01:45:00+11:00"
        ),
        Row(
            "01:30",
            "01:45",
            "Australia/Lord_Howe",
            at: "2026-04-05T01:30:00+10:30",
            opens: "2026-04-05T01:45:00+10:30"
        ),
        Row(
            "22:00",
            "02:15",
            "Australia/Lord_Howe",
            at: "2026-10-03T23:00:00+10:30",
            opens: "2026-10-04T02:30:00+11:00"
        ),
        // 27: Morocco leaves summer time for Ramadan: 03:00 becomes 02:00 on 15 February, and 03:00 on 22 March again.
        Row("02:15", "02:45", "Africa/Casablanca", at: "2026-02-15T02:20:00+01:00", opens: "2026-02-15T02:45:00+01:00"),
        Row("02:15", "02:45", "Africa/Casablanca", at: "2026-02-15T02:15:00Z", opens: "2026-02-15T02:45:00Z"),
        Row("22:00", "02:30", "Africa/Casablanca", at: "2026-03-21T23:00:00Z", opens: "2026-03-22T03:00:00+01:00"),
        // 26: quiet when quiet in any of them; the end of one may lie in the window of another.
        Row(
            "21:00",
            "09:00",
            "America/New_York",
            "America/Los_Angeles",
            at: "2026-07-15T20:30:00-04:00",
            opens: nil
        ),
        Row(
            "21:00",
            "09:00",
            "America/New_York",
            "America/Los_Angeles",
            at: "2026-07-15T09:30:00-04:00",
            opens: "2026-07-15T09:00:00-07:00"
        ),
        Row(
            "21:00",
            "09:00",
            "America/Los_Angeles",
            "America/New_York",
            at: "2026-07-15T21:30:00-04:00",
            opens: "2026-07-16T09:00:00-07:00"
        ),
    ]

    static func minutes(_ text: String) -> Int {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        return parts[0] * 60 + parts[1]
    }

    private func quiet(_ row: Row, spread: Duration = .zero, place: UInt32 = 0) -> QuietHours {
        let (from, to) = (Self.minutes(row.window.from), Self.minutes(row.window.to))
        return QuietHours(from: from, to: to, zones: row.zones, spread: spread, place: place)
    }

    @Test("the end is the first instant whose local time is outside (25, 26, 27)", arguments: table)
    func ends(row: Row) throws {
        let now = try #require(Timestamp(rfc3339: row.at))
        let opens = try row.opens.map { try #require(Timestamp(rfc3339: $0)) }
        #expect(quiet(row).hold(at: now, before: nil)?.until == opens)
    }

    @Test("a window that is stored in March and asked in April ends by summer time (27)")
    func storedInMarch() throws {
        let row = Row("21:00", "09:00", "Europe/Berlin", at: "2026-03-20T22:00:00+01:00", opens: nil)
        let stored = try #require(SendGates(quiet: quiet(row), limit: nil)).json.text()
        let kept = try #require(SendGates(try JSON(parsing: stored))?.quiet)
        let april = try #require(Timestamp(rfc3339: "2026-04-10T22:00:00+02:00"))
        #expect(kept.hold(at: april, before: nil)?.until == Timestamp(rfc3339: "2026-04-11T09:00:00+02:00"))
    }

    @Test("a recipient's messages all leave at one place of the spread, so in their order (29)")
    func place() throws {
        let row = Self.table[1]
        let now = try #require(Timestamp(rfc3339: row.at))
        let later = now.advanced(by: .seconds(3_600))
        let quiet = quiet(row, spread: .seconds(600), place: QuietHours.place(of: "phone:919812345670"))
        let (first, second) = (quiet.hold(at: now, before: nil)?.until, quiet.hold(at: later, before: nil)?.until)
        let opens = try #require(Timestamp(rfc3339: "2026-01-16T09:00:00+05:30"))
        #expect(first == second)
        #expect(try opens..<opens.advanced(by: .seconds(600)) ~= #require(first))
        #expect(first != opens, "this recipient's place is not the first")
    }

    @Test("of 10,000 messages at 09:00 no second has more than twice the mean (29)")
    func spread() throws {
        let row = Self.table[1]
        let now = try #require(Timestamp(rfc3339: row.at))
        let due = (0..<10_000).compactMap { number in
            quiet(row, spread: .seconds(600), place: QuietHours.place(of: "phone:9198\(10_000_000 + number)"))
                .hold(at: now, before: nil)?.until
        }
        let seconds = Dictionary(grouping: due, by: \.seconds).mapValues(\.count)
        #expect(due.count == 10_000)
        #expect(seconds.values.max() ?? 0 <= 2 * 10_000 / 600)
    }

    @Test(
        "the spread never reaches the next quiet hours: whoever waited leaves before them (29)",
        arguments: [
            Row("00:00", "23:59", "Asia/Kolkata", at: "2026-03-28T22:00:00+05:30", opens: "2026-03-28T23:59:00+05:30"),
            Row("21:00", "20:58", "Asia/Kolkata", at: "2026-01-15T21:00:00+05:30", opens: "2026-01-16T20:58:00+05:30"),
            Row("03:00", "01:30", "Europe/Berlin", at: "2026-03-28T22:00:00+01:00", opens: "2026-03-29T01:30:00+01:00"),
        ]
    )
    func spreadInGap(row: Row) throws {
        let now = try #require(Timestamp(rfc3339: row.at))
        let opens = try #require(row.opens.flatMap { Timestamp(rfc3339: $0) })
        for place in [0, .max / 4, .max / 2, .max] as [UInt32] {
            for spread in [600, 100 * 3_600] {
                let quiet = quiet(row, spread: .seconds(spread), place: place)
                let leaves = try #require(quiet.hold(at: now, before: nil)?.until)
                #expect(leaves >= opens)
                #expect(quiet.hold(at: leaves, before: nil) == nil)
            }
        }
    }

    @Test("the spread never reaches the expiry (29)")
    func spreadBeforeExpiry() throws {
        let row = Self.table[1]
        let now = try #require(Timestamp(rfc3339: row.at))
        let opens = try #require(Timestamp(rfc3339: "2026-01-16T09:00:00+05:30"))
        let expires = opens.advanced(by: .seconds(30))
        let last = quiet(row, spread: .seconds(600), place: .max).hold(at: now, before: expires)
        #expect(try opens..<expires ~= #require(last?.until))
    }

    @Test("an opening at or after the expiry drops the message at once, with both times in the reason (30)")
    func expiry() throws {
        let row = Self.table[1]
        let now = try #require(Timestamp(rfc3339: row.at))
        let opens = try #require(Timestamp(rfc3339: "2026-01-16T09:00:00+05:30"))
        let hold = try #require(quiet(row).hold(at: now, before: opens))
        #expect(hold.fate == .drop)
        #expect(
            hold.reason
                == "quiet hours: 21:00 to 09:00 in Asia/Kolkata until 2026-01-16T03:30:00.000Z, and it expires at 2026-01-16T03:30:00.000Z"
        )
    }

    @Test("a zone that the machine does not know holds for an hour, and is never taken for UTC (26)")
    func unknownZone() throws {
        let now = try #require(Timestamp(rfc3339: "2026-01-15T12:00:00Z"))
        let quiet = QuietHours(from: 0, to: 60, zones: ["Nowhere/City"], spread: .zero, place: 0)
        let hold = try #require(quiet.hold(at: now, before: nil))
        #expect(hold.until == now.advanced(by: .seconds(3_600)))
        #expect(hold.reason.contains("Nowhere/City"))
    }

    @Test(
        "what is left of a day where clocks count together (26)",
        arguments: [
            ("21:00", "09:00", [19_800], 720), ("21:00", "09:00", [-14_400, -36_000], 360),
            ("21:00", "09:00", [7_200, 43_200], 120), ("13:00", "14:00", [0, 43_200], 1_320),
            ("08:00", "07:00", [0, 3_600], 0), ("23:30", "00:30", [0, 1_800], 1_350), ("21:00", "09:00", [], 1_440),
        ] as [(String, String, Set<Int>, Int)]
    )
    func open(from: String, to: String, offsets: Set<Int>, minutes: Int) {
        let open = QuietHours.open(from: Self.minutes(from), to: Self.minutes(to), offsets)
        #expect(open == .seconds(minutes * 60))
    }
}
