// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

// What recipients write and choose, in the transaction that accepts the event which tells it.

extension OutboxStoreTests {
    private static let recipient = "phone:919812345670"

    /// Has a source tell what a recipient wrote or chose.
    private func hear(
        _ store: any ServiceStore,
        _ meaning: Heard.Meaning,
        account: String? = "main",
        after seconds: Int
    ) async throws -> ConsentReceipt? {
        let heard = Heard(Self.recipient, account: account, at: later(seconds), source: "wa", meaning)
        let submission = Make.submission(source: "wa", sideEffects: SideEffects(heard: [heard]), at: later(seconds))
        return try await store.accept(submission).consent
    }

    private func standing(_ store: any ServiceStore) async throws -> [String] {
        let filter = ConsentFilter(recipient: Self.recipient, isStanding: true)
        return try await store.consents(filter).elements.map { "\($0)" + ($0.account.map { " at \($0)" } ?? "") }
    }

    @Test(
        "a STOP holds what waits in the transaction that accepts it, and notes what is too late (44, 46)",
        arguments: StoreUnderTest.all
    )
    func stops(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let leaving = try Make.message()
            _ = try await store.accept(Make.submission(messages: [leaving]))
            let claimed = try #require(try await store.claim(at: now).first)
            let waiting = try [3_600, 7_200].map { try Make.message(dueAt: later($0)) }
            let queued = try Make.message()
            _ = try await store.accept(Make.submission(messages: waiting + [queued]))
            let receipt = try await hear(store, .message(.stop), after: 1)
            #expect(receipt == ConsentReceipt(added: 1, suppressed: 2, tooLate: 1))
            #expect(try await store.claim(at: later(2)).isEmpty)
            #expect(try await store.countsByState() == [.sending: 1, .suppressed: 3])
            let why = try #require(try await store.message(leaving.id)?.timeline.last?.why)
            let words = "consent: the recipient wants no messages but codes to sign in"
            #expect(why == "too late: \(words), since 2026-01-15T04:30:01.000Z (stop-word, wa)")
            _ = try await store.settle(claimed, .retryable(Make.detail(503), retryAfter: .seconds(1)), at: later(3))
            #expect(try await store.claim(at: later(60)).isEmpty)
            #expect(try await store.state(of: leaving.id) == .failed, "it was tried before")
        }
    }

    @Test(
        "a START takes a STOP back and nothing else, by the time at which both were said (45)",
        arguments: StoreUnderTest.all
    )
    func startsAgain(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            #expect(try await hear(store, .message(.yes), after: 1) == nil, "there is nothing to take back")
            _ = try await hear(store, .message(.start), after: 20)
            _ = try await hear(store, .message(.stop), after: 10)
            #expect(try await standing(store).isEmpty, "an old STOP that comes late changes nothing newer")
            _ = try await hear(store, .message(.stop), after: 30)
            #expect(try await standing(store) == ["opted-out of all-but-authentication, stop-word"])
            _ = try await hear(store, .marketing(isWanted: false), after: 31)
            _ = try await hear(store, .message(.yes), after: 40)
            #expect(try await standing(store) == ["opted-out of marketing, preference at main"])
            _ = try await hear(store, .message(.stop), after: 35)
            #expect(try await standing(store) == ["opted-out of marketing, preference at main"])
        }
    }

    @Test(
        "a setting in WhatsApp is about the marketing of one sending number (43)",
        arguments: StoreUnderTest.all
    )
    func preferences(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let receipt = try await hear(store, .marketing(isWanted: false), account: "second", after: 1)
            #expect(receipt == ConsentReceipt(added: 1))
            #expect(try await standing(store) == ["opted-out of marketing, preference at second"])
            _ = try await hear(store, .marketing(isWanted: true), account: "main", after: 2)
            #expect(try await standing(store) == ["opted-out of marketing, preference at second"])
            _ = try await hear(store, .marketing(isWanted: true), account: "second", after: 3)
            #expect(try await standing(store).isEmpty)
        }
    }

    @Test(
        "what may be meant as a STOP waits for a person, until the ledger says more (44)",
        arguments: StoreUnderTest.all
    )
    func doubts(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            #expect(try await hear(store, .message(.doubtful, text: "stop it\u{7}"), after: 1) == nil)
            let doubt = try #require(try await store.doubts(limit: 10).first)
            #expect(doubt.recipient == Self.recipient && doubt.at == later(1) && doubt.source == "wa")
            #expect(doubt.text.hasPrefix("stop it") && !doubt.text.contains("\u{7}"))
            _ = try await store.prune(Retention(events: .seconds(60)), now: later(60), limit: 10)
            #expect(try await store.doubts(limit: 10) == [doubt], "it lives as long as its event")
            #expect(try await store.openConsent(upTo: 10) == OpenConsent(doubts: 1, suggestions: 0))
            #expect(try await store.openConsent(upTo: 0) == OpenConsent(doubts: 0, suggestions: 0))
            let judged = ConsentEntry(Self.recipient, .optedIn, .all, origin: .operator, at: later(2), who: "asha")
            _ = try await store.record([judged], at: later(2))
            #expect(try await store.doubts(limit: 10).isEmpty)
            #expect(try await store.openConsent(upTo: 10) == OpenConsent(doubts: 0, suggestions: 0))
            _ = try await hear(store, .message(.doubtful, text: "stop it"), after: 10)
            _ = try await store.prune(Retention(events: .seconds(60)), now: later(71), limit: 10)
            #expect(try await store.doubts(limit: 10).isEmpty)
        }
    }
}
