// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import TestSupport
import Testing

@Suite("What calls messages off")
struct CancellationTests {
    private let now = TestClock().now
    private let payment = CallingEvent(
        id: EventID(rawValue: "evt_1"),
        type: "orders/paid",
        receivedAt: TestClock().now
    )

    private func record(
        _ state: MessageState,
        onUncertain: OnUncertain = .retry
    ) throws -> MessageRecord {
        let new = try Make.message(key: "1", onUncertain: onUncertain)
        let beginning = Beginning.of(new.terms, cause: new.cause, at: now, keys: now)
        var record = MessageRecord(new, of: (EventID(rawValue: "evt_0"), "shop"), beginning, at: now)
        record.message.state = state
        record.message.dueAt = state.isWaiting ? now : nil
        return record
    }

    /// A message in a worker's hands, and called off there.
    private func leaving(_ onUncertain: OnUncertain = .retry) throws -> (MessageRecord, ClaimedMessage) {
        var record = try record(.queued, onUncertain: onUncertain)
        _ = try record.claim(until: now.advanced(by: .seconds(60)), at: now)
        let claimed = try #require(record.claimed)
        let (effect, entries) = record.callOff(by: payment, at: now)
        #expect(effect == .leaving)
        #expect(entries.map(\.why) == ["called off by evt_1 (orders/paid) while it is leaving"])
        return (record, claimed)
    }

    @Test(
        "10: every state takes it as the table says",
        arguments: [
            (MessageState.scheduled, CallOff.cancelled), (.queued, .cancelled), (.retrying, .cancelled),
            (.deferred, .cancelled), (.sending, .leaving), (.accepted, .tooLate), (.uncertain, .tooLate),
            (.failed, nil), (.cancelled, nil), (.suppressed, nil),
        ] as [(MessageState, CallOff?)]
    )
    func table(state: MessageState, expected: CallOff?) throws {
        var record = try record(state)
        let (effect, entries) = record.callOff(by: payment, at: now)
        #expect(effect == expected)
        #expect(record.message.state == (expected == .cancelled ? .cancelled : state))
        #expect((record.message.dueAt != nil) == record.message.state.isWaiting)
        let told = expected == .cancelled || expected == .leaving || state == .uncertain
        #expect(entries.count == (told ? 1 : 0))
        let again = record.callOff(by: payment, at: now)
        #expect(again.1.isEmpty, "a second one has nothing to add")
    }

    @Test(
        "10: what was called off while it was leaving is not sent again by itself, however that ends",
        arguments: [
            (
                Outcome.accepted(partnerID: "wamid.1"), MessageState.accepted,
                "the partner took it; called off while it was leaving, by evt_1 (orders/paid)"
            ),
            (
                .retryable(Make.detail(503), retryAfter: nil), .cancelled,
                "the partner answered 503; called off by evt_1 (orders/paid)"
            ),
            (
                .unauthorized(Make.detail(401)), .cancelled,
                "the account's credentials were refused: the partner answered 401; called off by evt_1 (orders/paid)"
            ),
            (
                .uncertain(Make.detail(0)), .uncertain,
                "the partner answered 0; called off by evt_1 (orders/paid), so it is not sent again by itself"
            ),
            (
                .refused(Make.detail(422)), .failed,
                "the partner answered 422; called off while it was leaving, by evt_1 (orders/paid)"
            ),
        ],
        [OnUncertain.retry, .hold]
    )
    func answers(row: (outcome: Outcome, state: MessageState, reason: String), onUncertain: OnUncertain) throws {
        var (record, claimed) = try leaving(onUncertain)
        var machine = claimed.machine()
        var top = TopGenerator()
        try machine.attemptEnded(row.outcome, at: now, policy: RetryPolicy(), using: &top)
        let attempt = Attempt(number: 1, startedAt: now, duration: .zero, outcome: row.outcome)
        let (result, _) = record.settle(Settlement(of: claimed, machine, attempt: attempt, at: now))
        #expect(result == .settled)
        #expect(record.message.state == row.state)
        #expect(record.message.reason == row.reason)
        #expect(record.message.dueAt == nil && record.leaseEnds == nil)
    }

    @Test("10: given back, postponed or lost while it was leaving, it does not wait again")
    func otherEnds() throws {
        for (end, expected) in [("back", MessageState.cancelled), ("later", .cancelled), ("lost", .uncertain)] {
            var (record, claimed) = try leaving()
            var machine = claimed.machine()
            var top = TopGenerator()
            switch end {
            case "back": try machine.release(at: now, because: "the service stopped before it was sent")
            case "later": try machine.postpone(to: now, because: "quiet hours")
            default: try machine.leaseExpired(at: now, policy: RetryPolicy(), using: &top)
            }
            _ = record.settle(Settlement(of: claimed, machine, attempt: nil, at: now))
            #expect(record.message.state == expected, "\(end)")
        }
    }

    @Test("why an event has no key is told without the numbers in it, also what was kept of it before")
    func keyless() {
        let reason = "'amount' of '+91 98450 61237' is no amount"
        var report = CallOffReport()
        report.add(KeylessCancellation(rule: "dunning", reason: reason))
        #expect(report.lines == ["rule 'dunning': nothing, for 'amount' of '+[number]' is no amount"])
        let part: JSON = ["rule": "dunning", "key": .null, "reason": .string(reason)]
        #expect(CallOffReport(["cancelled": 0, "leaving": 0, "too_late": 0, "by": [part]]) == report)
    }

    @Test("39: one that was called off while it was leaving is not released; a person may retry it where it failed")
    func personWins() throws {
        for (outcome, decision) in [
            (Outcome.uncertain(Make.detail(0)), Decision.release), (.refused(Make.detail(422)), .retry),
        ] {
            var (record, claimed) = try leaving()
            var machine = claimed.machine()
            var top = TopGenerator()
            try machine.attemptEnded(outcome, at: now, policy: RetryPolicy(), using: &top)
            _ = record.settle(Settlement(of: claimed, machine, attempt: nil, at: now))
            guard decision == .release else {
                _ = try record.decide(decision, by: "asha", at: now)
                #expect(record.message.state == .queued && record.calledOffBy == nil)
                continue
            }
            let refusal = #expect(throws: MessageStateMachine.IllegalTransition.self) {
                try record.decide(decision, by: "asha", at: now)
            }
            let advice = "it was called off by \(payment.name); cancel it, or mark it as sent"
            #expect(refusal == .init(state: .uncertain, happening: "release", advice: advice))
            #expect(record.message.state == .uncertain)
        }
    }

    @Test("11: what is remembered ends with the delay and an hour, at seven days, or is nothing at all")
    func reach() {
        func until(_ delay: Duration?, isOwn: Bool = false, late: Duration = .zero) -> Duration? {
            let cancellation = Cancellation(rule: "r", key: "1", delay: delay, isOwn: isOwn)
            let time = now.advanced(by: late)
            return cancellation.early(by: payment, at: time, keys: time).map { now.duration(to: $0.until) }
        }
        #expect(until(.zero) == .seconds(3_600))
        #expect(until(.seconds(900)) == .seconds(4_500))
        #expect(until(.seconds(30 * 86_400)) == .seconds(7 * 86_400))
        #expect(until(nil) == .seconds(7 * 86_400))
        #expect(until(.zero, isOwn: true) == nil)
        // 12: evaluated late, it does not hold longer; after its time, not at all.
        #expect(until(.zero, late: .seconds(1_800)) == .seconds(3_600))
        #expect(until(.zero, late: .seconds(3_600)) == nil)
    }
}
