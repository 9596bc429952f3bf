// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

extension OutboxStoreTests {
    @Test(
        "a claim takes what is due, in order of the due times, and nobody takes it again",
        arguments: StoreUnderTest.all
    )
    func claims(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let messages = try [30, 10, 20, 40].map { try Make.message(dueAt: later($0)) }
            _ = try await store.accept(Make.submission(messages: messages))
            #expect(try await store.claim(at: now).isEmpty)
            #expect(try await store.nextDue(at: now) == later(10))
            let first = try await store.claim(2, at: later(30))
            #expect(first.map(\.id) == [messages[1].id, messages[2].id])
            let second = try await store.claim(at: later(30))
            #expect(second.map(\.id) == [messages[0].id])
            #expect(try await store.claim(at: later(30)).isEmpty)
            #expect(try await store.nextDue(at: later(30)) == later(40))
        }
    }

    @Test("a claimed message carries all that sending and deciding needs", arguments: StoreUnderTest.all)
    func claimedMessage(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message(expiresAt: later(600), onUncertain: .hold)
            let receipt = try await store.accept(Make.submission(messages: [message]))
            let claimed = try await store.claim(lease: .seconds(90), at: later(5))
            let expected = ClaimedMessage(
                id: message.id,
                event: receipt.event,
                rule: "order-paid",
                account: "main",
                request: message.request,
                claim: 1,
                claimedAt: later(5),
                leaseEnds: later(95),
                attempts: 0,
                agesFrom: now,
                expiresAt: later(600),
                onUncertain: .hold,
                recipient: "phone:919812345670",
                category: .service
            )
            #expect(claimed == [expected])
            #expect(try await store.state(of: message.id) == .sending)
        }
    }

    @Test("quotas are each account's own; an account that is not named gets none", arguments: StoreUnderTest.all)
    func quotas(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let accounts = ["main", "main", "main", "second", "paused"]
            let messages = try accounts.map { try Make.message(account: $0) }
            _ = try await store.accept(Make.submission(messages: messages))
            let quotas = [ClaimQuota(account: "main", limit: 2), ClaimQuota(account: "second", limit: 5)]
            let exchange = try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: nil)
            #expect(exchange.claimed.map(\.account) == ["main", "main", "second"])
            #expect(exchange.nextDue == nil, "one account can take no more, the other has no more")
        }
    }

    @Test("an expired message is settled by its claim and never handed out", arguments: StoreUnderTest.all)
    func expires(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message(expiresAt: later(60))
            _ = try await store.accept(Make.submission(messages: [message]))
            #expect(try await store.claim(at: later(60)).isEmpty)
            let detail = try #require(try await store.message(message.id))
            #expect(detail.message.state == .suppressed)
            #expect(detail.message.reason == "expired at \(later(60).rfc3339), before it could be sent")
            #expect(try await store.nextDue(at: later(60)) == nil)
        }
    }

    @Test(
        "workers that claim at the same time share the messages and never get one twice",
        arguments: StoreUnderTest.all
    )
    func claimsAreExclusive(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let messages = try (0..<60).map { _ in try Make.message() }
            _ = try await store.accept(Make.submission(messages: messages))
            let now = now
            let claimed = try await withThrowingTaskGroup(of: [ClaimedMessage].self) { group in
                for _ in 0..<20 { group.addTask { try await store.claim(7, at: now) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 60)
            #expect(Set(claimed.map(\.id)) == Set(messages.map(\.id)))
        }
    }

    @Test(
        "a message that gets a due time wakes those who send",
        .timeLimit(.minutes(10)),
        arguments: StoreUnderTest.all
    )
    func wakes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message()
            var wakeUps = store.wakeUps().makeAsyncIterator()
            _ = try await store.accept(Make.submission(messages: [message]))
            #expect(await wakeUps.next() != nil)
            let claimed = try #require(try await store.claim(at: now).first)
            _ = try await store.settle(claimed, .retryable(Make.detail(503), retryAfter: .seconds(5)), at: now)
            #expect(await wakeUps.next() != nil)
            await store.close()
            #expect(await wakeUps.next() == nil)
        }
    }
}
