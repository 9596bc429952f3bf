// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

/// `when_changed` and what `once_per` keeps, through the store's door; the numbers are those of the decisions.
extension OutboxStoreTests {
    private func submission(_ value: String, at seconds: Int, built: Bool = true) throws -> Submission {
        let change = Change(rule: "order-paid", key: "1", value: value, time: nil)
        return Make.submission(
            messages: built ? [try Make.message(change: change)] : [],
            sideEffects: SideEffects(changes: [change]),
            at: later(seconds)
        )
    }

    @Test("15: of many that tell the same change at once, one is told", arguments: StoreUnderTest.all)
    func changesAtOnce(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let states = try await states(ofAll: try (0..<40).map { _ in try submission("paid", at: 0) }, in: store)
            #expect(states == [.queued: 1, .suppressed: 39])
        }
    }

    /// How many messages begin in which state when all are accepted at once.
    private func states(ofAll submissions: [Submission], in store: any OutboxStore) async throws -> [MessageState: Int]
    {
        try await withThrowingTaskGroup { group in
            for submission in submissions {
                group.addTask { try await store.accept(submission).messages.map(\.state) }
            }
            return try await group.reduce(into: [:]) { counts, states in
                for state in states { counts[state, default: 0] += 1 }
            }
        }
    }

    @Test(
        "16: of many that tell the same at once, one is told, and the end of its key touches no message",
        arguments: StoreUnderTest.all
    )
    func factsAtOnce(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let once = OncePer(key: "1001", window: .seconds(60))
            let all = try (0..<64).map { _ in Make.submission(messages: [try Make.message(once: once)]) }
            #expect(try await states(ofAll: all, in: store) == [.queued: 1, .suppressed: 63])
            #expect(try await store.prune(Retention(), now: later(60), limit: 100).keys == 1)
            #expect(try await store.countsByState() == [.queued: 1, .suppressed: 63])
            let next = try Make.message(once: once, at: later(60))
            _ = try await store.accept(Make.submission(messages: [next], at: later(60)))
            #expect(try await store.claim(at: later(60)).count == 2)
        }
    }

    @Test("15: a value is kept though its message could not be built", arguments: StoreUnderTest.all)
    func unbuiltChange(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await store.accept(submission("paid", at: 0, built: false))
            let again = try submission("paid", at: 10)
            #expect(try await store.accept(again).messages.map(\.state) == [.suppressed])
            let reason = "when_changed: 'paid' as before, since \(now.rfc3339)"
            #expect(try await store.message(again.messages[0].id)?.message.reason == reason)
            let next = try submission("shipped", at: 20)
            #expect(try await store.accept(next).messages.map(\.state) == [.queued])
            let told = "the rule matched; when_changed: 'paid', since \(now.rfc3339), became 'shipped'"
            #expect(try await store.message(next.messages[0].id)?.message.reason == told)
        }
    }

    @Test("a value is forgotten when nothing was heard of it for its time", arguments: StoreUnderTest.all)
    func forgottenChange(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let days = Int(Change.memory.components.seconds) / 86_400
            for (day, state) in [(0, MessageState.queued), (days - 1, .suppressed), (2 * days - 1, .queued)] {
                let receipt = try await store.accept(submission("paid", at: day * 86_400))
                #expect(receipt.messages.map(\.state) == [state], "day \(day)")
            }
            let pruned = try await store.prune(Retention(), now: later(10 * days * 86_400), limit: 100)
            #expect(pruned.keys == 1)
        }
    }

    @Test(
        "17: a key holds in every state, and is given back by what could not be built alone",
        arguments: StoreUnderTest.all
    )
    func heldKeys(kind: StoreUnderTest) async throws {
        let outcomes: [(MessageState, Outcome?)] = [
            (.scheduled, nil), (.sending, nil), (.accepted, .accepted(partnerID: "wamid.1")),
            (.retrying, .retryable(Make.detail(503), retryAfter: .seconds(60))), (.failed, .refused(Make.detail(422))),
            (.uncertain, .uncertain(Make.detail(0))), (.cancelled, nil),
        ]
        for (state, outcome) in outcomes {
            try await kind.withStore { store in
                let once = OncePer(key: "1001")
                let due = state == .scheduled || state == .cancelled ? later(60) : now
                let first = try Make.message(once: once, key: "1", dueAt: due, onUncertain: .hold)
                _ = try await store.accept(Make.submission(messages: [first]))
                if state == .cancelled { _ = try await store.decide(.cancel, on: first.id, by: "asha", at: now) }
                let claimed = try await store.claim(at: now).first
                if let claimed, let outcome { _ = try await store.settle(claimed, outcome, at: now) }
                #expect(try await store.state(of: first.id) == state)
                let second = try Make.message(once: once)
                let receipt = try await store.accept(Make.submission(messages: [second], at: later(1)))
                #expect(receipt.messages.map(\.state) == [.suppressed], "\(state)")
            }
        }
        try await kind.withStore { store in
            let failure = FailedMessage(id: MessageID(at: now), rule: "order-paid", reason: "name is undefined")
            _ = try await store.accept(Make.submission(failures: [failure]))
            let mended = try Make.message(once: OncePer(key: "1001"))
            #expect(try await store.accept(Make.submission(messages: [mended])).messages.map(\.state) == [.queued])
        }
    }

    @Test(
        "18: a person's retry that meets another holder is refused, and says what to do",
        arguments: StoreUnderTest.all
    )
    func retriedBesideAHolder(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let once = OncePer(key: "1001", window: .seconds(60))
            let first = try Make.message(once: once)
            _ = try await store.accept(Make.submission(messages: [first]))
            let claimed = try #require(try await store.claim(at: now).first)
            _ = try await store.settle(claimed, .refused(Make.detail(422)), at: now)
            let second = try Make.message(once: once)
            _ = try await store.accept(Make.submission(messages: [second], at: later(60)))
            let reason =
                "\(first.id): a message in state failed does not take 'retry': \(second.id) tells the same (its rule tells it once, once_per) and is "
                + "about to: leave this one, or cancel that one first"
            await #expect(throws: StoreError(.conflict, reason)) {
                try await store.decide(.retry, on: first.id, by: "asha", at: later(61))
            }
            #expect(try await store.state(of: first.id) == .failed)
            // What the error says helps: the key goes over, and the other one cannot be sent beside it.
            _ = try await store.decide(.cancel, on: second.id, by: "asha", at: later(62))
            let retried = try await store.decide(.retry, on: first.id, by: "asha", at: later(63))
            #expect(retried.state == .queued)
            let third = try Make.message(once: once)
            _ = try await store.accept(Make.submission(messages: [third], at: later(64)))
            #expect(try await store.message(third.id)?.message.reason.contains("\(first.id)") == true)
        }
    }
}
