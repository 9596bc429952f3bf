// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import SQLiteOutbox
import TestSupport
import Testing

@Suite("The store and a clock that is set between two runs", .timeLimit(.minutes(10)))
struct StoreClockTests {
    private let day = Duration.seconds(86_400)

    private func open(_ file: StoreFile, _ clock: TestClock) async throws -> (SQLiteOutbox, ReckonedTime) {
        let reckoned = ReckonedTime(clock: clock)
        return (try await SQLiteOutbox.open(file.path, reckoned: reckoned), reckoned)
    }

    /// An event that settled, with its keys.
    private func submission(at now: Timestamp) throws -> Submission {
        let message = try Make.message(once: .init(key: "order-1", window: day * 3), mode: .live, at: now)
        let event = Make.event(at: now)
        return Submission(event: event, messages: [message], dedupe: .init(key: "evt-1", window: day * 3))
    }

    @Test("a clock 400 days ahead at the start deletes nothing and forgets no key, until another clock agrees")
    func aheadAtStart() async throws {
        try await StoreFile.with { file in
            let clock = TestClock()
            let (first, _) = try await open(file, clock)
            let submission = try submission(at: clock.now)
            _ = try await first.accept(submission)
            _ = try await first.decide(.cancel, on: submission.messages[0].id, by: "asha", at: clock.now)
            await first.close()

            clock.step(by: day * 400)
            let (store, reckoned) = try await open(file, clock)
            let kept = try await store.prune(Retention(), now: clock.now, limit: 100)
            #expect(kept == Pruned(events: 0, messages: 0, rejections: 0, keys: 0, isComplete: true))
            #expect(try await store.accept(self.submission(at: clock.now)).isDuplicate)
            #expect(reckoned.hear(clock.now))
            let pruned = try await store.prune(Retention(), now: clock.now, limit: 100)
            #expect((pruned.events, pruned.keys) == (1, 2))
            await store.close()
        }
    }

    @Test("an outage ages keys and retention as any time does")
    func outage() async throws {
        try await StoreFile.with { file in
            let clock = TestClock()
            let (first, _) = try await open(file, clock)
            _ = try await first.accept(submission(at: clock.now))
            await first.close()
            clock.step(by: day * 3)
            let (store, reckoned) = try await open(file, clock)
            reckoned.hear(clock.now)
            #expect(try await !store.accept(self.submission(at: clock.now)).isDuplicate)
            await store.close()
        }
    }

    @Test("what was due when the clock was set back between two runs is due at once; what a rule timed waits")
    func setBackBetweenRuns() async throws {
        try await StoreFile.with { file in
            let clock = TestClock()
            let (first, _) = try await open(file, clock)
            let messages = try [Make.message(), Make.message(dueAt: clock.now.advanced(by: .seconds(60)))]
            _ = try await first.accept(Make.submission(messages: messages, at: clock.now))
            await first.close()
            clock.step(by: .seconds(-7_200))
            let (store, _) = try await open(file, clock)
            #expect(try await store.claim(at: clock.now).map(\.id) == [messages[0].id])
            #expect(try await store.state(of: messages[1].id) == .scheduled)
            await store.close()
        }
    }
}
