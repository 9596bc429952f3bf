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
                outbox.forget(place)
            }
            let due = number.isMultiple(of: 2) ? now.advanced(by: .seconds(10)) : nil
            outbox.accept(try Make.message(key: "\(number)", dueAt: due, at: now), at: now)
        }
        #expect(outbox.messages.count == 1_000)
        // The last at once, and those of ten seconds.
        #expect(Array(outbox.messages).count == 1_000 - ended.count && ended.count == 994, "\(ended.count)")
        outbox.pass(until: nil)
        #expect(Set(ended + outbox.takeEnded()) == Set(0..<1_000))
        #expect(outbox.takeEnded() == [] && outbox.takeReleased() == [])
    }

    @Test(
        "an event is needed no more as soon as it was called off, and the others when their digest has come to its end"
    )
    func released() throws {
        var outbox = VirtualOutbox()
        for (number, subject) in ["a", "b", "a", "c"].enumerated() {
            outbox.accept(try Make.item(subject: subject, at: start), of: number, bytes: 1, at: start)
        }
        for number in 4..<6 { outbox.accept(try Make.item(at: start), of: number, bytes: Digest.mostBytes, at: start) }
        #expect(outbox.takeReleased() == [4, 5], "as much is kept as may be")
        let caller = CallingEvent(id: EventID(rawValue: "evt_1"), type: "", receivedAt: start)
        let cancellation = Cancellation(rule: "alerts", key: "a", delay: .zero, collects: true)
        outbox.carryOut(SideEffects(cancellations: [cancellation]), of: caller, at: start)
        #expect(outbox.takeReleased() == [0, 2] && outbox.takeEnded() == [])
        var told: [Int] = []
        outbox.pass(until: nil) { digest in
            told = digest.events
            return .failed("it is only looked at")
        }
        #expect(told == [1, 3] && outbox.takeReleased() == [])
        #expect(outbox.takeEnded() == [0])
        outbox.forget(0)
        #expect(outbox.takeReleased() == [1, 3])
    }

    @Test("an event of which nobody wants to hear is needed at no time")
    func unwanted() throws {
        var outbox = VirtualOutbox()
        let item = try Make.item(at: start)
        outbox.optOuts = [ConsentEntry(item.subject, .optedOut, .all, origin: .operator, at: start, who: "asha")]
        outbox.accept(item, of: 7, at: start)
        #expect(outbox.takeReleased() == [7] && outbox.takeEnded() == [0])
        outbox.forget(0)
        #expect(outbox.takeReleased() == [])
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
