// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

@testable import Delivery

@Suite("When the dispatcher asks the store for messages")
struct ClaimWatchTests {
    private let now = TestClock().now
    private let quotas = [ClaimQuota(account: "main", limit: 2)]

    private func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    /// A watch after an exchange that left room and found the next message due so many seconds later.
    private func watch(nextDue: Int? = nil) -> ClaimWatch {
        var watch = ClaimWatch(poll: .seconds(5))
        let exchange = Exchange(results: [], claimed: [], nextDue: nextDue.map { later($0) })
        watch.exchanged(quotas, exchange, steady: now)
        return watch
    }

    @Test("it asks at the start, and not again while its room stands")
    func stands() {
        #expect(ClaimWatch(poll: .seconds(5)).asks(for: quotas, now: now, steady: now))
        let watch = watch()
        #expect(watch.isStanding && watch.covers(["main"]))
        #expect(!watch.asks(for: quotas, now: later(4), steady: later(4)))
        #expect(watch.asks(for: quotas, now: later(5), steady: later(5)), "the poll heals a ring that got lost")
        #expect(watch.next(now: now, steady: now) == later(5))
    }

    @Test("it asks when the next message is due, when somebody rang, and for an account that had no room")
    func asks() {
        let due = watch(nextDue: 3)
        #expect(!due.asks(for: quotas, now: later(2), steady: later(2)))
        #expect(due.asks(for: quotas, now: later(3), steady: later(3)))
        #expect(due.next(now: now, steady: now) == later(3))
        var rung = watch()
        rung.rang()
        #expect(rung.asks(for: quotas, now: now, steady: now))
        #expect(watch().asks(for: [ClaimQuota(account: "second", limit: 1)], now: now, steady: now))
        #expect(!rung.asks(for: [], now: now, steady: now), "without room there is nothing to ask for")
    }
}
