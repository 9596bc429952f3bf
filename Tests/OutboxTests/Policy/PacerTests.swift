// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

@Suite("The pace of an account")
struct PacerTests {
    private let start = TestClock().now

    @Test("at 20 a second with a burst of two, two leave at once and then one every 50 ms")
    func paces() {
        var pacer = Pacer(Rate(20, per: .seconds(1)))
        #expect(pacer.burst == 2)
        #expect(pacer.available(at: start) == 2)
        pacer.take(2, at: start)
        #expect(pacer.available(at: start) == 0)
        #expect(pacer.nextRefill(after: start) == start.advanced(by: .milliseconds(50)))
        #expect(pacer.available(at: start.advanced(by: .microseconds(49_999))) == 0)
        #expect(pacer.available(at: start.advanced(by: .milliseconds(50))) == 1)
        #expect(pacer.available(at: start.advanced(by: .seconds(3_600))) == 2, "a pause saves up no more than a burst")
    }

    @Test(
        "whatever the rate, one second takes a second's worth and a burst",
        arguments: [1, 3, 7, 20, 80, 1_000, 30_000]
    )
    func neverExceedsTheRate(count: Int) {
        var pacer = Pacer(Rate(count, per: .seconds(1)))
        var now = start
        var sent = 0
        while start.duration(to: now) < .seconds(1) {
            let room = pacer.available(at: now)
            pacer.take(room, at: now)
            sent += room
            now = max(pacer.nextRefill(after: now), now.advanced(by: .microseconds(1)))
        }
        #expect(sent <= count + pacer.burst)
        #expect(sent >= count)
    }

    @Test("tokens that were taken in vain come back")
    func givesBack() {
        var pacer = Pacer(Rate(20, per: .seconds(1)))
        pacer.take(2, at: start)
        pacer.giveBack(1)
        #expect(pacer.available(at: start) == 1)
    }

    private func reserve(
        _ count: Int,
        ahead: Duration,
        at now: Timestamp,
        _ pacer: inout Pacer
    ) throws -> PaceSlice {
        let slice = pacer.reserve(count, ahead: ahead, at: now)
        return try #require(slice)
    }

    @Test("places are taken ahead one behind the other, each with its time, and no further than is asked")
    func reserves() throws {
        var pacer = Pacer(Rate(20, per: .seconds(1)))
        func later(_ milliseconds: Int) -> Timestamp { start.advanced(by: .milliseconds(milliseconds)) }
        var first = try reserve(5, ahead: .milliseconds(250), at: start, &pacer)
        #expect(first.count == 5 && first.available(at: start) == 2, "a burst of two at once")
        #expect(first.available(at: later(49)) == 2 && first.available(at: later(150)) == 5)
        let second = try reserve(5, ahead: .milliseconds(250), at: start, &pacer)
        #expect(second.count == 2 && second.available(at: later(199)) == 0 && second.available(at: later(200)) == 1)
        #expect(pacer.reserve(1, ahead: .milliseconds(250), at: start) == nil)
        #expect(pacer.chance(ahead: .milliseconds(250), at: start) == later(50))
        first.take(2)
        first.forget(at: later(149))
        #expect(first.count == 3, "each is good for a burst's time")
        first.forget(at: later(150))
        #expect(first.count == 2)
        #expect(first.nextRefill == later(100))
    }

    @Test("places that nobody used go back where they are the last ones, and are lost where others stand behind them")
    func givesPlacesBack() throws {
        var pacer = Pacer(Rate(1, per: .seconds(60)))
        let before = pacer
        let place = try reserve(1, ahead: .zero, at: start, &pacer)
        let minute = start.advanced(by: .seconds(60))
        #expect(pacer.reserve(1, ahead: .zero, at: start) == nil)
        pacer.giveBack(place)
        #expect(pacer.available(at: start) == before.available(at: start))
        let again = try reserve(1, ahead: .zero, at: start, &pacer)
        let next = try reserve(1, ahead: .seconds(60), at: start, &pacer)
        pacer.giveBack(again)
        #expect(pacer.available(at: minute) == 0 && next.available(at: minute) == 1)
    }

    @Test("places that were taken before the pace changed free no more than they took")
    func givesBackOtherPace() throws {
        var usual = Pacer(Rate(1, per: .seconds(1)))
        let place = try reserve(1, ahead: .zero, at: start, &usual)
        var slow = Pacer(Rate(1, per: .seconds(60)), fullAt: usual.fullAt)
        slow.giveBack(place)
        #expect(slow.fullAt == start.microseconds * 1_000)
    }

    @Test(
        "whoever uses which place, and when, no second has more than a second's worth and a burst",
        arguments: [3, 20, 150]
    )
    func sharedPlaces(count: Int) {
        var random = SeededGenerator(seed: 29)
        for _ in 0..<50 {
            var (pacer, now, sent) = (Pacer(Rate(count, per: .seconds(1))), start, [Timestamp]())
            var held = [PaceSlice?](repeating: nil, count: 4)
            while start.duration(to: now) < .seconds(3) {
                let node = Int.random(in: 0..<4, using: &random)
                held[node]?.forget(at: now)
                if held[node].map({ $0.count == 0 }) ?? true {
                    held[node] = pacer.reserve(
                        Int.random(in: 1...9, using: &random),
                        ahead: .milliseconds(250),
                        at: now
                    )
                }
                let some = Int.random(in: 0...(held[node]?.available(at: now) ?? 0), using: &random)
                held[node]?.take(some)
                sent += [Timestamp](repeating: now, count: some)
                now = now.advanced(by: .microseconds(Int64.random(in: 0...20_000, using: &random)))
            }
            for (index, time) in sent.enumerated() where index >= count + pacer.burst {
                #expect(sent[index - count - pacer.burst].duration(to: time) > .seconds(1))
            }
        }
    }
}
