// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

/// Quiet hours and limits through the store's door; the law itself has its tests in `MessagesTests/Gates`.
extension OutboxStoreTests {
    /// Quiet from the time of ``now`` on for an hour.
    private func quiet(spread: Duration = .zero) -> QuietHours {
        let minute = Int(now.seconds / 60 % 1_440)
        return QuietHours(from: minute, to: (minute + 60) % 1_440, zones: ["Etc/UTC"], spread: spread, place: 1 << 31)
    }

    /// The first whole minute after that hour.
    private var opens: Timestamp { Timestamp(seconds: now.seconds / 60 * 60 + 3_600) }

    @Test(
        "a message that comes in quiet hours begins as deferred, is due when they end, and leaves then (3, 25)",
        arguments: StoreUnderTest.all
    )
    func quietHours(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let riding = RidingClaims {}
            let quotas = [ClaimQuota(account: "main", limit: 5)]
            _ = try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: riding)
            let message = try Make.message(quiet: quiet(spread: .seconds(60)))
            let receipt = try await store.accept(Make.submission(messages: [message]))
            #expect(receipt.messages.map(\.state) == [.deferred])
            #expect(riding.take().isEmpty)
            let due = opens.advanced(by: .seconds(30))
            #expect(try await store.nextDue(at: now) == due)
            #expect(try await store.claim(at: due.advanced(by: .milliseconds(-1))).isEmpty)
            let claimed = try #require(try await store.claim(at: due).first)
            #expect(claimed.id == message.id && claimed.agesFrom == due, "waiting costs no age (2)")
            #expect(try await store.message(message.id)?.timeline.map(\.to) == [.deferred, .sending])
        }
    }

    @Test("quiet hours that end after the expiry suppress a message at once (30)", arguments: StoreUnderTest.all)
    func quietBeyondExpiry(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message(expiresAt: opens, quiet: quiet())
            _ = try await store.accept(Make.submission(messages: [message]))
            let stored = try #require(try await store.message(message.id)?.message)
            #expect(stored.state == .suppressed)
            #expect(stored.reason.hasSuffix("until \(opens.rfc3339), and it expires at \(opens.rfc3339)"))
        }
    }

    @Test(
        "a message that is tried again in quiet hours waits for their end, and one whose window is open rides along",
        arguments: StoreUnderTest.available
    )
    func quietAtTheClaim(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let riding = RidingClaims {}
            let quotas = [ClaimQuota(account: "main", limit: 5)]
            let before = now.advanced(by: .seconds(-600))
            _ = try await store.exchange([], quotas, lease: .seconds(60), now: before, riding: riding)
            let message = try Make.message(quiet: quiet(), at: before)
            _ = try await store.accept(Make.submission(messages: [message], at: before))
            let claimed = try #require(riding.take().first)
            let outcome = Outcome.retryable(Make.detail(503), retryAfter: .seconds(900))
            _ = try await store.settle(claimed, outcome, at: before)
            #expect(try await store.claim(at: later(600)).isEmpty)
            #expect(try await store.nextDue(at: later(600)) == opens)
            #expect(try await store.claim(at: opens).map(\.attempts) == [1])
        }
    }

    @Test(
        "a limit counts in the transaction of the claim, whoever claims, and frees what did not arrive (31)",
        arguments: StoreUnderTest.all
    )
    func limit(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let limit = SendLimit(count: 2, every: .seconds(3_600), excess: .defer)
            let messages = try (0..<40).map { _ in try Make.message(limit: limit) }
            _ = try await store.accept(Make.submission(messages: messages))
            let now = now
            let claimed = try await withThrowingTaskGroup(of: [ClaimedMessage].self) { group in
                for _ in 0..<8 { group.addTask { try await store.claim(40, at: now) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.map(\.id) == messages.prefix(2).map(\.id))
            #expect(try await store.countsByState() == [.sending: 2, .deferred: 38])
            #expect(try await store.nextDue(at: now) == later(3_600))
            _ = try await store.settle(claimed[0], .accepted(partnerID: "wamid.1"), at: later(1))
            _ = try await store.settle(claimed[1], .refused(Make.detail(422)), at: later(1))
            let more = try Make.message(limit: limit, at: later(2))
            _ = try await store.accept(Make.submission(messages: [more, try Make.message(limit: limit)], at: later(2)))
            #expect(try await store.claim(40, at: later(2)).map(\.id) == [more.id])
            #expect(try await store.claim(40, at: later(3_600)).map(\.id) == [messages[2].id])
        }
    }

    @Test(
        "a limit of the configuration counts over rules in the claims' transactions, and a refusal frees all it took (32)",
        arguments: StoreUnderTest.all
    )
    func namedLimit(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let week = SendLimit(count: 2, every: .seconds(3_600), excess: .defer)
            let limits = [NamedLimit(name: "promotions", limit: week, categories: [.marketing])]
            func message(_ rule: String, _ category: MessageCategory) throws -> NewMessage {
                NewMessage(
                    id: MessageID(at: self.now),
                    rule: rule,
                    account: "main",
                    request: try Make.template("t"),
                    category: category,
                    limits: limits
                )
            }
            let promotions = try (0..<20).map { try message("rule-\($0 % 5)", .marketing) }
            let code = try message("login", .authentication)
            _ = try await store.accept(Make.submission(messages: promotions + [code]))
            let now = now
            let claimed = try await withThrowingTaskGroup(of: [ClaimedMessage].self) { group in
                for _ in 0..<8 { group.addTask { try await store.claim(40, at: now) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(claimed.map(\.id)) == Set(promotions.prefix(2).map(\.id) + [code.id]))
            let first = try #require(claimed.first { $0.id == promotions[0].id })
            _ = try await store.settle(first, .refused(Make.detail(422)), at: later(1))
            let more = try message("rule-9", .marketing)
            _ = try await store.accept(Make.submission(messages: [more], at: later(2)))
            #expect(try await store.claim(40, at: later(2)).map(\.id) == [more.id])
        }
    }

    @Test("what a limit drops is suppressed, and says why (33)", arguments: StoreUnderTest.all)
    func dropped(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let limit = SendLimit(count: 1, every: .seconds(86_400))
            let messages = try (0..<2).map { _ in try Make.message(limit: limit) }
            _ = try await store.accept(Make.submission(messages: messages))
            #expect(try await store.claim(at: now).map(\.id) == [messages[0].id])
            let stored = try #require(try await store.message(messages[1].id)?.message)
            #expect(stored.state == .suppressed)
            #expect(stored.reason == "limit: 1 of 1 since \(now.rfc3339), next at \(later(86_400).rfc3339)")
        }
    }

    @Test("a message under a limit waits for an exchange; others ride past it", arguments: StoreUnderTest.available)
    func limitedDoNotRide(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let riding = RidingClaims {}
            let quotas = [ClaimQuota(account: "main", limit: 5)]
            _ = try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: riding)
            let limited = try Make.message(limit: SendLimit(count: 1, every: .seconds(60)))
            let free = try Make.message()
            _ = try await store.accept(Make.submission(messages: [limited, free]))
            #expect(riding.take().map(\.id) == [free.id])
            let exchange = try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: riding)
            #expect(exchange.claimed.map(\.id) == [limited.id])
        }
    }

    @Test("an exchange says when what it held is due", arguments: StoreUnderTest.all)
    func nextDueOfHeld(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let limit = SendLimit(count: 1, every: .seconds(3_600), excess: .defer)
            let messages = try (0..<2).map { _ in try Make.message(limit: limit) }
            _ = try await store.accept(Make.submission(messages: messages))
            let quotas = [ClaimQuota(account: "main", limit: 5)]
            let exchange = try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: nil)
            #expect(exchange.claimed.map(\.id) == [messages[0].id])
            #expect(exchange.nextDue == later(3_600))
        }
    }

    @Test("a clock that is set moves no window of a limit (4)", arguments: StoreUnderTest.all)
    func limitAndClock(kind: StoreUnderTest) async throws {
        let clock = TestClock()
        let reckoned = ReckonedTime(clock: clock)
        try await kind.withStore(reckoned: reckoned) { store in
            let limit = SendLimit(count: 1, every: .seconds(3_600), excess: .defer)
            let messages = try (0..<2).map { _ in try Make.message(limit: limit, at: clock.now) }
            _ = try await store.accept(Make.submission(messages: messages, at: clock.now))
            #expect(try await store.claim(at: clock.now).count == 1)
            for step in [7_200, -14_400] {
                clock.step(by: .seconds(step))
                reckoned.hear(clock.now)
                _ = try await store.follow(.seconds(step), at: clock.now)
                #expect(try await store.claim(at: clock.now).isEmpty, "\(step) s")
            }
        }
    }
}
