// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

extension OutboxStoreTests {
    private func sendOne(_ store: any ServiceStore, _ message: NewMessage? = nil) async throws -> ClaimedMessage {
        let message = try message ?? Make.message()
        _ = try await store.accept(Make.submission(messages: [message]))
        return try #require(try await store.claim(at: now).first)
    }

    @Test("a settled message shows its attempt and who did what when and why", arguments: StoreUnderTest.all)
    func settles(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let claimed = try await sendOne(store)
            let result = try await store.settle(claimed, .accepted(partnerID: "wamid.77"), at: later(1))
            #expect(result == .settled)
            let detail = try #require(try await store.message(claimed.id))
            #expect(detail.message.state == .accepted)
            #expect(detail.message.partnerID == "wamid.77")
            #expect(detail.message.attempts == 1)
            let attempt = Attempt(
                number: 1,
                startedAt: later(1),
                duration: .milliseconds(120),
                outcome: .accepted(partnerID: "wamid.77")
            )
            #expect(detail.attempts == [attempt])
            let who = TimelineEntry.service
            #expect(
                detail.timeline == [
                    TimelineEntry(at: now, who: who, from: nil, to: .queued, why: "the rule matched"),
                    TimelineEntry(at: now, who: who, from: .queued, to: .sending, why: "due"),
                    TimelineEntry(at: later(1), who: who, from: .sending, to: .accepted, why: "the partner took it"),
                ]
            )
        }
    }

    @Test(
        "every outcome reads back as it was",
        arguments: StoreUnderTest.all,
        [
            Outcome.refused(AttemptDetail(status: 422, code: "http_422", reason: "no such template", body: "{}")),
            .retryable(AttemptDetail(status: 429, code: "http_429", reason: "slow down"), retryAfter: .seconds(30)),
            .retryable(AttemptDetail(code: "refused", reason: "no connection"), retryAfter: nil),
            .uncertain(AttemptDetail(code: "timed_out", reason: "no answer")),
        ]
    )
    func outcomes(kind: StoreUnderTest, outcome: Outcome) async throws {
        try await kind.withStore { store in
            let claimed = try await sendOne(store)
            _ = try await store.settle(claimed, outcome, at: now)
            #expect(try await store.message(claimed.id)?.attempts.map(\.outcome) == [outcome])
        }
    }

    @Test("an exchange settles, then claims what is due, in one step", arguments: StoreUnderTest.all)
    func exchanges(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let first = try await sendOne(store)
            let next = try Make.message(dueAt: later(1))
            _ = try await store.accept(Make.submission(messages: [next]))
            var machine = first.machine()
            try machine.release(at: later(2), because: "stopping")
            let settlement = Settlement(of: first, machine, attempt: nil, at: later(2))
            let quota = ClaimQuota(account: "main", limit: 10)
            let exchange = try await store.exchange(
                [settlement],
                [quota],
                lease: .seconds(60),
                now: later(2),
                riding: nil
            )
            #expect(exchange.results == [.settled])
            #expect(exchange.claimed.map(\.id) == [next.id, first.id], "what was given back is claimed anew")
            #expect(exchange.claimed.map(\.claim) == [1, 2])
        }
    }

    @Test("an attempt with refused credentials is the account's: it is not kept", arguments: StoreUnderTest.all)
    func unauthorized(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let claimed = try await sendOne(store)
            let detail = AttemptDetail(status: 401, code: "http_401", reason: "the key was revoked")
            #expect(try await store.settle(claimed, .unauthorized(detail), at: now) == .settled)
            let stored = try #require(try await store.message(claimed.id))
            #expect(stored.attempts == [])
            #expect(stored.message.attempts == 0)
            #expect(stored.message.state == .queued)
        }
    }

    @Test("a throttled attempt costs nothing and is not kept; its message waits", arguments: StoreUnderTest.all)
    func held(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let claimed = try await sendOne(store)
            let detail = AttemptDetail(status: 400, code: "meta_131056", reason: "too many messages in a short time")
            #expect(try await store.settle(claimed, .held(detail, for: .seconds(4)), at: now) == .settled)
            let stored = try #require(try await store.message(claimed.id))
            #expect(stored.attempts == [] && stored.message.attempts == 0 && stored.message.state == .deferred)
            #expect(stored.message.dueAt == later(4) && stored.timeline.last?.why == detail.reason)
            #expect(try await store.claim(at: later(3)).isEmpty)
            #expect(try await store.claim(at: later(4)).map(\.claim) == [2])
        }
    }

    @Test("a retried message waits, counts its attempts, and is claimed anew", arguments: StoreUnderTest.all)
    func retries(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let claimed = try await sendOne(store)
            _ = try await store.settle(claimed, .retryable(Make.detail(503), retryAfter: .seconds(30)), at: now)
            #expect(try await store.state(of: claimed.id) == .retrying)
            #expect(try await store.claim(at: later(29)).isEmpty)
            let again = try #require(try await store.claim(at: later(30)).first)
            #expect(again.claim == 2)
            #expect(again.attempts == 1)
            #expect(again.agesFrom == now)
        }
    }

    @Test("a lease that ran out is found, and only then", arguments: StoreUnderTest.all)
    func expiredLeases(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let claimed = try await sendOne(store)
            #expect(try await store.expiredLeases(at: later(59), limit: 10).isEmpty)
            #expect(try await store.expiredLeases(at: later(60), limit: 10) == [claimed])
            _ = try await store.settle(claimed, .uncertain(Make.detail()), at: later(60))
            #expect(try await store.expiredLeases(at: later(120), limit: 10).isEmpty)
        }
    }

    @Test(
        "an answer after the rescue is ignored, unless the partner took the message",
        arguments: StoreUnderTest.all
    )
    func lateAnswers(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let claimed = try await sendOne(store, Make.message(onUncertain: .hold))
            _ = try await store.settle(claimed, .uncertain(Make.detail()), at: later(60))
            let refused = try await store.settle(claimed, .refused(Make.detail(422)), at: later(61))
            #expect(refused == .ignored(.uncertain))
            let accepted = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: later(62))
            #expect(accepted == .acceptedLate)
            let detail = try #require(try await store.message(claimed.id))
            #expect(detail.message.state == .accepted)
            #expect(detail.message.partnerID == "wamid.1")
            #expect(detail.attempts.map(\.outcome) == [.accepted(partnerID: "wamid.1")])
        }
    }

    @Test("a late acceptance calls off the next attempt, but not one under way", arguments: StoreUnderTest.all)
    func lateAcceptance(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let first = try await sendOne(store)
            _ = try await store.settle(first, .retryable(Make.detail(), retryAfter: .seconds(5)), at: later(60))
            #expect(try await store.settle(first, .accepted(partnerID: "wamid.1"), at: later(61)) == .acceptedLate)
            #expect(try await store.claim(at: later(3_600)).isEmpty)
            let second = try await sendOne(store)
            _ = try await store.settle(second, .retryable(Make.detail(), retryAfter: .seconds(5)), at: later(60))
            _ = try await store.claim(at: later(65))
            #expect(
                try await store.settle(second, .accepted(partnerID: "wamid.2"), at: later(66)) == .ignored(.sending)
            )
        }
    }

    @Test("a message that is gone is unknown, and its neighbours are settled", arguments: StoreUnderTest.all)
    func unknown(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let claimed = try await sendOne(store)
            var machine = claimed.machine()
            try machine.release(at: now, because: "stopping")
            let mine = Settlement(of: claimed, machine, attempt: nil, at: now)
            let stranger = ClaimedMessage(
                id: MessageID(at: now),
                event: claimed.event,
                rule: claimed.rule,
                account: claimed.account,
                request: claimed.request,
                claim: 1,
                claimedAt: now,
                leaseEnds: later(60),
                attempts: 0,
                agesFrom: now,
                expiresAt: nil,
                onUncertain: .retry
            )
            let gone = Settlement(of: stranger, machine, attempt: nil, at: now)
            #expect(try await store.settle([gone, mine]) == [.unknown, .settled])
            let detail = try #require(try await store.message(claimed.id))
            #expect(detail.message.state == .queued)
            #expect(detail.attempts.isEmpty)
        }
    }

    @Test("a person retries and cancels what the state allows, under a name", arguments: StoreUnderTest.all)
    func decides(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let claimed = try await sendOne(store)
            await #expect(throws: StoreError.self) {
                try await store.decide(.retry, on: claimed.id, by: "asha", at: now)
            }
            _ = try await store.settle(claimed, .refused(Make.detail(422)), at: now)
            let retried = try await store.decide(.retry, on: claimed.id, by: "asha", at: later(1))
            #expect(retried.state == .queued)
            let cancelled = try await store.decide(.cancel, on: claimed.id, by: "ravi", at: later(2))
            #expect(cancelled.state == .cancelled)
            let timeline = try #require(try await store.message(claimed.id)).timeline
            #expect(timeline.suffix(2).map(\.who) == ["asha", "ravi"])
            #expect(timeline.last?.why == "ravi called it off")
            #expect(try await store.claim(at: later(3)).isEmpty)
        }
    }

    @Test(
        "a message that was never built cannot be retried, one that never was is not found",
        arguments: StoreUnderTest.all
    )
    func decisionsThatCannotBe(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let failure = FailedMessage(id: MessageID(at: now), rule: "broken", reason: "name is undefined")
            _ = try await store.accept(Make.submission(failures: [failure]))
            let conflict = await #expect(throws: StoreError.self) {
                try await store.decide(.retry, on: failure.id, by: "asha", at: now)
            }
            #expect(conflict?.code == .conflict)
            #expect(conflict?.reason.hasSuffix("it was never built: mend the rule, and replay its event") == true)
            let kept = try Make.message()
            _ = try await store.accept(Make.submission(messages: [kept]))
            let claimed = try #require(try await store.claim(at: now).first)
            _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: now)
            _ = try await store.prune(Retention(contents: .seconds(60)), now: later(100), limit: 10)
            #expect(try await store.message(kept.id)?.message.request == nil)
            let erased = await #expect(throws: StoreError.self) {
                try await store.decide(.retry, on: kept.id, by: "asha", at: later(100))
            }
            #expect(erased?.reason.contains("accepted") == true && erased?.reason.contains("built") == false)
            let missing = await #expect(throws: StoreError.self) {
                try await store.decide(.cancel, on: MessageID(at: now), by: "asha", at: now)
            }
            #expect(missing?.code == .notFound)
        }
    }

    @Test(
        "what waits although no rule that runs has made it is listed: not what left, nor what an application sends (8)",
        arguments: StoreUnderTest.all
    )
    func waitsWithoutRule(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let left = try Make.message(rule: "gone")
            _ = try await store.accept(Make.submission(messages: [left]))
            let claimed = try #require(try await store.claim(at: now).first)
            _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: now)
            let waiting = try ["gone", "off", "runs", NewMessage.apiRule].map {
                try Make.message(rule: $0, dueAt: later(90_000))
            }
            for message in waiting { _ = try await store.accept(Make.submission(messages: [message])) }
            func listed(_ rules: Set<String>) async throws -> [MessageID] {
                let filter = MessageFilter(notOf: rules)
                let page = try await store.messages(filter)
                #expect(try await store.count(filter, upTo: 10) == page.elements.count)
                return page.elements.map(\.id)
            }
            #expect(try await listed(["runs"]) == [waiting[1].id, waiting[0].id])
            #expect(try await listed(["runs", "off"]) == [waiting[0].id])
            #expect(try await listed([]).count == 3)
            let both = MessageFilter(state: .accepted, notOf: ["runs"])
            #expect(try await store.messages(both).elements.isEmpty)
        }
    }
}
