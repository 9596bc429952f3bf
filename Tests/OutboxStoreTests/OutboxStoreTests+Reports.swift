// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing

// What sources report of messages that the partner took: linked by the partner's id, and by nothing else (42).

extension OutboxStoreTests {
    private func report(_ status: DeliveryReport.Status, of id: String, _ code: Int? = nil) -> DeliveryReport {
        DeliveryReport(status, of: id, code: code, at: later(5), source: "wa")
    }

    /// Has a source tell what became of messages, each in an event of its own and all in one request.
    private func tell(_ store: any ServiceStore, _ reports: DeliveryReport...) async throws -> [DeliveryReport.Result] {
        let submissions = reports.map {
            Make.submission(source: "wa", sideEffects: SideEffects(reports: [$0]), at: later(6))
        }
        return try await store.accept(submissions).flatMap(\.reports)
    }

    /// Stores messages that the partner takes, with an id each.
    private func sent(_ store: any ServiceStore, _ ids: String...) async throws -> [MessageID] {
        let messages = try ids.map { _ in try Make.message() }
        _ = try await store.accept(Make.submission(messages: messages))
        for (claimed, id) in zip(try await store.claim(at: now), ids) {
            _ = try await store.settle(claimed, .accepted(partnerID: id), at: later(1))
        }
        return messages.map(\.id)
    }

    @Test(
        "several statuses in one request find their messages; strangers' ids are counted (42)",
        arguments: StoreUnderTest.all
    )
    func linksReports(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let ids = try await sent(store, "wamid.1", "wamid.2", "wamid.3")
            let results = try await tell(
                store,
                report(.delivered, of: "wamid.1"),
                report(.failed, of: "wamid.2", 131_026),
                report(.delivered, of: "wamid.1"),
                report(.read, of: "wamid.9")
            )
            #expect(results == [.linked, .linked, .repeated, .unknown])
            var details: [MessageDetail] = []
            for id in ids { details.append(try #require(try await store.message(id))) }
            #expect(details.map(\.message.state) == [.accepted, .failed, .accepted])
            #expect(details.map(\.message.arrival?.status) == [.delivered, .failed, nil])
            #expect(details[1].message.arrival?.code == 131_026)
            #expect(details.map(\.timeline.count) == [4, 4, 3])
            #expect(try await store.countsByState() == [.accepted: 2, .failed: 1])
            func listed(_ status: DeliveryReport.Status) async throws -> [MessageID] {
                try await store.messages(MessageFilter(arrival: status)).elements.map(\.id)
            }
            #expect(try await listed(.delivered) == [ids[0]])
            #expect(try await listed(.failed) == [ids[1]])
            #expect(try await listed(.read).isEmpty)
            #expect(try await tell(store, report(.read, of: "wamid.1")) == [.linked])
            #expect(try await listed(.read) == [ids[0]])
            #expect(try await listed(.delivered).isEmpty)
            let found = try await store.messages(MessageFilter(partnerID: "wamid.2"))
            #expect(found.elements.map(\.id) == [ids[1]])
            #expect(try await store.count(MessageFilter(partnerID: "wamid.9"), upTo: 10) == 0)
        }
    }

    @Test("an id that two messages have is of neither: nobody guesses (42)", arguments: StoreUnderTest.all)
    func guessesNothing(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await sent(store, "wamid.1", "wamid.1")
            #expect(try await tell(store, report(.delivered, of: "wamid.1")) == [.unknown])
        }
    }

