// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

/// The law of keys and of pruning through the store's door; `MessagesTests` asks the same of the law alone.
extension OutboxStoreTests {
    @Test("an event is stored or counted as the law says", arguments: StoreUnderTest.all, DedupeLaw.table)
    func dedupeLaw(kind: StoreUnderTest, law: DedupeLaw) async throws {
        try await kind.withStore { store in
            var receipts: [Receipt] = []
            for delivery in law.deliveries {
                let event = Make.event(source: delivery.source, at: later(delivery.at))
                receipts.append(try await store.accept(Submission(event: event, dedupe: delivery.dedupe)))
            }
            let repeated = receipts.map { receipt in
                receipt.isDuplicate ? receipts.firstIndex { !$0.isDuplicate && $0.event == receipt.event } : nil
            }
            #expect(repeated == law.deliveries.map(\.repeats))
            let counted = try await store.events(EventFilter()).elements.reduce(0) { $0 + $1.duplicates }
            #expect(counted == law.deliveries.count { $0.repeats != nil })
        }
    }

    @Test("an old event goes or stays as the law says", arguments: StoreUnderTest.available, PruneLaw.table)
    func pruneLaw(kind: StoreUnderTest, law: PruneLaw) async throws {
        try await kind.withStore { store in
            let messages = try law.messages.filter { $0 != .failed }.map(begun)
            let failures = law.messages.filter { $0 == .failed }.map { _ in
                FailedMessage(id: MessageID(at: now), rule: "order-paid", reason: "no number")
            }
            let receipt = try await store.accept(
                Submission(
                    event: Make.event(disposition: law.isPending ? .pending(reason: "waits") : .matched),
                    messages: messages.map(\.message),
                    failures: failures,
                    pendingPayload: law.isPending ? Array("{}".utf8) : nil
                )
            )
            for (message, state) in messages { try await bring(message.id, to: state, in: store) }
            #expect(
                try await store.event(receipt.event)?.messages.map(\.state) == law.messages.sorted(by: isBuiltFirst)
            )
            let pruned = try await store.prune(PruneLaw.retention, now: later(law.age), limit: 10)
            #expect(pruned.events == (law.goes ? 1 : 0))
            #expect(pruned.messages == (law.goes ? law.messages.count : 0))
            #expect((try await store.event(receipt.event) == nil) == law.goes)
        }
    }

    @Test(
        "what old events and their messages say is erased, and the record that they were sent stays",
        arguments: StoreUnderTest.all
    )
    func erasure(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let (sent, waiting) = (try Make.message(), try Make.message(dueAt: later(100_000)))
            let events = [Make.event(), Make.event(), Make.event(at: later(100))]
            _ = try await store.accept(Submission(event: events[0], messages: [sent]))
            _ = try await store.accept(Submission(event: events[1], messages: [waiting]))
            _ = try await store.accept(Submission(event: events[2]))
            try await bring(sent.id, to: .accepted, in: store)
            let before = try #require(try await store.message(sent.id))
            let retention = Retention(contents: .seconds(3_600))

            let pruned = try await store.prune(retention, now: later(3_601), limit: 10)
            #expect(pruned == Pruned(events: 0, messages: 0, rejections: 0, keys: 0, contents: 1, isComplete: true))
            let erased = try #require(try await store.event(events[0].id))
            #expect(!erased.hasBody && erased.event.rawBody.isEmpty && erased.event.headers.isEmpty)
            #expect(erased.event.type == events[0].type && erased.messages.map(\.state) == [.accepted])
            let after = try #require(try await store.message(sent.id))
            #expect(after.message.request == nil && before.message.request != nil)
            #expect(after.timeline == before.timeline && after.message.partnerID == "wamid.1")
            let found = try await store.messages(MessageFilter(recipients: [Fact.name(of: sent.recipient)])).elements
            #expect(found.map(\.id) == [waiting.id, sent.id])
            for event in events[1...] {
                let kept = try await store.event(event.id)
                #expect(kept?.hasBody == true && kept?.event == event)
            }
            #expect(try await store.message(waiting.id)?.message.request != nil)
            let archived = try await store.archive(after: nil, limit: 10).elements
            #expect(archived.map(\.hasBody) == [false, true, true])
            #expect(try await store.prune(retention, now: later(3_601), limit: 10).contents == 0)
        }
    }

    @Test(
        "so is what the partner answered, and what a digest kept of them; where they stand in a trace stays",
        arguments: StoreUnderTest.available
    )
    func erasedAnswers(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let trace = TraceContext(trace: TraceID(high: 7, low: 1), span: SpanID(rawValue: 1), isSampled: true)
            var submission = Make.submission(messages: [try Make.message()], digests: [try Make.item(at: now)], at: now)
            submission.event.trace = trace
            let ids = try await store.accept(submission).messages.map(\.id)
            let answer = AttemptDetail(
                status: 422,
                code: "http_422",
                reason: "refused",
                body: #"{"to": "919812345670"}"#
            )
            let claimed = try #require(try await store.claim(1, at: now).first)
            _ = try await store.settle(claimed, .refused(answer), at: now)
            let order = try #require(try await store.dueDigests(at: later(900), limit: 1).orders.first)
            #expect(order.items.count == 1 && Set(ids) == [claimed.id, order.message])
            _ = try await store.close([DigestClosing(order, .failed("there is no rule"))], at: later(900))
            #expect(try await store.message(claimed.id)?.attempts.map(\.outcome.detail) == [answer])

            let retention = Retention(contents: .seconds(3_600))
            #expect(try await store.prune(retention, now: later(3_601), limit: 10).contents == 1)
            let left = AttemptDetail(status: 422, code: "http_422", reason: "refused")
            #expect(try await store.message(claimed.id)?.attempts.map(\.outcome.detail) == [left])
            #expect(try await store.event(submission.event.id)?.event.trace == trace)
            _ = try await store.decide(.retry, on: order.message, by: "asha", at: later(4_000))
            let again = try #require(try await store.dueDigests(at: later(4_000), limit: 1).orders.first)
            #expect(again.message == order.message && again.size == 1 && again.items.isEmpty)
        }
    }

    /// A message that can get into a state.
    private func begun(_ state: MessageState) throws -> (message: NewMessage, state: MessageState) {
        let message = try Make.message(
            dueAt: state == .scheduled ? later(100_000) : nil,
            onUncertain: state == .uncertain ? .hold : .retry,
            mode: state == .suppressed ? .shadow : .live
        )
        return (message, state)
    }

    /// Failures are stored last.
    private func isBuiltFirst(_ left: MessageState, _ right: MessageState) -> Bool {
        left != .failed && right == .failed
    }

    private func bring(_ id: MessageID, to state: MessageState, in store: any ServiceStore) async throws {
        let outcome: Outcome? =
            switch state {
            case .accepted: .accepted(partnerID: "wamid.1")
            case .retrying: .retryable(Make.detail(503), retryAfter: nil)
            case .uncertain: .uncertain(Make.detail(nil, "timed_out"))
            default: nil
            }
        if state == .cancelled { _ = try await store.decide(.cancel, on: id, by: "a test", at: now) }
        guard state == .sending || outcome != nil else { return }
        let claimed = try #require(try await store.claim(1, at: now).first)
        if let outcome { _ = try await store.settle(claimed, outcome, at: now) }
    }
}
