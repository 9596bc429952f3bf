// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing

// What is kept of a recipient goes, and what they wanted stays (47).

extension OutboxStoreTests {
    private static let erased = "919812345670"
    private var whom: String { "phone:\(Self.erased)" }
    private var order: ErasureOrder { ErasureOrder(by: Operator(.user, "asha"), because: "she asked", at: later(1)) }

    /// Fills a store with what is kept of two recipients.
    private func fill(_ store: any ServiceStore) async throws {
        for (index, phone) in [Self.erased, "919812345671"].enumerated() {
            let message = try Make.message(to: phone, once: OncePer(key: "order \(index)"))
            let later = try Make.message(to: phone, dueAt: later(3_600))
            let event = Make.event(at: now, body: #"{"phone":"\#(phone)"}"#)
            _ = try await store.accept(Submission(event: event, messages: [message, later]))
            let said = Heard(
                "phone:\(phone)",
                account: "main",
                at: now,
                source: "wa",
                .message(.doubtful, text: "stop it")
            )
            _ = try await store.accept(Make.submission(source: "wa", sideEffects: SideEffects(heard: [said])))
        }
        let unmatched = Make.event(at: now, body: #"{"to":"\#(Self.erased)"}"#, disposition: .unmatched)
        _ = try await store.accept(Submission(event: unmatched))
    }

    @Test(
        "of an erased number nothing is left but its opt-out, which holds on (47)",
        arguments: StoreUnderTest.all
    )
    func erases(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            try await fill(store)
            let line = ConsentEntry(whom, .optedOut, .all, origin: .operator, at: later(1), who: "asha")
            _ = try await store.record([line], at: later(1))
            let expected = Erasure(messages: 2, events: 2, lines: 1, others: 3)
            #expect(try await store.traces(of: whom, searchingBodies: false) == expected)
            #expect(try await store.messages(MessageFilter()).elements.count == 4, "a dry run changes nothing")
            #expect(try await store.erase(whom, searchingBodies: false, on: order) == expected)
            #expect(try await store.traces(of: whom, searchingBodies: false) == Erasure())
            let audited = try #require(try await store.audit(AuditFilter()).elements.first)
            #expect(audited.action == "consent.erase" && audited.detail == "2 messages, 2 events, 1 lines, 3 others")
            let kept = try await store.messages(MessageFilter()).elements
            #expect(kept.count == 2)
            #expect(
                kept.allSatisfy { String(decoding: $0.request?.body ?? [], as: UTF8.self).contains("919812345671") }
            )
            #expect(try await store.countsByState().values.reduce(0, +) == 2)
            let message = try Make.message(to: Self.erased)
            let receipt = try await store.accept(Make.submission(messages: [message], at: later(2)))
            #expect(receipt.messages.map(\.state) == [.suppressed], "the opt-out survives")
            let ledger = try await store.consents(ConsentFilter()).elements
            #expect(ledger.count == 1 && ledger.allSatisfy { ErasedSubject.isName($0.recipient) })
            #expect(try await store.consents(ConsentFilter(recipient: whom)).elements == ledger)
            let again = ConsentEntry(whom, .optedIn, .all, origin: .operator, at: later(3), who: "asha")
            _ = try await store.record([again], at: later(3))
            let other = try Make.message(to: Self.erased)
            let next = try await store.accept(Make.submission(messages: [other], at: later(4)))
            #expect(next.messages.map(\.state) == [.queued], "and can be taken back")
        }
    }

    @Test(
        "an event that only names the number is found where bodies are searched (47)",
        arguments: StoreUnderTest.all
    )
    func searchesBodies(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            try await fill(store)
            #expect(try await store.traces(of: whom, searchingBodies: false).events == 2)
            #expect(try await store.erase(whom, searchingBodies: true, on: order).events == 3)
            let unmatched = try await store.events(EventFilter(disposition: .unmatched)).elements
            var bodies: [Int] = []
            for event in unmatched { bodies.append(try #require(try await store.event(event.id)).event.rawBody.count) }
            #expect(bodies.allSatisfy { $0 == 0 })
            #expect(try await store.events(EventFilter()).elements.count == 5, "that they came stays")
        }
    }
}
