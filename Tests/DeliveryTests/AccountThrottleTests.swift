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
}
