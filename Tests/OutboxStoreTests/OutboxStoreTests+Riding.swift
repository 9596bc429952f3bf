// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
import Outbox
import TestSupport
import Testing

/// Claims that ride along with the commit that stores their messages.
extension OutboxStoreTests {
    /// Leaves so much room of the account of ``Make`` standing.
    private func leaveRoom(_ limit: Int, _ riding: RidingClaims?, in store: any OutboxStore) async throws -> Exchange {
        let quotas = [ClaimQuota(account: "main", limit: limit)]
        return try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: riding)
    }

    @Test("what a quota leaves over stands for messages that are stored later", arguments: StoreUnderTest.available)
    func rides(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let riding = RidingClaims {}
            let empty = Exchange(results: [], claimed: [], nextDue: nil)
            #expect(try await leaveRoom(2, riding, in: store) == empty)
            let messages = try (0..<3).map { _ in try Make.message(at: later(5)) }
            let receipt = try await store.accept(Make.submission(messages: messages, at: later(5)))
            #expect(receipt.messages.map(\.state) == [.queued, .queued, .queued], "a receipt tells how they began")
            let claimed = riding.take()
            #expect(claimed.map(\.id) == messages.prefix(2).map(\.id))
            #expect(claimed.map(\.request) == messages.prefix(2).map(\.request))
            #expect(claimed.map(\.claim) == [1, 1])
            #expect(claimed.map(\.claimedAt) == [later(5), later(5)])
            #expect(claimed.map(\.leaseEnds) == [later(65), later(65)])
            #expect(try await store.countsByState() == [.queued: 1, .sending: 2])
            #expect(try await store.expiredLeases(at: later(65), limit: 10) == claimed)
            #expect(try await leaveRoom(2, riding, in: store).claimed.isEmpty, "the third is due later than now")
            #expect(try await store.claim(at: later(5)).map(\.id) == [messages[2].id])
        }
    }

    @Test("a claim that rode along has each step in its timeline", arguments: StoreUnderTest.available)
    func ridersTimeline(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let riding = RidingClaims {}
            _ = try await leaveRoom(1, riding, in: store)
            _ = try await store.accept(Make.submission(messages: [Make.message()]))
            let claimed = try #require(riding.take().first)
            #expect(try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: later(1)) == .settled)
            let detail = try #require(try await store.message(claimed.id))
            #expect(
                detail.timeline == [
                    TimelineEntry(at: now, who: "hookline", from: nil, to: .queued, why: "the rule matched"),
                    TimelineEntry(at: now, who: "hookline", from: .queued, to: .sending, why: "due"),
                    TimelineEntry(
                        at: later(1),
                        who: "hookline",
                        from: .sending,
                        to: .accepted,
                        why: "the partner took it"
                    ),
                ]
            )
            #expect(detail.attempts.map(\.outcome) == [.accepted(partnerID: "wamid.1")])
        }
    }

    @Test("only what may leave at once rides, and only for an account with room", arguments: StoreUnderTest.all)
    func staysBehind(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let riding = RidingClaims {}
            _ = try await leaveRoom(5, riding, in: store)
            let messages = try [
                Make.message(dueAt: later(10)), Make.message(mode: .shadow), Make.message(account: "second"),
            ]
            _ = try await store.accept(Make.submission(messages: messages))
            #expect(riding.take().isEmpty)
            #expect(try await store.countsByState() == [.scheduled: 1, .suppressed: 1, .queued: 1])
        }
    }

    @Test(
        "what rode along and was not taken over yet is taken from the next quota",
        arguments: StoreUnderTest.available
    )
    func countsRiders(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let riding = RidingClaims {}
            _ = try await leaveRoom(1, riding, in: store)
            let messages = try (0..<3).map { _ in try Make.message() }
            _ = try await store.accept(Make.submission(messages: messages))
            #expect(try await leaveRoom(2, riding, in: store).claimed.map(\.id) == [messages[1].id])
            #expect(riding.take().map(\.id) == [messages[0].id])
        }
    }

    @Test(
        "no room stands after an exchange that leaves none, or a step of the clock",
        arguments: StoreUnderTest.available
    )
    func withdraws(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let riding = RidingClaims {}
            _ = try await leaveRoom(5, riding, in: store)
            _ = try await leaveRoom(5, nil, in: store)
            _ = try await store.accept(Make.submission(messages: [Make.message()]))
            _ = try await store.claim(at: now)
            _ = try await leaveRoom(5, riding, in: store)
            _ = try await store.follow(.seconds(-60), at: now)
            _ = try await store.accept(Make.submission(messages: [Make.message()]))
            #expect(riding.take().isEmpty)
            #expect(try await store.countsByState() == [.sending: 1, .queued: 1])
        }
    }
}
