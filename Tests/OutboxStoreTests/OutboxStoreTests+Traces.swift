// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

/// Where an event was accepted, in a trace, and what its messages come of.
extension OutboxStoreTests {
    private static func context(_ number: UInt64) -> TraceContext {
        TraceContext(trace: TraceID(high: 7, low: number), span: SpanID(rawValue: number), isSampled: number % 2 == 1)
    }

    private func submission(
        _ number: UInt64,
        messages: [NewMessage] = [],
        digests: [DigestItem] = []
    ) -> Submission {
        var submission = Make.submission(messages: messages, digests: digests, at: now)
        submission.event.trace = Self.context(number)
        return submission
    }

    @Test("an event keeps its trace, and a message that rides along belongs to it", arguments: StoreUnderTest.all)
    func ridingTrace(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let riding = RidingClaims {}
            let quotas = [ClaimQuota(account: "main", limit: 5)]
            _ = try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: riding)
            let traced = submission(1, messages: [try Make.message()])
            _ = try await store.accept([traced, Make.submission(messages: [try Make.message()])])
            // Where nothing rides along it is claimed as anything else.
            let claimed = riding.take() + (try await store.claim(at: now))
            #expect(claimed.map(\.origin) == [TraceOrigin([Self.context(1)], isAtOnce: true), nil])
            let stored = try #require(try await store.event(traced.event.id))
            #expect(stored.event == traced.event)
            #expect(stored.event.trace == Self.context(1))
        }
    }

    @Test(
        "what is claimed within a second of its event belongs to its trace; later, and tried again, it is linked",
        arguments: StoreUnderTest.all
    )
    func claimedTrace(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let messages = try [now, later(1), later(2)].map { try Make.message(dueAt: $0) }
            _ = try await store.accept(submission(2, messages: messages))
            let first = try await store.claim(at: now)
            let second = try await store.claim(at: later(1))
            let third = try await store.claim(at: later(2))
            let origins = (first + second + third).map(\.origin)
            #expect(origins == [true, true, false].map { TraceOrigin([Self.context(2)], isAtOnce: $0) })
            let detail = Make.detail()
            #expect(try await store.settle(first[0], .retryable(detail, retryAfter: .zero), at: now) == .settled)
            let again = try await store.claim(at: later(600))
            #expect(again.map(\.id) == first.map(\.id))
            #expect(again.map(\.origin) == [TraceOrigin([Self.context(2)], isAtOnce: false)])
        }
    }

    @Test(
        "a message that rides along with the end of a look-up is linked to its event",
        arguments: StoreUnderTest.all
    )
    func lookedUpTrace(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            var event = Make.event(at: now, disposition: .pending(reason: "it waits for its look-up"))
            event.trace = Self.context(3)
            _ = try await store.accept(Submission(event: event, pendingPayload: Array("{}".utf8)))
            #expect(try await store.pendingEvent(event.id)?.event.trace == Self.context(3))
            let riding = RidingClaims {}
            let quotas = [ClaimQuota(account: "main", limit: 5)]
            _ = try await store.exchange([], quotas, lease: .seconds(60), now: later(5), riding: riding)
            let message = try Make.message(at: later(5))
            let evaluation = LateEvaluation(event: event.id, disposition: .matched, messages: [message])
            _ = try await store.conclude(evaluation, at: later(5))
            let claimed = riding.take() + (try await store.claim(at: later(5)))
            #expect(claimed.map(\.origin) == [TraceOrigin([Self.context(3)], isAtOnce: false)])
        }
    }

    @Test(
        "a digest comes of all its events: the oldest are told, the others counted",
        arguments: StoreUnderTest.all
    )
    func digestTrace(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            for number in 1...UInt64(TraceOrigin.most + 3) {
                _ = try await store.accept(submission(number, digests: [try Make.item(window: .seconds(1), at: now)]))
            }
            _ = try await store.accept(Make.submission(digests: [try Make.item(window: .seconds(1), at: now)], at: now))
            let order = try #require(try await store.dueDigests(at: later(1), limit: 10).orders.first)
            _ = try await store.close([DigestClosing(order, try Make.digest(order))], at: later(1))
            let claimed = try await store.claim(at: later(1))
            let told = (1...UInt64(TraceOrigin.most)).map(Self.context)
            #expect(claimed.map(\.origin) == [TraceOrigin(told, leftOut: 3, isAtOnce: false)])
        }
    }
}

extension OutboxStoreTests {
    @Test(
        "a receipt says what kept each message from leaving, and a repetition's does not",
        arguments: StoreUnderTest.available
    )
    func obstacles(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let once = OncePer(key: "order 1")
            let messages = try [
                Make.message(once: once), Make.message(once: once), Make.message(expiresAt: now),
                Make.message(mode: .shadow),
            ]
            let submission = Make.submission(
                messages: messages,
                digests: [try Make.item(expiresAt: now, at: now)],
                dedupe: "event 1",
                at: now
            )
            let receipt = try await store.accept(submission)
            #expect(receipt.messages.map(\.obstacle) == [nil, .repeated, .expired, .shadow, .expired])
            let again = try await store.accept(submission)
            #expect(again.isDuplicate && again.messages.allSatisfy { $0.obstacle == nil })
        }
    }
}
