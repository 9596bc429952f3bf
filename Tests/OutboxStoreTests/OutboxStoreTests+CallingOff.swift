// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

/// `cancel_when` and `key` through the store's door; the numbers are those of the decisions.
extension OutboxStoreTests {
    /// A message that a later event may call off.
    private func message(_ key: String = "1", due: Int? = nil, to phone: String = "919812345670") throws -> NewMessage {
        try Make.message(to: phone, key: key, dueAt: due.map(later))
    }

    /// An event that calls off what has a key.
    private func payment(_ key: String = "1", at seconds: Int, dedupe: String? = nil) -> Submission {
        let cancellation = Cancellation(rule: "order-paid", key: key, delay: .zero)
        let sideEffects = SideEffects(cancellations: [cancellation])
        return Make.submission(sideEffects: sideEffects, dedupe: dedupe, at: later(seconds))
    }

    @Test("events about one thing end as the law says", arguments: StoreUnderTest.all, SubjectLaw.cancelling)
    func cancelling(kind: StoreUnderTest, law: SubjectLaw) async throws {
        try await leaves(kind, law)
    }

    @Test("values of one thing end as the law says", arguments: StoreUnderTest.all, SubjectLaw.changing)
    func changing(kind: StoreUnderTest, law: SubjectLaw) async throws {
        try await leaves(kind, law)
    }

    /// Plays a law's events; whatever is due leaves before the next one comes.
    private func leaves(_ kind: StoreUnderTest, _ law: SubjectLaw) async throws {
        try await kind.withStore { store in
            var ids: [MessageID] = []
            for (number, step) in law.steps.enumerated() {
                try await deliver(store, until: step.at)
                let submission = try submission(step, number, law.delay)
                ids += submission.messages.map(\.id)
                _ = try await store.accept(submission)
            }
            try await deliver(store, until: 100_000_000)
            var states: [MessageState?] = []
            for id in ids { states.append(try await store.state(of: id)) }
            let makers = law.steps.indices.filter { law.steps[$0].makes }
            #expect(zip(makers, states).filter { $0.1 == .accepted }.map(\.0) == law.leaves, "\(states)")
            #expect(states.allSatisfy { [.accepted, .cancelled, .suppressed].contains($0) })
        }
    }

    private func submission(_ step: SubjectLaw.Step, _ number: Int, _ delay: Int) throws -> Submission {
        let change = step.value.map { value in
            Change(rule: "order-paid", key: step.key, value: value, time: step.time.map(later))
        }
        let cancellation = Cancellation(
            rule: "order-paid",
            key: step.key,
            delay: .seconds(delay),
            isOwn: step.makes && step.callsOff
        )
        let message = try Make.message(
            key: change == nil ? step.key : nil,
            change: change,
            dueAt: later(step.at + delay),
            at: later(step.at)
        )
        return Make.submission(
            messages: step.makes ? [message] : [],
            sideEffects: SideEffects(
                cancellations: step.callsOff ? [cancellation] : [],
                changes: change.map { [$0] } ?? []
            ),
            at: later(step.at)
        )
    }

    private func deliver(_ store: any ServiceStore, until seconds: Int) async throws {
        for claimed in try await store.claim(100, at: later(seconds)) {
            _ = try await store.settle(claimed, .accepted(partnerID: "wamid.\(claimed.id)"), at: later(seconds))
        }
    }

