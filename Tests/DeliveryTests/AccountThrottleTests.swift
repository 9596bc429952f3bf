// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing

@testable import Delivery

@Suite("What an account knows of its holds, and for how long")
struct AccountThrottleTests {
    private let start = TestClock().now

    private func later(_ milliseconds: Int64) -> Timestamp { start.advanced(by: .milliseconds(milliseconds)) }

    private func throttle() -> AccountThrottle {
        AccountThrottle(AccountLimits(name: "main"), probe: .seconds(60), circuit: CircuitBreaker.Settings())
    }

    /// Lets the partner throttle a recipient.
    private func strike(_ recipient: Int, _ throttle: inout AccountThrottle, at now: Timestamp) {
        let detail = AttemptDetail(status: 400, code: "meta_131056", reason: "too many")
        let message = Addressee(recipient: recipient, template: nil, isMarketing: false)
        _ = throttle.ended(.held(detail, for: .seconds(1)), of: { message }, began: now, at: now)
    }

    @Test(
        "what is held is looked at once a second at most, also when nothing waits any more; a new hold is seen at once"
    )
    func looks() {
        var throttle = throttle()
        strike(1, &throttle, at: start)
        throttle.lookAtWaits(at: start)
        #expect(throttle.waits.map(\.count) == [1] && throttle.waitsSeen == start)
        strike(2, &throttle, at: later(500))
        throttle.lookAtWaits(at: later(500))
        #expect(throttle.waits.map(\.count) == [1], "within the second")
        throttle.lookAtWaits(at: later(1_000))
        #expect(throttle.waits.map(\.count) == [2])
        for time in stride(from: Int64(100_000), to: 105_000, by: 100) {
            throttle.lookAtWaits(at: later(time))
            #expect(throttle.waits.isEmpty && throttle.waitsSeen == later(time / 1_000 * 1_000))
        }
        strike(3, &throttle, at: later(105_100))
        throttle.lookAtWaits(at: later(105_100))
        #expect(throttle.waits.map(\.count) == [1])
    }

    @Test("an hour after the last trouble nothing is held, and nobody looks at messages any more")
    func forgets() {
        var throttle = throttle()
        for recipient in 0..<Holds.capacity { strike(recipient, &throttle, at: start) }
        throttle.lookAtWaits(at: later(3_600_000))
        #expect(!throttle.holds.isEmpty)
        throttle.lookAtWaits(at: later(3_700_000))
        #expect(throttle.holds.isEmpty && throttle.waits.isEmpty)
        throttle.lookAtWaits(at: later(3_800_000))
        #expect(throttle.waitsSeen == later(3_700_000))
    }

    @Test("an answer to a request that left before a person let an account go on stops nothing again")
    func lateAnswers() {
        let detail = AttemptDetail(status: 400, code: "meta_131048", reason: "spam")
        func answer(_ throttle: inout AccountThrottle, began: Int64, at now: Int64) -> AccountThrottle.Change {
            let message = Addressee(recipient: 1, template: nil, isMarketing: true)
            let outcome = Outcome.held(detail, for: .seconds(1))
            let (held, change) = throttle.ended(outcome, of: { message }, began: later(began), at: later(now))
            #expect(held == .held(detail, for: MetaCode.patience), "the message waits all the same")
            return change
        }
        var throttle = throttle()
        #expect(answer(&throttle, began: 0, at: 100).stopped == .marketing)
        #expect(throttle.resume(at: later(1_000)) == [.marketing])
        #expect(answer(&throttle, began: 900, at: 1_500) == AccountThrottle.Change())
        #expect(throttle.holds.stops.isEmpty && throttle.holds.isEmpty)
        #expect(answer(&throttle, began: 1_100, at: 1_600).stopped == .marketing)
    }

    private func report(
        _ code: Int,
        _ throttle: inout AccountThrottle,
        taken: Int64 = 0,
        happened: Int64 = 1_000,
        at now: Int64 = 1_000
    ) throws -> AccountThrottle.Change {
        throttle.reported(
            try #require(MetaCode.row(code)),
            because: "as reported",
            of: { Addressee(recipient: 1, template: "sale", isMarketing: true) },
            taken: later(taken),
            happened: later(happened),
            at: later(now)
        )
    }

    private func hold(_ throttle: inout AccountThrottle, at now: Int64) -> Timestamp? {
        throttle.hold({ Addressee(recipient: 1, template: "sale", isMarketing: true) }, at: later(now))?.until
    }

    @Test("a report's code paces its pair and holds its recipient and template from when it happened (50)")
    func reportsHold() throws {
        for (code, until) in [(131_056, 8_000), (131_049, 86_401_000), (132_015, 10_801_000)] as [(Int, Int64)] {
            var throttle = throttle()
            #expect(try report(code, &throttle, at: 1_500) == AccountThrottle.Change())
            #expect(hold(&throttle, at: 1_600) == later(until), "\(code)")
            #expect(hold(&throttle, at: until + 10_000) == nil)
        }
        var late = throttle()
        _ = try report(131_049, &late, at: 90_000_000)
        #expect(hold(&late, at: 90_000_000) == nil, "the day is over")
    }

    @Test("a report slows or stops the account when it is of now, and once for what left before that")
    func reportsSlow() throws {
        var throttle = throttle()
        throttle.claimed(10, at: start)
        #expect(try report(130_429, &throttle).isSlowed == true)
        let slow = throttle.slowdown.interval
        #expect(try report(130_429, &throttle, happened: 1_500, at: 1_500).isSlowed == nil, "it left before")
        #expect(throttle.slowdown.interval == slow)
        #expect(try report(131_048, &throttle).stopped == .marketing)
        #expect(try report(131_048, &throttle).stopped == nil, "it has stopped")
        #expect(throttle.resume(at: later(2_000)) == [.marketing])
        #expect(try report(131_048, &throttle, at: 3_000).stopped == nil, "a person knows that one")
        #expect(try report(131_048, &throttle, taken: 2_500, happened: 3_000, at: 3_000).stopped == .marketing)
        #expect(try report(190, &throttle) == AccountThrottle.Change() && !throttle.pause.isPaused)
        var old = self.throttle()
        old.claimed(10, at: start)
        for code in [130_429, 131_048, 368] {
            #expect(try report(code, &old, at: 601_000) == AccountThrottle.Change(), "ten minutes ago")
        }
        #expect(old.quota(at: later(601_000)) > 0)
    }
}
