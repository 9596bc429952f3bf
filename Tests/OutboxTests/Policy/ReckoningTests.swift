// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

@Suite("What time is believed")
struct ReckoningTests {
    private let start = TestClock().now
    private let day = Duration.seconds(86_400)

    private func at(_ span: Duration) -> Timestamp { start.advanced(by: span) }

    private func mark(_ span: Duration = .zero, keys: Duration = .zero) -> Reckoning.Mark {
        .init(wall: at(span), keys: at(keys))
    }

    @Test("a new store has nothing but the wall clock")
    func newStore() {
        let reckoning = Reckoning(nil, wall: start, steady: start)
        #expect(reckoning.mark(steady: at(.seconds(60))) == mark(.seconds(60), keys: .seconds(60)))
    }

    @Test("a short outage counts as time, for deleting and for keys")
    func shortOutage() {
        let reckoning = Reckoning(mark(), wall: at(.seconds(3_600)), steady: start)
        #expect(reckoning.mark(steady: start) == mark(.seconds(3_600), keys: .seconds(3_600)))
        #expect(reckoning.doubt(wall: at(.seconds(3_600)), steady: start) == nil)
    }

    @Test("a clock 400 days ahead at the start is not believed, and time goes on from where the store was")
    func aheadAtStart() {
        var reckoning = Reckoning(mark(), wall: at(day * 400), steady: start)
        #expect(reckoning.doubt(wall: at(day * 400), steady: start) == day * 400)
        reckoning.look(wall: at(day * 400 + .seconds(60)), steady: at(.seconds(60)))
        #expect(reckoning.mark(steady: at(.seconds(60))) == mark(.seconds(60), keys: .seconds(60)))
    }

    @Test("after a long outage another clock makes ours believed, and keys have aged by it")
    func longOutage() {
        var reckoning = Reckoning(mark(), wall: at(day * 9), steady: start)
        reckoning.confirm(wall: at(day * 9 + .seconds(5)), steady: at(.seconds(5)))
        let later = mark(day * 9 + .seconds(5), keys: day * 9 + .seconds(5))
        #expect(reckoning.mark(steady: at(.seconds(5))) == later)
    }

    @Test("a clock that is mended before anybody spoke for it is believed at once")
    func mended() {
        var reckoning = Reckoning(mark(), wall: at(day * 400), steady: start)
        reckoning.look(wall: at(.seconds(90)), steady: at(.seconds(60)))
        #expect(reckoning.doubt(wall: at(.seconds(90)), steady: at(.seconds(60))) == nil)
        #expect(reckoning.mark(steady: at(.seconds(60))) == mark(.seconds(90), keys: .seconds(90)))
    }

    @Test(
        "no setting of the clock moves the keys while the service runs, believed or not",
        arguments: [-7_200, -10, 10, 1_800, 7_200, 34_560_000] as [Int64]
    )
    func keysAreSteady(step: Int64) {
        var reckoning = Reckoning(nil, wall: start, steady: start)
        let wall = at(.seconds(step + 30))
        reckoning.look(wall: wall, steady: at(.seconds(30)))
        #expect(reckoning.keys(steady: at(.seconds(30))) == at(.seconds(30)))
        reckoning.confirm(wall: wall, steady: at(.seconds(30)))
        #expect(reckoning.keys(steady: at(.seconds(30))) == at(.seconds(30)))
        #expect(reckoning.believed(steady: at(.seconds(30))) == wall)
    }

    @Test("a clock that was set back between two runs is believed, and no key has aged")
    func setBack() {
        let reckoning = Reckoning(mark(), wall: at(.seconds(-7_200)), steady: start)
        #expect(reckoning.mark(steady: start) == mark(.seconds(-7_200)))
    }

    @Test("another clock that disagrees changes nothing, one that agrees ends the doubt")
    func witnesses() {
        let clock = TestClock()
        let reckoned = ReckonedTime(clock: clock)
        clock.step(by: day * 400)
        #expect(reckoned.doubt == day * 400)
        #expect(reckoned.times == .init(keys: start, deleting: start))
        #expect(!reckoned.hear(start))
        #expect(!reckoned.hear(clock.now.advanced(by: .seconds(301))))
        #expect(reckoned.doubt == day * 400)
        #expect(reckoned.hear(clock.now.advanced(by: .seconds(-300))))
        #expect(reckoned.doubt == nil)
        #expect(reckoned.times == .init(keys: start, deleting: at(day * 400)))
    }
}
