// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

// A clock that somebody sets while the service runs.

extension OutboxStoreTests {
    private static let day = Duration.seconds(86_400)

    /// An event whose message takes a fact, both for three days.
    private func keyed(at time: Timestamp) throws -> Submission {
        let window = Self.day * 3
        let message = try Make.message(once: OncePer(key: "order-1", window: window), at: time)
        return Submission(event: Make.event(at: time), messages: [message], dedupe: .init(key: "evt-1", window: window))
    }

    private func pending(at time: Timestamp) -> Submission {
        let disposition = Disposition.pending(reason: "it waits for its look-up")
        return Submission(event: Make.event(at: time, disposition: disposition), pendingPayload: Array("{}".utf8))
    }

    @Test(
        "a jump while the service runs ends no key early, whoever agrees with it",
        arguments: StoreUnderTest.all,
        [-7_200, 864_000]
    )
    func jump(kind: StoreUnderTest, seconds: Int64) async throws {
        let clock = TestClock()
        let reckoned = ReckonedTime(clock: clock)
        try await kind.withStore(reckoned: reckoned) { store in
            _ = try await store.accept(keyed(at: clock.now))
            clock.step(by: .seconds(seconds))
            reckoned.hear(clock.now)
            await clock.advance(by: Self.day * 3 - .seconds(1))
            #expect(try await store.accept(keyed(at: clock.now)).isDuplicate)
            await clock.advance(by: .seconds(1))
            #expect(try await !store.accept(keyed(at: clock.now)).isDuplicate)
        }
    }

    @Test(
        "following a jump ahead moves the expiry and the age of what waits, not of what came since",
        arguments: StoreUnderTest.available
    )
    func followsAhead(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let jumped = now.advanced(by: Self.day)
            let old = try Make.message(expiresAt: later(60))
            let event = try await store.accept(pending(at: now)).event
            _ = try await store.accept(Make.submission(messages: [old, Make.message(mode: .shadow)]))
            let new = try Make.message(expiresAt: jumped.advanced(by: .seconds(60)))
            _ = try await store.accept(Make.submission(messages: [new], at: jumped))
            #expect(try await store.follow(Self.day, at: jumped) == 1)
            #expect(try await store.pendingEvent(event)?.since == jumped)
            let claimed = try await store.claim(at: jumped)
            #expect(claimed.map(\.id) == [old.id, new.id])
            #expect(claimed.map(\.agesFrom) == [jumped, jumped])
            let minute = Duration.seconds(60)
            #expect(claimed.map(\.expiresAt) == [jumped.advanced(by: minute), jumped.advanced(by: minute)])
        }
    }

    @Test(
        "following a clock that was set back frees what was due, and keeps the times that rules named",
        .timeLimit(.minutes(10)),
        arguments: StoreUnderTest.available
    )
    func followsBack(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let (queued, retried) = (try Make.message(), try Make.message())
            let (timed, held) = (try Make.message(dueAt: later(30)), try Make.message())
            _ = try await store.accept(Make.submission(messages: [retried, held]))
            let claimed = try await store.claim(at: now)
            #expect(claimed.map(\.id) == [retried.id, held.id])
            _ = try await store.settle(claimed[0], .retryable(Make.detail(503), retryAfter: .seconds(20)), at: now)
            _ = try await store.settle(claimed[1], .held(Make.detail(400, "meta_131056"), for: .seconds(4)), at: now)
            _ = try await store.accept(Make.submission(messages: [queued, timed]))
            let event = try await store.accept(pending(at: now)).event
            let wakeUps = store.wakeUps()
            #expect(try await store.follow(.seconds(-7_200), at: later(-7_200)) == 3)
            for await _ in wakeUps { break }
            let dues = try await store.messages(MessageFilter()).elements.map(\.dueAt)
            #expect(dues == [later(30), later(-7_200), later(-7_196), later(-7_180)])
            #expect(try await store.pendingEvents(of: "shop", limit: 10) == [.init(event: event, at: later(-7_200))])
            let entries = try await store.message(queued.id)?.timeline.count
            #expect(entries == 1, "nothing became of the message")
        }
    }

    @Test(
        "a lease keeps its span, however the clock is set",
        arguments: StoreUnderTest.all,
        [-7_200, 86_400, -2_000_000_000]
    )
    func followsWithLease(kind: StoreUnderTest, seconds: Int) async throws {
        try await kind.withStore { store in
            _ = try await store.accept(Make.submission(messages: [Make.message()]))
            _ = try await store.claim(at: now)
            _ = try await store.follow(.seconds(seconds), at: later(seconds))
            // An earlier end would say that the worker is gone.
            let ends = max(later(60 + seconds), Timestamp(microseconds: 1))
            let before = ends.advanced(by: .microseconds(-1))
            #expect(try await store.expiredLeases(at: before, limit: 10).isEmpty)
            #expect(try await store.expiredLeases(at: ends, limit: 10).map(\.leaseEnds) == [ends])
        }
    }

    @Test("the time that was kept is the last one; before, that of the last event", arguments: StoreUnderTest.all)
    func keepsTheTime(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            #expect(try await store.lastTime() == nil)
            for seconds in [0, 20, 10] { _ = try await store.accept(Make.submission(at: later(seconds))) }
            #expect(try await store.lastTime() == later(20))
            for seconds in [60, 30] { try await store.remember(.init(wall: later(seconds), keys: now)) }
            #expect(try await store.lastTime() == later(30))
        }
    }
}
