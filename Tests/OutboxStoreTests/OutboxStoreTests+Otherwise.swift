// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing

/// Messages that leave as their rule's `otherwise` after the partner's answer, through the store's door; the law has its
/// tests in `MessagesTests/AlternativeTests`.
extension OutboxStoreTests {
    private func refusal(_ code: Int) -> Outcome {
        .refused(AttemptDetail(status: 400, code: "meta_\(code)", reason: "the template is gone"))
    }

    @Test(
        "a message becomes its otherwise once, with its account and category, and fails the next time (8, 52)",
        arguments: StoreUnderTest.all
    )
    func becomes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let alternative = try Make.otherwise(account: "other")
            let message = try Make.message(limit: SendLimit(count: 1, every: .seconds(60)), otherwise: alternative)
            _ = try await store.accept(Make.submission(messages: [message]))
            let first = try #require(try await store.claim(at: now).first)
            #expect(first.request == message.request && first.alternative == .template)
            #expect(try await store.settle(first, refusal(132_016), at: now) == .settled)
            let waiting = try #require(try await store.message(message.id)?.message)
            #expect(waiting.state == .queued && waiting.dueAt == now && waiting.account == "other")
            #expect(waiting.request == alternative.request && waiting.attempts == 1)

            #expect(try await store.claim(at: now).isEmpty, "it leaves through the other account")
            let quotas = [ClaimQuota(account: "other", limit: 5)]
            let second = try #require(try await store.claim(quotas, lease: .seconds(60), now: now).first)
            #expect(second.request == alternative.request && second.alternative == nil && second.claim == 2)
            #expect(try await store.settle(second, refusal(132_016), at: now) == .settled)
            let story = try #require(try await store.message(message.id))
            #expect(story.message.state == .failed && story.message.attempts == 2)
            #expect(story.timeline.map(\.to) == [.queued, .sending, .queued, .sending, .failed])
            #expect(story.timeline[2].why == "the template is gone; it leaves as its rule's 'otherwise' instead")
            #expect(story.attempts.map(\.outcome.name) == [.refused, .refused])
        }
    }

    @Test(
        "an answer that comes after the lease had run out changes nothing, and the alternative stays",
        arguments: StoreUnderTest.all
    )
    func tooLate(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message(otherwise: try Make.otherwise())
            _ = try await store.accept(Make.submission(messages: [message]))
            let first = try #require(try await store.claim(at: now).first)
            var lost = first.machine()
            var random = SeededGenerator(seed: 1)
            try lost.leaseExpired(at: now, policy: RetryPolicy(), using: &random)
            #expect(try await store.settle([Settlement(of: first, lost, attempt: nil, at: now)]) == [.settled])
            #expect(try await store.settle(first, refusal(132_001), at: now) == .ignored(.queued))
            let again = try #require(try await store.claim(at: later(900)).first)
            #expect(again.request == message.request && again.alternative == .template)
        }
    }
}
