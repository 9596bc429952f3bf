// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox
import PartnerAPI
import TestSupport
import Testing

@Suite("What nodes share of an account")
struct AccountStandingTests {
    private let start = TestClock().now
    private let rate = Pacer(Rate(20, per: .seconds(1)))

    private func later(_ seconds: Int64) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    private func turn(
        _ node: String = "a",
        among nodes: Int = 1,
        _ wish: AccountStanding.Wish? = nil,
        learnt: (new: AccountCondition, old: AccountCondition)? = nil
    ) -> AccountStanding.Turn {
        var turn = AccountStanding.Turn(of: node, among: nodes, rate: rate)
        (turn.wish, turn.learnt) = (wish, learnt)
        return turn
    }

    private var refused: AccountCondition {
        var condition = AccountCondition()
        condition.refusal = .init(since: start, reason: "401", nextProbe: later(60))
        return condition
    }

    @Test("a node gets a quarter of a second's worth at most, divided by the nodes, and one place at least")
    func slices() {
        for (nodes, count) in [(1, 5), (2, 2), (5, 1), (100, 1)] {
            var standing = AccountStanding()
            #expect(standing.answer(turn("a", among: nodes, .places(50)), at: start).places?.count == count)
        }
        var standing = AccountStanding()
        #expect(standing.answer(turn("a", .places(3)), at: start).places?.count == 3)
        var (count, last) = (3, AccountStanding.Grant())
        while last.askAt == nil {
            last = standing.answer(turn("b", .places(50)), at: start)
            count += last.places?.count ?? 0
        }
        #expect(count == 7 && last.askAt == start.advanced(by: .milliseconds(50)))
    }

    @Test("what nodes count is added up, until an answer comes in between, a minute has passed or the circuit closes")
    func counts() {
        func condition(_ failures: Int, _ uncertain: [Timestamp: Int] = [:]) -> AccountCondition {
            var condition = AccountCondition()
            (condition.failures, condition.uncertain) = (failures, uncertain)
            return condition
        }
        var (standing, half) = (AccountStanding(), start.advanced(by: .milliseconds(500)))
        _ = standing.answer(turn(learnt: (condition(3, [start: 2]), condition(0))), at: start)
        _ = standing.answer(turn("b", learnt: (condition(2, [half: 3]), condition(0))), at: later(1))
        #expect(standing.condition == condition(5, [start: 5]))
        // One node knows of three that are others', and an answer came there before one more failed.
        _ = standing.answer(turn(learnt: (condition(1, [start: 5]), condition(5, [start: 5]))), at: later(2))
        #expect(standing.condition == condition(1, [start: 5]))
        _ = standing.answer(turn(learnt: (condition(1, [later(59): 1]), condition(1))), at: later(59))
        #expect(standing.condition.uncertain == [start: 5, later(59): 1])
        _ = standing.answer(turn(), at: later(60))
        #expect(standing.condition.uncertain == [later(59): 1])
        half = later(61)
        var (open, closed) = (condition(0), condition(0))
        open.failure = .init(since: half, reason: "503", nextProbe: later(66), pause: .seconds(5))
        open.brakedSince = half
        _ = standing.answer(turn(learnt: (open, condition(1))), at: half)
        #expect(standing.condition.failures == 0 && standing.condition.brakedSince == half)
        closed.brakedSince = nil
        _ = standing.answer(turn("b", learnt: (closed, open)), at: later(66))
        #expect(standing.condition == AccountCondition())
    }

