// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

/// The law of keys and of pruning by itself; `OutboxStoreTests` asks the same of every store.
@Suite("What is remembered, and for how long")
struct KeepingLawTests {
    private let now = TestClock().now

    private func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    @Test("an event is new or a repetition as the law says", arguments: DedupeLaw.table)
    func dedupes(law: DedupeLaw) {
        let events = law.deliveries.map { _ in EventID(at: now) }
        var holders: [[String]: Held<EventID>] = [:]
        for (event, delivery) in zip(events, law.deliveries) {
            let name = [delivery.source, delivery.dedupe?.key ?? "-"]
            let recognition = Recognition.of(delivery.dedupe, holder: holders[name], at: later(delivery.at))
            let expected: Recognition =
                switch (delivery.repeats, delivery.dedupe) {
                case (let first?, _): .duplicate(of: events[first])
                case (nil, let dedupe?): .new(holdsUntil: later(delivery.at).advanced(by: dedupe.window))
                case (nil, nil): .new(holdsUntil: nil)
                }
            #expect(recognition == expected)
            if case .new(let until?) = recognition { holders[name] = Held(event, until: until) }
        }
    }

    @Test("only the same body under a key is a repetition, for 24 hours")
    func idempotency() {
        let key = IdempotencyKey(apiKey: "pk_a", key: "k", bodyFingerprint: [1])
        let other = IdempotencyKey(apiKey: "pk_a", key: "k", bodyFingerprint: [2])
        let (event, answer) = (EventID(at: now), KeptAnswer(status: 201, body: [3]))
        let held = key.kept(answer, for: event, at: now)
        for (seconds, isHeld) in [(0, true), (86_399, true), (86_400, false)] {
            let (same, different) = (held.use(by: key, at: later(seconds)), held.use(by: other, at: later(seconds)))
            #expect(same?.use == (isHeld ? .same(answer) : nil))
            #expect(same?.repeats == (isHeld ? event : nil))
            #expect(different?.use == (isHeld ? .other : nil))
            #expect(different?.repeats == nil, "it is no repetition, and counted nowhere")
        }
    }

    @Test("an event goes or stays as the law says", arguments: PruneLaw.table)
    func prunes(law: PruneLaw) {
        let rule = PruneRule(PruneLaw.retention, deleting: later(law.age), keys: later(law.age))
        #expect(rule.takes(eventFrom: now, isPending: law.isPending, law.messages) == law.goes)
    }

    @Test("a key goes when it is free, a rejection when it is old, each by its own time")
    func prunesKeys() {
        let rule = PruneRule(Retention(rejections: .seconds(60)), deleting: later(100), keys: later(200))
        #expect([199, 200, 201].map { rule.takes(keyHeldUntil: later($0)) } == [true, true, false])
        #expect([39, 40, 41].map { rule.takes(rejectionFrom: later($0)) } == [true, false, false])
        for seconds in [199, 200, 201] {
            let held = Held(0, until: later(seconds))
            #expect(held.holds(at: rule.keysUntil) != rule.takes(keyHeldUntil: held.until))
        }
    }

    @Test("a round is complete when it reached its limit with no kind")
    func completeness() {
        func pruned(_ events: Int, _ rejections: Int, _ keys: [Int]) -> Pruned {
            Pruned(events: events, messages: 7, rejections: rejections, keys: keys, limit: 3)
        }
        #expect(pruned(2, 2, [2, 2]) == Pruned(events: 2, messages: 7, rejections: 2, keys: 4, isComplete: true))
        #expect(
            [pruned(3, 0, []), pruned(0, 3, []), pruned(0, 0, [0, 3])].map(\.isComplete) == [false, false, false]
        )
    }
}