    @Test(
        "9, 10: what was called off, what was leaving and what was too late is counted, kept and told",
        arguments: StoreUnderTest.all
    )
    func counts(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let accepted = try message(due: 0)
            _ = try await store.accept(Make.submission(messages: [accepted]))
            try await deliver(store, until: 0)
            let leaving = try message(due: 1)
            _ = try await store.accept(Make.submission(messages: [leaving]))
            let claimed = try #require(try await store.claim(at: later(1)).first)
            let waiting = try [message(due: 100), message(due: 200), message("2", due: 100)]
            let shadow = try Make.message(key: "1", mode: .shadow)
            _ = try await store.accept(Make.submission(messages: waiting + [shadow], at: later(2)))
            let payment = payment(at: 3)
            let receipt = try await store.accept(payment)
            let expected = CallOffCount(cancelled: 2, leaving: 1, tooLate: 1)
            #expect(receipt.calledOff?.total == expected)
            #expect(try await store.event(payment.event.id)?.calledOff?.total == expected)
            #expect(
                try await store.countsByState() == [
                    .accepted: 1, .sending: 1, .cancelled: 2, .scheduled: 1, .suppressed: 1,
                ]
            )
            let entry = try await store.message(waiting[0].id)?.timeline.last
            let why = "called off by \(payment.event.id) (orders/paid)"
            #expect(entry == TimelineEntry(at: later(3), who: "hookline", from: .scheduled, to: .cancelled, why: why))
            #expect(try await store.nextDue(at: later(3)) == later(100), "the other key still waits")
            _ = try await store.settle(claimed, .retryable(Make.detail(503), retryAfter: nil), at: later(4))
            let ended = try await store.message(leaving.id)
            #expect(
                ended?.timeline.map(\.why).suffix(2) == [
                    "\(why) while it is leaving",
                    "the partner answered 503; \(why)",
                ]
            )
            #expect(ended?.message.state == .cancelled)
            #expect(ended?.attempts.count == 1)
        }
    }

    @Test(
        "10: what is uncertain when it is called off waits for a person, who reads that",
        arguments: StoreUnderTest.all
    )
    func uncertain(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let held = try Make.message(key: "1", onUncertain: .hold)
            let retried = try Make.message(key: "1")
            _ = try await store.accept(Make.submission(messages: [held, retried]))
            let claimed = try await store.claim(at: now)
            _ = try await store.settle(claimed[0], .uncertain(Make.detail(0)), at: now)
            let receipt = try await store.accept(payment(at: 1))
            #expect(receipt.calledOff?.total == CallOffCount(leaving: 1, tooLate: 1))
            _ = try await store.settle(claimed[1], .uncertain(Make.detail(0)), at: later(2))
            for id in [held.id, retried.id] {
                let message = try await store.message(id)?.message
                #expect(message?.state == .uncertain)
                #expect(message?.reason.contains("called off by \(receipt.event)") == true)
            }
            #expect(try await store.claim(at: later(100_000)).isEmpty)
            let late = try await store.settle(claimed[1], .accepted(partnerID: "wamid.1"), at: later(3))
            #expect(late == .acceptedLate)
        }
    }

    @Test("13: all recipients of a rule and key are meant, and no other rule", arguments: StoreUnderTest.all)
    func recipients(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let phones = ["919812345670", "919812345671", "919812345672"]
            let messages = try phones.map { try message(due: 60, to: $0) }
            let other = try Make.message(rule: "other-rule", key: "1", dueAt: later(60))
            _ = try await store.accept(Make.submission(messages: messages + [other]))
            let receipt = try await store.accept(payment(at: 1))
            #expect(receipt.calledOff?.total == CallOffCount(cancelled: 3))
            #expect(try await store.state(of: other.id) == .scheduled)
        }
    }

    @Test(
        "12: an event that is evaluated late calls off what came before it, or within its span, and nothing newer",
        arguments: StoreUnderTest.available
    )
    func oldCanceller(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let before = try message(due: 1_000_000)
            _ = try await store.accept(Make.submission(messages: [before]))
            let late = Submission(
                event: Make.event(at: later(10), disposition: .pending(reason: "")),
                pendingPayload: Array("{}".utf8)
            )
            _ = try await store.accept(late)
            let within = try message(due: 1_000_000)
            _ = try await store.accept(Make.submission(messages: [within], at: later(3_610)))
            let after = try message(due: 1_000_000)
            _ = try await store.accept(Make.submission(messages: [after], at: later(3_611)))
            let evaluation = LateEvaluation(
                event: late.event.id,
                disposition: .matched,
                sideEffects: payment(at: 10).sideEffects
            )
            let receipt = try await store.conclude(evaluation, at: later(5_000))
            #expect(receipt?.calledOff?.total == CallOffCount(cancelled: 2))
            #expect(try await store.state(of: after.id) == .scheduled)
            let next = try message(due: 1_000_000)
            _ = try await store.accept(Make.submission(messages: [next], at: later(5_001)))
            #expect(try await store.state(of: next.id) == .scheduled, "its time as an early one is over, too")
        }
    }

    @Test("11: what was called off before it came says by whom", arguments: StoreUnderTest.all)
    func early(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let first = try await store.accept(payment(at: 0))
            #expect(first.calledOff?.total == CallOffCount())
            let late = try message(due: 900)
            let receipt = try await store.accept(Make.submission(messages: [late], at: later(2)))
            #expect(receipt.messages.map(\.state) == [.cancelled])
            let why = "called off by \(first.event), which came before it"
            let entry = TimelineEntry(at: later(2), who: "hookline", from: nil, to: .cancelled, why: why)
            #expect(try await store.message(late.id)?.timeline == [entry])
        }
    }

    @Test(
        "9: an event's record and receipt say by which rule and key, also of a key that meets nothing and of none",
        arguments: StoreUnderTest.all
    )
    func report(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await store.accept(Make.submission(messages: [try message(due: 900)], at: now))
            let cancellations = ["1", "2"].map { Cancellation(rule: "order-paid", key: $0, delay: .zero) }
            let keyless = KeylessCancellation(rule: "cart-left", reason: "'cart' is undefined")
            let sideEffects = SideEffects(cancellations: cancellations, keyless: [keyless])
            let receipt = try await store.accept(Make.submission(sideEffects: sideEffects, at: later(1)))
            let none = "0 messages, 0 while it was leaving, 0 too late"
            let lines = [
                "rule 'order-paid', key '1': 1 message, 0 while it was leaving, 0 too late",
                "rule 'order-paid', key '2': \(none)", "rule 'cart-left': nothing, for 'cart' is undefined",
            ]
            #expect(receipt.calledOff?.lines == lines)
            #expect(receipt.calledOff?.total == CallOffCount(cancelled: 1))
            #expect(try await store.event(receipt.event)?.calledOff == receipt.calledOff)
            let lone = try await store.accept(
                Make.submission(sideEffects: SideEffects(keyless: [keyless]), at: later(2))
            )
            let listed = try await store.events(EventFilter()).elements
            #expect(listed.map(\.calledOff) == [lone.calledOff, receipt.calledOff, nil])
            #expect(lone.calledOff?.lines == [lines[2]])
        }
    }

    @Test("a repeated delivery calls off nothing", arguments: StoreUnderTest.all)
    func duplicate(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await store.accept(payment(at: 0, dedupe: "evt-1"))
            let message = try message("2", due: 900)
            _ = try await store.accept(Make.submission(messages: [message], at: later(1)))
            let again = try await store.accept(payment("2", at: 2, dedupe: "evt-1"))
            #expect(again.isDuplicate && again.calledOff == nil)
            #expect(try await store.state(of: message.id) == .scheduled)
        }
    }
}
