// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeZones

@Suite("The time zone database of this machine")
struct ZoneDatabaseTests {
    private let database = ZoneDatabase.system

    @Test(
        "legacy names become those of today (28)",
        arguments: [
            ("Asia/Calcutta", "Asia/Kolkata"), ("Asia/Kolkata", "Asia/Kolkata"), ("US/Eastern", "America/New_York"),
            ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ]
    )
    func legacyNames(_ name: String, _ today: String) {
        #expect(database.canonicalName(of: name) == today)
    }

    @Test(
        "a name that is none leads out of no folder",
        arguments: ["", "Asia/Calcuta", "../../../etc/passwd", "/etc/passwd"]
    )
    func noZone(_ name: String) {
        #expect(database.rules(named: name) == nil)
        #expect(database.canonicalName(of: name) == nil)
    }

    @Test("a country has its zones; those that go alike are one")
    func regions() throws {
        #expect(database.region("IN")?.zones == ["Asia/Kolkata"])
        #expect(database.region("XX") == nil)
        let unitedStates = try #require(database.region("US")?.zones)
        // Arizona has no summer time, the Aleutian Islands have and Hawaii has none: they stay apart.
        #expect(unitedStates.count == 8)
        let expected: Set = ["America/New_York", "America/Phoenix", "America/Adak", "Pacific/Honolulu"]
        #expect(expected.isSubset(of: unitedStates))
        let offsets = try #require(database.region("US")?.offsets)
        #expect(offsets.count == 12)
        #expect(offsets[0] == Set([-5, -6, -7, -8, -9, -10].map { $0 * 3_600 }))
        #expect(offsets[6] == Set([-4, -5, -6, -7, -8, -9, -10].map { $0 * 3_600 }))
    }

    @Test("a folder without database has nothing, and says so")
    func noDatabase() {
        let empty = ZoneDatabase("/nonexistent")
        #expect(empty.rules(named: "Asia/Kolkata") == nil)
        #expect(empty.region("IN") == nil)
        #expect(empty.regionCodes == [])
    }
}