    @Test(
        "a status that comes before the partner's answer is written down waits for it (42)",
        arguments: StoreUnderTest.all
    )
    func waitsForAnswer(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message()
            _ = try await store.accept(Make.submission(messages: [message]))
            let claimed = try #require(try await store.claim(at: now).first)
            let early = try await tell(store, report(.delivered, of: "wamid.1"), report(.sent, of: "wamid.1"))
            #expect(early == [.unknown, .unknown])
            _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: later(7))
            let detail = try #require(try await store.message(message.id))
            #expect(detail.message.arrival?.status == .delivered && detail.message.arrival?.sentAt == later(5))
            #expect(detail.timeline.map(\.to) == [.queued, .sending, .accepted, .accepted, .accepted])
            #expect(try await tell(store, report(.delivered, of: "wamid.1")) == [.repeated])
        }
    }

    @Test("a message that is tried again for its code leaves under a new id (42)", arguments: StoreUnderTest.all)
    func triesAgain(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let id = try #require(try await sent(store, "wamid.1").first)
            #expect(try await tell(store, report(.failed, of: "wamid.1", 131_056)) == [.linked])
            #expect(try await store.state(of: id) == .deferred)
            let claimed = try #require(try await store.claim(at: later(66)).first)
            _ = try await store.settle(claimed, .accepted(partnerID: "wamid.2"), at: later(67))
            #expect(try await tell(store, report(.failed, of: "wamid.1", 131_056)) == [.unknown])
            #expect(try await tell(store, report(.read, of: "wamid.2")) == [.linked])
            let message = try #require(try await store.message(id)?.message)
            #expect(message.state == .accepted && message.arrival?.status == .read && message.attempts == 2)
        }
    }

    @Test(
        "a report's code says of the recipient what an answer's does, until a message arrives (43)",
        arguments: StoreUnderTest.all
    )
    func tellsOfRecipient(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await sent(store, "wamid.1", "wamid.2", "wamid.3", "wamid.4", "wamid.5")
            for id in ["wamid.1", "wamid.2", "wamid.3"] { _ = try await tell(store, report(.failed, of: id, 131_026)) }
            #expect(try await store.suggestions(limit: 10).map(\.failures) == [3])
            _ = try await tell(store, report(.delivered, of: "wamid.4"))
            #expect(try await store.suggestions(limit: 10).isEmpty)
            _ = try await tell(store, report(.failed, of: "wamid.5", 131_050))
            let line = try #require(try await store.consents(ConsentFilter()).elements.first)
            #expect("\(line)" == "opted-out of marketing, preference" && line.account == "main")
            #expect(line.who == "wa" && line.event != nil && line.at == later(5))
        }
    }

    @Test(
        "a delivery that is told of a message in doubt settles it, by the exact id (42)",
        arguments: StoreUnderTest.all
    )
    func settlesDoubt(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message(onUncertain: .hold)
            _ = try await store.accept(Make.submission(messages: [message]))
            let first = try #require(try await store.claim(at: now).first)
            _ = try await store.settle(first, .accepted(partnerID: "wamid.1"), at: now)
            _ = try await tell(store, report(.failed, of: "wamid.1", 131_056))
            let second = try #require(try await store.claim(at: later(66)).first)
            _ = try await store.settle(second, .uncertain(Make.detail(0)), at: later(67))
            #expect(try await store.state(of: message.id) == .uncertain)
            #expect(try await tell(store, report(.delivered, of: "wamid.7")) == [.unknown])
            #expect(try await store.state(of: message.id) == .uncertain)
            #expect(try await tell(store, report(.delivered, of: "wamid.1")) == [.linked])
            #expect(try await store.state(of: message.id) == .accepted)
        }
    }

    @Test(
        "a message whose report says that only a template arrives leaves as its otherwise, once (52)",
        arguments: StoreUnderTest.all
    )
    func reportedOtherwise(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let alternative = try Make.otherwise(account: "other")
            let message = try Make.message(otherwise: alternative)
            _ = try await store.accept(Make.submission(messages: [message]))
            let first = try #require(try await store.claim(at: now).first)
            _ = try await store.settle(first, .accepted(partnerID: "wamid.1"), at: later(1))
            #expect(try await tell(store, report(.failed, of: "wamid.1", 131_047)) == [.linked])
            let quotas = [ClaimQuota(account: "other", limit: 5)]
            let second = try #require(try await store.claim(quotas, lease: .seconds(60), now: later(6)).first)
            #expect(second.request == alternative.request && second.alternative == nil && second.claim == 2)
            _ = try await store.settle(second, .accepted(partnerID: "wamid.2"), at: later(7))
            #expect(try await tell(store, report(.failed, of: "wamid.2", 131_047)) == [.linked])
            let story = try #require(try await store.message(message.id))
            #expect(story.timeline.map(\.to) == [.queued, .sending, .accepted, .queued, .sending, .accepted, .failed])
            #expect(story.message.arrival?.code == 131_047)
        }
    }

    @Test(
        "whoever sends hears of codes that are news, and what waits for a person is due when one resumes",
        arguments: StoreUnderTest.all
    )
    func tellsOfCodes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let ids = try await sent(store, "wamid.1", "wamid.2")
            var codes = store.reportedCodes().makeAsyncIterator()
            _ = try await tell(store, report(.delivered, of: "wamid.2"), report(.failed, of: "wamid.1", 131_048))
            _ = try await tell(store, report(.failed, of: "wamid.1", 131_048), report(.failed, of: "wamid.2", 131_056))
            let code = try #require(MetaCode.row(131_048))
            let expected = ReportedCode(
                code,
                account: "main",
                rule: "order-paid",
                recipient: "phone:919812345670",
                request: try Make.message().request,
                category: .service,
                takenAt: later(1),
                at: later(5),
                source: "wa"
            )
            #expect(await codes.next() == [expected])
            let held = try #require(try await store.message(ids[0])?.message)
            #expect(held.state == .deferred && held.dueAt == later(3_606))
            #expect(try await store.hasten("main", "marketing", because: "a person", at: later(7), limit: 10) == 1)
            #expect(try await store.claim(at: later(7)).map(\.id) == [ids[0]])
            await store.close()
            #expect(await codes.next() == nil, "what was repeated, or is delivered, tells nothing")
        }
    }
}
