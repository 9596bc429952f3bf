// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import PostgresOutbox
import TestSupport
import Testing

/// Pitfall 19: claims do not go through what was claimed before, however long that stays in the index.
@Suite("From when on claims look for messages")
struct ClaimFloorsTests {
    private let time = TestClock().now
    private let start = ContinuousClock.now
    private let interval: Duration = .seconds(5)

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start.advanced(by: .milliseconds(milliseconds)) }

    private func due(_ milliseconds: Int) -> Timestamp { time.advanced(by: .milliseconds(milliseconds)) }

    private func found(_ milliseconds: Int?, full: Bool) -> [String: ClaimFloors.Found] {
        ["main": ClaimFloors.Found(last: milliseconds.map(due), isFull: full)]
    }

    /// Where a look begins, which is noted then with what it found.
    private func look(
        _ floors: inout ClaimFloors,
        _ milliseconds: Int,
        took: Int = 1,
        _ found: [String: ClaimFloors.Found]
    ) -> Timestamp? {
        let begin = at(milliseconds)
        let start = floors.floors(["main"], at: begin, every: interval)
        floors.note(found, start, dueBy: due(milliseconds), from: begin, took: .milliseconds(took))
        return start["main"]
    }

    @Test("who took all that was due goes a second back the next time, and who did not goes on where that ended")
    func margin() {
        var floors = ClaimFloors()
        #expect(look(&floors, 0, found(-900, full: false)) == nil, "the first one looks through everything")
        #expect(look(&floors, 100, found(50, full: false)) == due(-1_000))
        #expect(look(&floors, 200, found(120, full: true)) == due(-900))
        #expect(look(&floors, 300, found(160, full: true)) == due(120), "there is more where that was")
        #expect(look(&floors, 400, found(200, full: true)) == due(160))
        #expect(look(&floors, 451, found(220, full: true)) == due(-800), "now and then it goes back all the same")
        #expect(look(&floors, 500, found(nil, full: false)) == due(220))
        #expect(look(&floors, 2_000, found(nil, full: false)) == due(-500))
    }

    @Test("everything is looked through every few seconds, or where that takes long in a fiftieth of the time")
    func everything() {
        var floors = ClaimFloors()
        #expect(look(&floors, 0, took: 10, found(nil, full: false)) == nil)
        #expect(look(&floors, 4_999, found(nil, full: false)) != nil)
        #expect(look(&floors, 5_000, took: 400, found(nil, full: false)) == nil)
        #expect(look(&floors, 24_999, found(nil, full: false)) != nil)
        #expect(look(&floors, 25_000, took: 4_000, found(nil, full: false)) == nil)
        #expect(look(&floors, 84_999, found(nil, full: false)) != nil)
        #expect(look(&floors, 85_000, found(nil, full: false)) == nil)
    }

    @Test("what gets in line late is looked for by the next look, and what does not changes nothing")
    func late() {
        var floors = ClaimFloors()
        _ = look(&floors, 0, found(nil, full: false))
        floors.put(due(-1_000), at: at(1))
        #expect(look(&floors, 2, found(nil, full: false)) == due(-1_000))
        floors.put(due(-3_000), at: at(500))
        #expect(look(&floors, 501, found(nil, full: false)) == due(-4_000))
        #expect(look(&floors, 502, found(nil, full: false)) == due(-499))
    }

    @Test("a look that was under way when something got in line late may not have seen it", arguments: [true, false])
    func underWay(_ isFull: Bool) {
        var floors = ClaimFloors()
        _ = look(&floors, 0, found(nil, full: false))
        let start = floors.floors(["main"], at: at(100), every: interval)
        floors.put(due(-3_000), at: at(150))
        floors.note(found(90, full: isFull), start, dueBy: due(100), from: at(100), took: .milliseconds(100))
        #expect(look(&floors, 300, found(nil, full: false)) == due(-4_000))
        #expect(look(&floors, 400, found(nil, full: false)) == due(-700))
    }

    @Test("so may a first look, and one through everything")
    func underWayThroughEverything() {
        var floors = ClaimFloors()
        floors.put(due(-3_000), at: at(1))
        floors.note(found(nil, full: false), [:], dueBy: due(0), from: at(0), took: .milliseconds(2))
        #expect(look(&floors, 3, found(nil, full: false)) == due(-4_000))
    }

    @Test("each account has its own floor, and what was not looked for is not noted")
    func accounts() {
        var floors = ClaimFloors()
        _ = look(&floors, 0, found(nil, full: false))
        #expect(floors.floors(["main", "second"], at: at(1), every: interval) == ["main": due(-1_000)])
    }
}
