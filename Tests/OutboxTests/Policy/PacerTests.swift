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
}
