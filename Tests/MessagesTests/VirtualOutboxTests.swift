// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

/// Days of events in the memory that what waits needs: what has come to its end is told once, and can be forgotten.
@Suite("Messages in virtual time")
struct VirtualOutboxTests {
    private let start = TestClock().now

    @Test("has in it what waits, when what has come to its end is forgotten")
    func forgotten() throws {
        var outbox = VirtualOutbox()
        var ended: [Int] = []
        for number in 0..<1_000 {
            let now = start.advanced(by: .seconds(number))
            outbox.pass(until: now)
            for place in outbox.takeEnded() {
                ended.append(place)
                #expect(outbox.forget(place) == [])
            }
            let due = number.isMultiple(of: 2) ? now.advanced(by: .seconds(10)) : nil
            outbox.accept(try Make.message(key: "\(number)", dueAt: due, at: now), at: now)
        }
        #expect(outbox.messages.count == 1_000)
        // The last at once, and those of ten seconds.
        #expect(Array(outbox.messages).count == 1_000 - ended.count && ended.count == 994, "\(ended.count)")
        outbox.pass(until: nil)
        #expect(Set(ended + outbox.takeEnded()) == Set(0..<1_000))
        #expect(outbox.takeEnded() == [])
    }

    @Test("a message that is only recorded comes to its end when it would leave, or is called off before")
    func shadow() throws {
        var outbox = VirtualOutbox()
        let due = start.advanced(by: .seconds(60))
        for key in ["1", "2"] {
            outbox.accept(try Make.message(key: key, dueAt: due, mode: .shadow, at: start), at: start)
        }
        #expect(outbox.takeEnded() == [])
        let cancellation = Cancellation(rule: "order-paid", key: "1", delay: .zero)
        let caller = CallingEvent(id: EventID(rawValue: "evt_1"), type: "", receivedAt: start.advanced(by: .seconds(1)))
        outbox.carryOut(SideEffects(cancellations: [cancellation]), of: caller, at: caller.receivedAt)
        #expect(outbox.takeEnded() == [0] && outbox.messages[0].leftAt == nil)
        outbox.pass(until: due)
        #expect(outbox.takeEnded() == [1] && outbox.messages[1].leftAt == due)
    }
}
