// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

/// The law of facts through the store's door; `RuleTestLawTests` asks the same of `rules test`.
extension OutboxStoreTests {
    @Test("a fact is told as the law says", arguments: StoreUnderTest.available, FactLaw.table)
    func facts(kind: StoreUnderTest, law: FactLaw) async throws {
        try await kind.withStore { store in
            var begun: [MessageState?] = []
            for arrival in law.events {
                let message = try Make.message(
                    once: OncePer(key: "1001", window: law.window),
                    dueAt: arrival.due.map { later($0) },
                    expiresAt: law.expiresAfter.map { later(arrival.at).advanced(by: $0) },
                    mode: law.mode
                )
                let submission = Make.submission(messages: [message], at: later(arrival.at))
                begun.append(try await store.accept(submission).messages.first?.state)
            }
            #expect(begun == law.events.map(\.begins))
        }
    }

    @Test("a rule in shadow mode takes nothing from a live one, and says what holds its own back")
    func shadowFacts() async throws {
        for kind in StoreUnderTest.available {
            try await kind.withStore { store in
                let once = OncePer(key: "1001")
                let shadow = try Make.message(once: once, mode: .shadow)
                let again = try Make.message(once: once, mode: .shadow)
                let live = try Make.message(once: once)
                let receipt = try await store.accept(Make.submission(messages: [shadow, again, live]))
                #expect(receipt.messages.map(\.state) == [.suppressed, .suppressed, .queued])
                let until = now.advanced(by: OncePer.defaultWindow).rfc3339
                let reason =
                    "the same is told by \(shadow.id): its rule tells it once (once_per), and not again before \(until)"
                let reasons = [
                    try await store.message(shadow.id)?.message.reason,
                    try await store.message(again.id)?.message.reason,
                ]
                #expect(
                    reasons == [
                        "shadow mode: otherwise it would be sent", "shadow mode: otherwise suppressed too, \(reason)",
                    ]
                )
            }
        }
    }
}
