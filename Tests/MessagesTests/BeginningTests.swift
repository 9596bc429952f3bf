// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

@Suite("Where a message begins")
struct BeginningTests {
    private let now = TestClock().now

    private func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    private func begin(_ terms: SendTerms, after precedents: Precedents = Precedents()) -> Beginning {
        Beginning.of(terms, cause: "the rule matched", after: precedents, at: now, keys: now)
    }

    @Test(
        "5: an instant in the past is due now, and the timeline says so; the present needs no word",
        arguments: [(-1, true), (-31_536_000, true), (0, false)]
    )
    func past(seconds: Int, isNoted: Bool) {
        let beginning = begin(SendTerms(dueAt: later(seconds)))
        let note = "; its delay ended at \(later(seconds).rfc3339), which is past, so it is due now"
        #expect(beginning.state == .queued)
        #expect(beginning.due == now)
        #expect(beginning.reason == "the rule matched\(isNoted ? note : "")")
    }

    @Test("11: a message that was called off before it came begins as cancelled, and holds its fact")
    func calledOff() {
        let once = OncePer(key: "1001", window: .seconds(60))
        let early = EarlyCancellation(EventID(rawValue: "evt_1"), until: later(10))
        let live = begin(SendTerms(once: once, key: "1"), after: Precedents(calledOff: early))
        #expect(live.state == .cancelled)
        #expect(live.reason == "called off by evt_1, which came before it")
        #expect(live.holdsUntil == later(60), "17: a later message of the same fact is not sent either")
        let shadow = begin(SendTerms(once: once, key: "1", mode: .shadow), after: Precedents(calledOff: early))
        #expect(shadow.state == .suppressed)
        #expect(shadow.reason == "shadow mode: otherwise called off by evt_1, which came before it")
        let over = EarlyCancellation(EventID(rawValue: "evt_1"), until: now)
        #expect(begin(SendTerms(key: "1"), after: Precedents(calledOff: over)).state == .queued)
    }

    @Test("15: a value that has not changed is told with both values and since when, without what may be a number")
    func unchanged() throws {
        func reason(_ value: String, _ verdict: ChangeVerdict, _ mode: Mode = .live) -> String {
            let change = Change(rule: "r", key: "1", value: value, time: nil)
            return begin(SendTerms(change: change, mode: mode), after: Precedents(change: verdict)).reason
        }
        let paid = KnownValue(value: "paid", at: later(-10), since: later(-60))
        let phone = KnownValue(value: "+91 98450 61237", at: later(-10), since: later(-60))
        let since = later(-60).rfc3339
        #expect(reason("paid", .same(paid)) == "when_changed: 'paid' as before, since \(since)")
        #expect(
            reason("sent", .older(paid, at: later(-90)))
                == "when_changed: 'sent' is of \(later(-90).rfc3339), and it is 'paid' since \(since)"
        )
        #expect(
            reason("sent", .changed(from: paid))
                == "the rule matched; when_changed: 'paid', since \(since), became 'sent'"
        )
        #expect(reason("sent", .first) == "the rule matched; when_changed: 'sent' is the first that is known")
        #expect(reason("+91 98450 61237", .same(phone)) == "when_changed: '+[number]' as before, since \(since)")
        #expect(
            reason("paid", .same(paid), .shadow)
                == "shadow mode: otherwise suppressed too, when_changed: 'paid' as before, since \(since)"
        )
    }

    @Test("15: long values differ where their texts do, and are kept short")
    func longValues() {
        let values = ["A", "B"].map { String(repeating: "x", count: 100_000) + $0 }
        let changes = values.map { Change(rule: "r", key: "1", value: $0, time: nil) }
        let (_, held) = changes[0].judge(nil, at: now, keys: now)
        #expect(changes[1].judge(held, at: now, keys: now).0 == .changed(from: held.value))
        #expect(changes[0].judge(held, at: now, keys: now).0 == .same(held.value))
        #expect(held.value.value.utf8.count < 120)
    }

    @Test("a cancellation comes before a change, that before an expiry, that before once_per, that before shadow mode")
    func order() throws {
        let change = Change(rule: "r", key: "1", value: "paid", time: nil)
        let known = KnownValue(value: "paid", at: now, since: now)
        var precedents = Precedents(
            holder: FactHolder(MessageID(rawValue: "msg_1"), until: later(10)),
            calledOff: EarlyCancellation(EventID(rawValue: "evt_1"), until: later(10)),
            change: .same(known)
        )
        let once = OncePer(key: "1001")
        let terms = SendTerms(once: once, key: "1", change: change, expiresAt: now, mode: .shadow)
        #expect(begin(terms, after: precedents).obstacle == .calledOff)
        precedents.calledOff = nil
        #expect(begin(terms, after: precedents).obstacle == .unchanged)
        precedents.change = .first
        #expect(begin(terms, after: precedents).obstacle == .expired)
        let lasting = SendTerms(once: once, key: "1", change: change, mode: .shadow)
        #expect(begin(lasting, after: precedents).obstacle == .repeated)
        precedents.holder = nil
        #expect(begin(lasting, after: precedents).obstacle == .shadow)
    }
}
