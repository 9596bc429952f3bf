// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

// Events whose rules wait for a look-up.

extension OutboxStoreTests {
    private func submission(_ source: String = "shop", dedupe: String? = nil, at time: Timestamp) -> Submission {
        Submission(
            event: Make.event(source: source, at: time, disposition: .pending(reason: "it waits for its look-up")),
            dedupe: dedupe.map { Submission.Dedupe(key: $0) },
            pendingPayload: Array(#"{"id": 7}"#.utf8)
        )
    }

    @Test("an event that waits is due at once, by source, the first one first", arguments: StoreUnderTest.all)
    func pendingIsDue(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let submission = submission(at: now)
            let first = try await store.accept(submission).event
            let second = try await store.accept(self.submission(at: later(1))).event
            _ = try await store.accept(self.submission("erp", at: now))
            _ = try await store.accept(Make.submission())
            #expect(try await store.pendingCounts() == ["shop": 2, "erp": 1])
            let due = try await store.pendingEvents(of: "shop", limit: 10)
            #expect(due == [.init(event: first, at: now), .init(event: second, at: later(1))])
            #expect(try await store.pendingEvents(of: "shop", limit: 1).map(\.event) == [first])
            let pending = try #require(try await store.pendingEvent(first))
            #expect(pending.payload == Array(#"{"id": 7}"#.utf8))
            #expect(pending.event == submission.event)
            #expect(pending.failures == 0)
            #expect(pending.since == now)
        }
    }

    @Test("a repeated delivery of an event that waits is a duplicate of it", arguments: StoreUnderTest.all)
    func pendingDuplicate(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let first = try await store.accept(submission(dedupe: "evt-1", at: now))
            let again = try await store.accept(submission(dedupe: "evt-1", at: later(5)))
            #expect(again == Receipt(event: first.event, isDuplicate: true, messages: []))
            #expect(try await store.pendingEvents(of: "shop", limit: 10).count == 1)
        }
    }

    @Test("a failed look-up is counted, said, and due again later", arguments: StoreUnderTest.all)
    func postpones(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let id = try await store.accept(submission(at: now)).event
            try await store.postpone(id, until: later(30), because: "the API answered 503")
            #expect(try await store.pendingEvents(of: "shop", limit: 10) == [.init(event: id, at: later(30))])
            #expect(try await store.pendingEvent(id)?.failures == 1)
            let stored = try #require(try await store.event(id))
            #expect(stored.event.disposition == .pending(reason: "the API answered 503"))
            #expect(stored.lookUp == LookUpRecord(failures: 1, dueAt: later(30), result: nil))
        }
    }

    @Test("the end of the waiting stores what became of it, once", arguments: StoreUnderTest.all)
    func concludes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let id = try await store.accept(submission(at: now)).event
            let wakeUps = store.wakeUps()
            let message = try Make.message(at: later(60))
            let evaluation = LateEvaluation(
                event: id,
                disposition: .matched,
                messages: [message],
                failures: [FailedMessage(id: MessageID(at: now), rule: "broken", reason: "enriched.x is undefined")],
                result: Array(#"{"phone": "x"}"#.utf8)
            )
            let receipt = try #require(try await store.conclude(evaluation, at: later(60)))
            #expect(receipt.messages.map(\.state) == [.queued, .failed])
            #expect(try await store.conclude(evaluation, at: later(61)) == nil, "it waits no more")
            for await _ in wakeUps { break }
            let stored = try #require(try await store.event(id))
            #expect(stored.event.disposition == .matched)
            #expect(stored.messages.map(\.createdAt) == [later(60), later(60)])
            #expect(stored.lookUp == LookUpRecord(failures: 0, dueAt: nil, result: Array(#"{"phone": "x"}"#.utf8)))
            #expect(try await store.events(EventFilter()).elements.map(\.messages) == [2])
            #expect(try await store.pendingEvents(of: "shop", limit: 10).isEmpty)
            #expect(try await store.pendingEvent(id) == nil)
            #expect(try await store.claim(at: later(60)).map(\.id) == [message.id])
            try await store.postpone(id, until: later(90), because: "too late")
            #expect(try await store.event(id)?.event.disposition == .matched)
        }
    }

    @Test("a look-up that was given up is tried again when a person says so", arguments: StoreUnderTest.all)
    func resumes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let id = try await store.accept(submission(at: now)).event
            try await store.postpone(id, until: later(30), because: "the API answered 401")
            let givenUp = LateEvaluation(event: id, disposition: .evaluationFailed(reason: "the API answered 401"))
            _ = try await store.conclude(givenUp, at: later(40))
            #expect(try await store.pendingEvents(of: "shop", limit: 10).isEmpty)
            try await store.resume(id, at: later(1_000))
            let pending = try #require(try await store.pendingEvent(id))
            #expect(pending.failures == 0)
            #expect(pending.since == later(1_000))
            #expect(try await store.pendingEvents(of: "shop", limit: 10) == [.init(event: id, at: later(1_000))])
        }
    }

    @Test("an event that was evaluated, or needs no look-up, cannot be resumed", arguments: StoreUnderTest.all)
    func resumeConflicts(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let evaluated = try await store.accept(submission(at: now)).event
            _ = try await store.conclude(LateEvaluation(event: evaluated, disposition: .unmatched), at: now)
            let ordinary = try await store.accept(Make.submission()).event
            for (id, code) in [
                (evaluated, StoreError.Code.conflict), (ordinary, .conflict),
                (EventID(rawValue: "evt_none"), .notFound),
            ] {
                let error = await #expect(throws: StoreError.self) { try await store.resume(id, at: now) }
                #expect(error?.code == code)
            }
        }
    }

    @Test("an event is kept while it waits, then goes with its look-up", arguments: StoreUnderTest.all)
    func prunesPending(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let id = try await store.accept(submission(at: now)).event
            let retention = Retention(events: .seconds(60))
            #expect(try await store.prune(retention, now: later(3_600), limit: 100).events == 0)
            _ = try await store.conclude(LateEvaluation(event: id, disposition: .unmatched), at: later(3_600))
            #expect(try await store.prune(retention, now: later(3_600), limit: 100).events == 1)
            #expect(try await store.event(id) == nil)
        }
    }
}
