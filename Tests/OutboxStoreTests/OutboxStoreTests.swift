// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

/// What every store promises; its topics are in files of their own.
@Suite("The outbox's store", .timeLimit(.minutes(10)))
struct OutboxStoreTests {
    let now = TestClock().now

    func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }
}

extension OutboxStoreTests {
    @Test("an accepted event is kept byte for byte, with its messages", arguments: StoreUnderTest.all)
    func accepts(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let event = Make.event(at: now, body: "{\"name\": \"Asha \u{1F600}\",\r\n \"n\": 1.50}")
            let message = try Make.message()
            let failure = FailedMessage(id: MessageID(at: now), rule: "broken", reason: "customer.name is undefined")
            let submission = Submission(event: event, messages: [message], failures: [failure])
            let receipt = try await store.accept(submission)
            let expected = Receipt(
                event: event.id,
                isDuplicate: false,
                messages: [
                    .init(id: message.id, rule: "order-paid", state: .queued),
                    .init(id: failure.id, rule: "broken", state: .failed),
                ]
            )
            #expect(receipt == expected)
            let stored = try #require(try await store.event(event.id))
            #expect(stored.event == event)
            #expect(stored.messages.map(\.request) == [message.request, nil])
            #expect(stored.messages.map(\.reason) == ["the rule matched", "customer.name is undefined"])
        }
    }

    @Test(
        "whoever leaves a callback hears once of each request, in order, when it is on disk",
        arguments: StoreUnderTest.all
    )
    func callsBack(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let heard = EventRecorder<Result<[Receipt], StoreError>>()
            let submissions = ["evt-1", "evt-2", "evt-1"].map { Make.submission(dedupe: $0) }
            for submission in submissions { store.accept([submission]) { heard.record($0) } }
            let results = await heard.until { $0.count == submissions.count }
            let receipts = try results.flatMap { try $0.get() }
            let events = submissions.map(\.event.id)
            #expect(receipts.map(\.event) == [events[0], events[1], events[0]])
            #expect(try await store.events(EventFilter()).elements.map(\.id) == [events[1], events[0]])
            await store.close()
            store.accept([Make.submission()]) { heard.record($0) }
            let last = await heard.until { $0.count > submissions.count }.last
            #expect(throws: StoreError(.closed, "the store is closed")) { try last?.get() }
            #expect(heard.elements.count == 4)
        }
    }

    @Test("the events of one request are stored together, each deduped by itself", arguments: StoreUnderTest.all)
    func batch(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let submissions = try ["evt-1", "evt-2", "evt-1"].map { key in
                Make.submission(messages: [try Make.message()], dedupe: key)
            }
            let receipts = try await store.accept(submissions)
            #expect(receipts.map(\.isDuplicate) == [false, false, true])
            #expect(receipts[2].event == receipts[0].event)
            #expect(receipts[2].messages.map(\.id) == submissions[0].messages.map(\.id))
            #expect(try await store.events(EventFilter()).elements.map(\.duplicates) == [0, 1])
        }
    }

    @Test("of the events of one request none is stored when one cannot be", arguments: StoreUnderTest.all)
    func batchFails(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message()
            let sound = Make.submission(messages: [try Make.message()], dedupe: "evt-1")
            // The same message id twice cannot be stored.
            let broken = Make.submission(messages: [message, message], dedupe: "evt-2")
            await #expect(throws: StoreError.self) { try await store.accept([sound, broken]) }
            #expect(try await store.events(EventFilter()).elements.isEmpty)
            #expect(try await store.accept(sound).isDuplicate == false, "its key was not taken either")
        }
    }

    @Test("an event keeps which secret had signed it, and is found by it", arguments: StoreUnderTest.all)
    func secretLabel(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            for label in ["SHOP_NEW", "SHOP_OLD", nil] {
                _ = try await store.accept(Submission(event: Make.event(at: now, secretLabel: label)))
            }
            let old = try await store.events(EventFilter(secretLabel: "SHOP_OLD")).elements
            #expect(old.map(\.secretLabel) == ["SHOP_OLD"])
            let id = try #require(old.first?.id)
            #expect(try await store.event(id)?.event.secretLabel == "SHOP_OLD")
            #expect(try await store.events(EventFilter()).elements.map(\.secretLabel) == [nil, "SHOP_OLD", "SHOP_NEW"])
        }
    }

    @Test(
        "a repeated delivery is counted on the first event and answered with it",
        arguments: StoreUnderTest.all
    )
    func dedupes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let first = try await store.accept(Make.submission(messages: [Make.message()], dedupe: "evt-1"))
            let again = try await store.accept(
                Make.submission(messages: [Make.message()], dedupe: "evt-1", at: later(10))
            )
            #expect(again == Receipt(event: first.event, isDuplicate: true, messages: first.messages))
            let summaries = try await store.events(EventFilter()).elements
            #expect(summaries.map(\.duplicates) == [1])
            #expect(summaries.map(\.lastDuplicateAt) == [later(10)])
            let other = try await store.accept(Make.submission(source: "erp", dedupe: "evt-1"))
            #expect(!other.isDuplicate, "the key is the source's own")
        }
    }

    @Test("once_per: one message per rule, recipient and key", arguments: StoreUnderTest.all)
    func oncePer(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let once = OncePer(key: "1001/paid", window: .seconds(3_600))
            func send(rule: String = "order-paid", to phone: String = "919812345670", at now: Timestamp) async throws
                -> MessageState?
            {
                let message = try Make.message(rule: rule, to: phone, once: once)
                return try await store.accept(Make.submission(messages: [message], at: now)).messages.first?.state
            }
            let first = try await send(at: now)
            let sameKey = try await send(at: later(3_599))
            let otherRule = try await send(rule: "other-rule", at: now)
            let otherRecipient = try await send(to: "919812345671", at: now)
            let afterTheWindow = try await send(at: later(3_600))
            #expect([first, sameKey] == [.queued, .suppressed])
            #expect([otherRule, otherRecipient, afterTheWindow] == [.queued, .queued, .queued])
        }
    }

    @Test("a suppressed message names the one that holds its key", arguments: StoreUnderTest.all)
    func suppressedSaysWhy(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let once = OncePer(key: "1001/paid", window: .seconds(60))
            let first = try Make.message(once: once)
            let second = try Make.message(once: once)
            _ = try await store.accept(Make.submission(messages: [first, second]))
            let detail = try #require(try await store.message(second.id))
            let reason =
                "the same is told by \(first.id): its rule tells it once (once_per), and not again before "
                + later(60).rfc3339
            #expect(detail.message.state == .suppressed)
            #expect(
                detail.timeline == [TimelineEntry(at: now, who: "hookline", from: nil, to: .suppressed, why: reason)]
            )
        }
    }

    @Test(
        "shadow mode and an expiry that is over suppress, and take no once_per key",
        arguments: StoreUnderTest.all
    )
    func suppressions(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let once = OncePer(key: "1001")
            let messages = [
                try Make.message(once: once, mode: .shadow),
                try Make.message(once: once, expiresAt: now),
                try Make.message(once: once),
                try Make.message(dueAt: later(60)),
            ]
            let receipt = try await store.accept(Make.submission(messages: messages))
            #expect(receipt.messages.map(\.state) == [.suppressed, .suppressed, .queued, .scheduled])
        }
    }

    @Test("every disposition is kept with its reason", arguments: StoreUnderTest.all)
    func dispositions(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let dispositions: [Disposition] = [
                .matched, .unmatched, .parked(reason: "unexpected character at byte 3"),
                .evaluationFailed(reason: "the loop limit was passed"),
            ]
            for disposition in dispositions {
                _ = try await store.accept(Submission(event: Make.event(disposition: disposition)))
            }
            let all = try await store.events(EventFilter()).elements
            #expect(all.map(\.disposition) == dispositions.reversed())
            for disposition in dispositions {
                let found = try await store.events(EventFilter(disposition: disposition.name)).elements
                #expect(found.map(\.disposition) == [disposition])
            }
        }
    }
}
