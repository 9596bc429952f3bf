// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

// Texts and buttons arrive for a day after the recipient wrote last (52).

extension OutboxStoreTests {
    private static let day = 86_400

    /// Has the recipient of ``Make`` write to an account.
    private func write(_ store: any ServiceStore, to account: String? = "main", after seconds: Int) async throws {
        let heard = Heard("phone:919812345670", account: account, at: later(seconds), source: "wa", .message(nil))
        let submission = Make.submission(source: "wa", sideEffects: SideEffects(heard: [heard]), at: later(seconds))
        _ = try await store.accept(submission)
    }

    @Test(
        "a text later than a day after its recipient wrote is refused here, with the time (52)",
        arguments: StoreUnderTest.all
    )
    func refusesLateTexts(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            try await write(store, after: 0)
            let messages = try [Self.day - 1, Self.day].map { try Make.message(dueAt: later($0)) }
            _ = try await store.accept(Make.submission(messages: messages))
            #expect(try await store.claim(at: later(Self.day - 1)).map(\.id) == [messages[0].id])
            #expect(try await store.claim(at: later(Self.day)).isEmpty)
            let message = try #require(try await store.message(messages[1].id)?.message)
            #expect(message.state == .suppressed && message.attempts == 0)
            #expect(
                message.reason == "service window: the recipient last wrote at 2026-01-15T04:30:00.000Z, "
                    + "so that since 2026-01-16T04:30:00.000Z only templates arrive"
            )
        }
    }

    @Test(
        "what nobody knows of leaves, and so does what another account's customer wrote (52)",
        arguments: StoreUnderTest.all
    )
    func lets(unknown kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            try await write(store, to: "second", after: 0)
            let message = try Make.message(dueAt: later(2 * Self.day))
            _ = try await store.accept(Make.submission(messages: [message]))
            #expect(try await store.claim(at: later(2 * Self.day)).map(\.id) == [message.id])
            try await write(store, to: nil, after: 10)
            let other = try Make.message(dueAt: later(2 * Self.day))
            _ = try await store.accept(Make.submission(messages: [other]))
            #expect(try await store.claim(at: later(2 * Self.day)).isEmpty, "of no known number: perhaps of this one")
        }
    }

    @Test("an old message of the recipient that comes late closes nothing (52)", arguments: StoreUnderTest.all)
    func keepsNewest(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            try await write(store, after: Self.day)
            try await write(store, after: 5)
            let message = try Make.message(dueAt: later(Self.day + 10))
            _ = try await store.accept(Make.submission(messages: [message]))
            #expect(try await store.claim(at: later(Self.day + 10)).map(\.id) == [message.id])
        }
    }

    @Test("a late text does not ride along with its commit (52)", arguments: StoreUnderTest.available)
    func ridesNotLate(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            try await write(store, after: -Self.day)
            let (riding, quotas) = (RidingClaims {}, [ClaimQuota(account: "main", limit: 5)])
            _ = try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: riding)
            let messages = try ["919812345670", "919812345671"].map { try Make.message(to: $0) }
            _ = try await store.accept(Make.submission(messages: messages))
            #expect(riding.take().map(\.id) == [messages[1].id])
            _ = try await store.claim(at: now)
            #expect(try await store.state(of: messages[0].id) == .suppressed)
        }
    }

    @Test(
        "a late text leaves as its rule's otherwise, where that is a template (52)",
        arguments: StoreUnderTest.all
    )
    func leavesOtherwise(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            try await write(store, after: -Self.day)
            let alternative = try Make.otherwise()
            let message = try Make.message(otherwise: alternative)
            _ = try await store.accept(Make.submission(messages: [message]))
            #expect(try await store.claim(at: now).map(\.request) == [alternative.request])
            let timeline = try #require(try await store.message(message.id)?.timeline)
            #expect(timeline.map(\.to) == [.queued, .queued, .sending])
            #expect(timeline[1].why.hasSuffix("only templates arrive; it leaves as the rule says otherwise"))
        }
    }
}
