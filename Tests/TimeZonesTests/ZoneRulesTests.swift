// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Testing

@testable import TimeZones

@Suite("The rules of time zones, as this machine's database has them")
struct ZoneRulesTests {
    /// When clocks are changed, from what to what.
    struct Change: Sendable, CustomTestStringConvertible {
        let zone: String
        let at: String
        let before: Int
        let after: Int

        var testDescription: String { "\(zone) \(at)" }
    }

    private static let changes: [Change] = [
        Change(zone: "Europe/Berlin", at: "2026-03-29T01:00:00Z", before: 3_600, after: 7_200),
        Change(zone: "Europe/Berlin", at: "2026-10-25T01:00:00Z", before: 7_200, after: 3_600),
        Change(zone: "Europe/London", at: "2026-03-29T01:00:00Z", before: 0, after: 3_600),
        Change(zone: "America/New_York", at: "2026-03-08T07:00:00Z", before: -18_000, after: -14_400),
        Change(zone: "America/New_York", at: "2026-11-01T06:00:00Z", before: -14_400, after: -18_000),
        Change(zone: "Australia/Lord_Howe", at: "2026-04-04T15:00:00Z", before: 39_600, after: 37_800),
        Change(zone: "Australia/Lord_Howe", at: "2026-10-03T15:30:00Z", before: 37_800, after: 39_600),
        Change(zone: "Africa/Casablanca", at: "2026-02-15T02:00:00Z", before: 3_600, after: 0),
        Change(zone: "Africa/Casablanca", at: "2026-03-22T02:00:00Z", before: 0, after: 3_600),
        // Beyond what the files list, by the rule at their end.
        Change(zone: "Europe/Berlin", at: "2050-03-27T01:00:00Z", before: 3_600, after: 7_200),
        Change(zone: "Europe/Berlin", at: "2050-10-30T01:00:00Z", before: 7_200, after: 3_600),
        Change(zone: "Australia/Sydney", at: "2050-04-02T16:00:00Z", before: 39_600, after: 36_000),
    ]

    private func seconds(_ text: String) throws -> Int {
        Int(try #require(Timestamp(rfc3339: text)).seconds)
    }

    @Test("clocks are changed in the second in which they are (27)", arguments: changes)
    func isChanged(_ change: Change) throws {
        let rules = try #require(ZoneDatabase.system.rules(named: change.zone))
        let at = try seconds(change.at)
        #expect(rules.offset(at: at - 1).offset == change.before)
        #expect(rules.offset(at: at - 1).until == at)
        #expect(rules.offset(at: at).offset == change.after)
    }

    @Test("zones that never change their clocks have no next change", arguments: ["Asia/Kolkata", "Etc/UTC"])
    func steady(_ zone: String) throws {
        let rules = try #require(ZoneDatabase.system.rules(named: zone))
        let found = rules.offset(at: try seconds("2026-01-15T00:00:00Z"))
        #expect(found.offset == (zone == "Etc/UTC" ? 0 : 19_800))
        #expect(found.until == nil)
    }

    @Test("every zone of the table agrees with Foundation over the months to come")
    func agreesWithFoundation() throws {
        let zones = ZoneDatabase.system.regionCodes.flatMap { ZoneDatabase.system.region($0)?.zones ?? [] }
        #expect(zones.count > 200)
        var differing: Set<String> = []
        for name in zones {
            let rules = try #require(ZoneDatabase.system.rules(named: name), "\(name)")
            guard let zone = TimeZone(identifier: name) else { continue }
            for day in stride(from: 20_454, to: 22_000, by: 97) {
                let date = Date(timeIntervalSince1970: Double(day * 86_400))
                if rules.offset(at: day * 86_400).offset != zone.secondsFromGMT(for: date) { differing.insert(name) }
            }
        }
        // Two databases of different years may tell a handful of zones apart; a mistake in reading tells most.
        #expect(differing.count <= 5, "\(differing.sorted())")
    }

    @Test("a damaged file is none, wherever it breaks off")
    func damaged() throws {
        let bytes = try Array(Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin")))
        #expect(ZoneRules(bytes) != nil)
        for length in stride(from: 0, to: bytes.count - 40, by: 7) {
            #expect(ZoneRules(Array(bytes.prefix(length))) == nil, "\(length)")
        }
        #expect(ZoneRules(Array("no such format".utf8)) == nil)
    }

    @Test(
        "what is no rule of POSIX is none",
        arguments: ["", "C-1", "CET", "CET-1CEST", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5.0", "<+01-1", "CET-1x"]
    )
    func noRule(_ text: String) {
        #expect(RecurringRule(text) == nil)
    }

    @Test("a rule of POSIX may count days of the year, and may have its summer the other way round")
    func forms() throws {
        let julian = try #require(RecurringRule("AAA3BBB,J60/0,300/-1:30"))
        // 1 March, at midnight in standard time, leap year or not; day 300 from 0, one and a half hours before it.
        #expect(julian.offset(at: try seconds("2028-03-01T02:59:59Z")).until == (try seconds("2028-03-01T03:00:00Z")))
        #expect(julian.offset(at: try seconds("2026-03-01T03:00:00Z")).offset == -7_200)
        #expect(julian.offset(at: try seconds("2026-10-28T00:29:59Z")).offset == -7_200)
        #expect(julian.offset(at: try seconds("2026-10-28T00:30:00Z")).offset == -10_800)
        let dublin = try #require(RecurringRule("IST-1GMT0,M10.5.0,M3.5.0/1"))
        #expect(dublin.offset(at: try seconds("2050-07-01T00:00:00Z")).offset == 3_600)
        #expect(dublin.offset(at: try seconds("2050-01-01T00:00:00Z")).offset == 0)
    }
}