    @Test("what one node learnt keeps places from all, and what two learnt of different things stays")
    func learns() {
        var standing = AccountStanding()
        var rest = AccountCondition()
        rest.notBefore = later(30)
        _ = standing.answer(turn(learnt: (rest, AccountCondition())), at: start)
        _ = standing.answer(turn("b", learnt: (refused, AccountCondition())), at: start)
        #expect(standing.condition.notBefore == later(30) && standing.condition.refusal == refused.refusal)
        #expect(standing.answer(turn("c", .places(1)), at: later(29)) == AccountStanding.Grant())
        rest.notBefore = later(10)
        _ = standing.answer(turn("c", learnt: (rest, AccountCondition())), at: start)
        #expect(standing.condition.notBefore == later(30), "the longest rest counts")
        _ = standing.answer(turn("b", learnt: (AccountCondition(), refused)), at: start)
        #expect(standing.condition.refusal == nil && standing.condition.notBefore == later(30))
        #expect(standing.answer(turn("c", .places(1)), at: later(30)).places?.count == 1)
    }

    @Test("one node finds out whether an account may send; another one when that is over, or when it gave that up")
    func probes() {
        var standing = AccountStanding(condition: refused)
        let wish = AccountStanding.Wish.probe(for: .seconds(120))
        _ = standing.answer(turn("a", wish), at: later(59))
        #expect(standing.probe == nil, "not before its time")
        _ = standing.answer(turn("a", wish), at: later(60))
        _ = standing.answer(turn("b", wish), at: later(60))
        #expect(standing.probe == .init(node: "a", until: later(180)))
        _ = standing.answer(turn("b", wish), at: later(180))
        #expect(standing.probe?.node == "b", "nobody heard of the first")
        var gone = turn("b")
        gone.dropsProbe = true
        _ = standing.answer(gone, at: later(181))
        _ = standing.answer(turn("a", wish), at: later(182))
        #expect(standing.probe?.node == "a")
        var again = refused
        again.refusal?.nextProbe = later(250)
        _ = standing.answer(turn("a", learnt: (again, refused)), at: later(190))
        #expect(standing.probe == nil && standing.condition.refusal?.nextProbe == later(250))
        _ = standing.answer(turn("b", wish), at: later(249))
        #expect(standing.probe == nil)
    }

    @Test("a rest that is over is forgotten, so that nothing keeps an account that sends")
    func forgetsRest() {
        var rest = AccountCondition()
        rest.notBefore = later(30)
        var standing = AccountStanding()
        _ = standing.answer(turn(learnt: (rest, AccountCondition())), at: start)
        _ = standing.answer(turn("b", .places(1)), at: later(29))
        #expect(standing.condition == rest)
        _ = standing.answer(turn("b", .places(1)), at: later(30))
        #expect(standing.condition == AccountCondition())
    }

    @Test("a person lets go on what stopped before, also by way of a node that had not heard of it; a later stop holds")
    func resumes() {
        func stopped(at second: Int64) -> AccountCondition {
            var condition = AccountCondition()
            condition.stops[.marketing] = .init(since: later(second), reason: "spam")
            return condition
        }
        var standing = AccountStanding(condition: stopped(at: 0))
        var resumed = AccountCondition()
        resumed.resumedAt = later(10)
        _ = standing.answer(turn("b", learnt: (resumed, AccountCondition())), at: later(10))
        #expect(standing.condition == resumed)
        _ = standing.answer(turn("a", learnt: (stopped(at: 5), AccountCondition())), at: later(11))
        #expect(standing.condition.stops.isEmpty, "it was let go on since")
        _ = standing.answer(turn("a", learnt: (stopped(at: 12), AccountCondition())), at: later(12))
        #expect(standing.condition.stops[.marketing]?.since == later(12))
    }

    @Test("a pace after a throttle holds for all nodes")
    func slows() {
        var slow = AccountCondition()
        slow.slowness = .init(interval: .seconds(2), usual: .milliseconds(50), since: start)
        var standing = AccountStanding()
        _ = standing.answer(turn(learnt: (slow, AccountCondition())), at: start)
        #expect(standing.answer(turn("a", .places(10)), at: start).places?.count == 1)
        #expect(standing.answer(turn("b", .places(10)), at: start).askAt == start.advanced(by: .milliseconds(1_750)))
    }
}
