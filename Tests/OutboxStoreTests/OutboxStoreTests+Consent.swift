// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

// Who wants which messages: asked when a message begins, and when it leaves.

extension OutboxStoreTests {
    private func consent(
        _ decision: ConsentEntry.Decision,
        _ scope: ConsentScope = .all,
        of recipient: String = "phone:919812345670",
        origin: ConsentEntry.Origin = .operator,
        at time: Timestamp? = nil
    ) -> ConsentEntry {
        ConsentEntry(recipient, decision, scope, origin: origin, at: time ?? now, who: "asha", reason: "asked by mail")
    }

    private static let words =
        "consent: the recipient wants no messages, since 2026-01-15T04:30:00.000Z (operator, asha)"

    @Test(
        "a message to somebody who wants none begins suppressed, and takes no fact (43)",
        arguments: StoreUnderTest.all
    )
    func suppressesAtBegin(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            #expect(try await store.record([consent(.optedOut)], at: now) == ConsentReceipt(added: 1))
            func accept(to phone: String = "919812345670") async throws -> MessageState? {
                let message = try Make.message(to: phone, once: OncePer(key: "order 1"))
                return try await store.accept(Make.submission(messages: [message])).messages.first?.state
            }
            #expect(try await accept() == .suppressed)
            #expect(try await accept(to: "919812345671") == .queued)
            let message = try #require(try await store.messages(MessageFilter(state: .suppressed)).elements.first)
            #expect(message.reason == Self.words)
            #expect(try await store.claim(at: now).count == 1)
            _ = try await store.record([consent(.optedIn, at: later(1))], at: later(1))
            #expect(try await accept() == .queued, "the fact was told to nobody")
            #expect(try await accept() == .suppressed, "and now it was")
        }
    }

    @Test(
        "what waits is suppressed when it would leave, and spends nothing (43, 46)",
        arguments: StoreUnderTest.all
    )
    func suppressesAtClaim(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let messages = try ["919812345670", "919812345671"].map { try Make.message(to: $0) }
            _ = try await store.accept(Make.submission(messages: messages))
            _ = try await store.record([consent(.optedOut)], at: now)
            #expect(try await store.claim(at: now).map(\.id) == [messages[1].id])
            let detail = try #require(try await store.message(messages[0].id))
            #expect(detail.message.state == .suppressed)
            #expect(detail.message.attempts == 0)
            #expect(detail.timeline.map(\.why) == ["the rule matched", Self.words])
            #expect(try await store.countsByState() == [.suppressed: 1, .sending: 1])
        }
    }

    @Test(
        "a STOP suppresses what waits for later in its own transaction, and says what is too late (46)",
        arguments: StoreUnderTest.all
    )
    func suppressesWaiting(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let (mine, other) = ("5511987654321", "919812345671")
            let leaving = try Make.message(to: mine)
            _ = try await store.accept(Make.submission(messages: [leaving]))
            _ = try await store.claim(at: now)
            let waiting = try [mine, "551187654321", other].map { try Make.message(to: $0, dueAt: later(3_600)) }
            _ = try await store.accept(Make.submission(messages: waiting))
            let stop = consent(.optedOut, of: "phone:\(mine)", origin: .stopWord)
            let receipt = ConsentReceipt(added: 1, suppressed: 2, tooLate: 1)
            #expect(try await store.record([stop], at: now) == receipt)
            var states: [MessageState?] = []
            for message in waiting { states.append(try await store.state(of: message.id)) }
            #expect(states == [.suppressed, .suppressed, .scheduled])
            #expect(try await store.state(of: leaving.id) == .sending)
            #expect(try await store.record([stop], at: now) == ConsentReceipt(known: 1))
            #expect(try await store.countsByState() == [.sending: 1, .suppressed: 2, .scheduled: 1])
        }
    }

    @Test("a message does not ride along past an opt-out (43)", arguments: StoreUnderTest.available)
    func ridesNotAlong(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let (riding, quotas) = (RidingClaims {}, [ClaimQuota(account: "main", limit: 5)])
            _ = try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: riding)
            _ = try await store.record([consent(.optedOut)], at: now)
            let messages = try ["919812345670", "919812345671"].map { try Make.message(to: $0) }
            _ = try await store.accept(Make.submission(messages: messages))
            #expect(riding.take().map(\.id) == [messages[1].id])
            #expect(try await store.state(of: messages[0].id) == .suppressed)
        }
    }

    @Test("marketing that is unwanted lets other messages pass (43)", arguments: StoreUnderTest.all)
    func lets(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await store.record([consent(.optedOut, .marketing)], at: now)
            let message = try Make.message()
            _ = try await store.accept(Make.submission(messages: [message]))
            #expect(try await store.claim(at: now).map(\.id) == [message.id], "a text is no marketing")
        }
    }

    @Test(
        "a person sends past an opt-out only with an override, which its timeline tells (46)",
        arguments: StoreUnderTest.all
    )
    func retriesInVain(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message(onUncertain: .hold)
            _ = try await store.accept(Make.submission(messages: [message]))
            let claimed = try #require(try await store.claim(at: now).first)
            let detail = AttemptDetail(code: "timeout", reason: "no answer came")
            _ = try await store.settle(claimed, .uncertain(detail), at: now)
            _ = try await store.record([consent(.optedOut)], at: now)
            await #expect(throws: StoreError.self) {
                _ = try await store.decide(.release, on: message.id, by: "asha", at: later(1))
            }
            #expect(try await store.state(of: message.id) == .uncertain)
            let anyway = Decision(.release, why: "she asked for it by phone", anyway: true)
            _ = try await store.decide(anyway, on: message.id, by: "asha", at: later(2))
            let timeline = try #require(try await store.message(message.id)?.timeline)
            let words = "asha overrides that the message is not wanted: \(Self.words)"
            #expect(timeline.suffix(2).map(\.why).first == words && timeline.suffix(2).map(\.who) == ["asha", "asha"])
            #expect(try await store.claim(at: later(3)).map(\.id) == [message.id])
        }
    }

    @Test(
        "an override counts for what was said before it, and a later opt-out holds (46)",
        arguments: StoreUnderTest.all
    )
    func overridesWhatWasSaid(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message()
            _ = try await store.accept(Make.submission(messages: [message]))
            let claimed = try #require(try await store.claim(at: now).first)
            _ = try await store.settle(claimed, .refused(Make.detail(422)), at: now)
            _ = try await store.record([consent(.optedOut)], at: now)
            _ = try await store.decide(Decision(.retry, anyway: true), on: message.id, by: "asha", at: later(2))
            _ = try await store.record([consent(.optedOut, origin: .stopWord, at: later(3))], at: later(3))
            #expect(try await store.claim(at: later(4)).isEmpty)
            #expect(try await store.state(of: message.id) == .suppressed)
        }
    }

    @Test(
        "131050 is written into the ledger as marketing of the sending account, 131026 is counted (43, codes)",
        arguments: StoreUnderTest.all
    )
    func codes(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            func fail(_ code: Int, to phone: String, after seconds: Int) async throws {
                let message = try Make.message(to: phone)
                _ = try await store.accept(Make.submission(messages: [message], at: later(seconds)))
                let claimed = try #require(try await store.claim(at: later(seconds)).first)
                let detail = Make.detail(400, AttemptDetail.code(ofMeta: code))
                _ = try await store.settle(claimed, .refused(detail), at: later(seconds))
            }
            try await fail(131_050, to: "919812345670", after: 1)
            let line = try #require(try await store.consents(ConsentFilter()).elements.first)
            #expect("\(line)" == "opted-out of marketing, preference" && line.account == "main")
            #expect(line.who == "hookline" && line.reason == "Meta's code 131050" && line.at == later(1))
            for seconds in 2...3 { try await fail(131_026, to: "919812345671", after: seconds) }
            #expect(try await store.suggestions(limit: 10).isEmpty, "twice may pass")
            try await fail(131_026, to: "919812345671", after: 4)
            let expected = ConsentSuggestion(recipient: "phone:919812345671", failures: 3, at: later(4))
            #expect(try await store.suggestions(limit: 10) == [expected])
            #expect(try await store.openConsent(upTo: 10) == OpenConsent(doubts: 0, suggestions: 1))
            let judged = consent(.optedOut, of: "phone:919812345671", at: later(5))
            _ = try await store.record([judged], at: later(5))
            #expect(try await store.suggestions(limit: 10).isEmpty)
        }
    }

    @Test("the ledger keeps every line, and says which ones stand (43, 45)", arguments: StoreUnderTest.all)
    func keepsLedger(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let lines = [
                consent(.optedOut, .marketing, origin: .import),
                consent(.optedOut, .all, origin: .stopWord, at: later(1)),
                consent(.optedOut, of: "contact:c1", at: later(2)), consent(.optedIn, origin: .stopWord, at: later(3)),
            ]
            #expect(try await store.record(lines, at: later(4)) == ConsentReceipt(added: 4))
            #expect(try await store.record([lines[1], lines[0]], at: later(5)) == ConsentReceipt(known: 2))
            let all = try await store.consents(ConsentFilter()).elements
            #expect(all == lines.reversed())
            #expect(try await store.consents(ConsentFilter(isStanding: true)).elements == [lines[2], lines[0]])
            let one = ConsentFilter(recipient: "phone:919812345670", isStanding: true)
            #expect(try await store.consents(one).elements == [lines[0]])
            let first = try await store.consents(ConsentFilter(limit: 3))
            let second = try await store.consents(ConsentFilter(limit: 3, cursor: first.next))
            #expect(first.elements + second.elements == all)
            #expect(second.next == nil)
        }
    }

    @Test("a STOP by a wa_id holds what goes to the number (48)", arguments: StoreUnderTest.all)
    func knowsSpellings(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            _ = try await store.record([consent(.optedOut, of: "phone:551187654321", origin: .stopWord)], at: now)
            let message = try Make.message(to: "5511987654321")
            let receipt = try await store.accept(Make.submission(messages: [message]))
            #expect(receipt.messages.map(\.state) == [.suppressed])
        }
    }
}
