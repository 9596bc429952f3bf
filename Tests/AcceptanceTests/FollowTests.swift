// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import Events
import HooklineApp
import Outbox
import Sandbox
import ServiceConfiguration
import TestSupport
import Testing

/// What `hookline post --follow` says of the event behind an answer.
@Suite("A posted event that is followed", .timeLimit(.minutes(10)))
struct FollowTests {
    private static let rules = """
        version: 1
        source: orders
        rules:
          - {name: paid, event: paid, to: "{{ phone }}", send: {text: "Paid {{ id }}"}}
        """

    /// What a follower shows of an answer, and whether it says that something failed.
    private func follow(
        _ answer: PostAnswer,
        of source: String = "orders",
        _ hookline: HooklineUnderTest
    ) async throws -> (text: String, hasFailed: Bool) {
        var shown = ""
        let store = try await StoreOpener.openForTools(hookline.settings.store)
        let hasFailed = try await EventFollower(store: store, settings: hookline.settings)
            .follow(answer.events, of: source) { shown += $0 }
        await store.close()
        return (shown, hasFailed)
    }

    private func withOrders(_ body: (HooklineUnderTest) async throws -> Void) async throws {
        var setup = HooklineSetup(rules: ["orders.yaml": Self.rules])
        setup.sources +=
            "\n  cards: {preset: adyen, secrets: [44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056]}"
        try await withHookline(setup, body)
    }

    @Test("that was sent is shown with its message; a repetition says so, and shows what became of the first")
    func repetition() async throws {
        try await withOrders { hookline in
            let body = #"{"event": "paid", "id": "T-7", "phone": "98450 61237"}"#
            let first = try await follow(hookline.post(body, source: "orders"), hookline)
            #expect(!first.hasFailed)
            #expect(first.text.contains("accepted    the partner took it"))
            #expect(first.text.contains("│ Paid T-7"))
            #expect(!first.text.contains("repetition"))
            let answer = try await hookline.post(body, source: "orders")
            let again = try await follow(answer, hookline)
            let event = try #require(answer.events.first)
            #expect(event.isDuplicate && !again.hasFailed)
            let words = "a repetition of the event \(event.id), which came first at \(hookline.clock.now.rfc3339)"
            #expect(again.text == "\(words): nothing new is sent; this became of the first one:\n" + first.text)
            #expect(await hookline.partner.received.count == 1)
        }
    }

    @Test("whose body could not be read says why and where to look, and so does its repetition")
    func parked() async throws {
        try await withOrders { hookline in
            let answer = try await hookline.post(#"{"event": paid}"#, source: "orders")
            let id = try #require(answer.events.first).id
            let words =
                "the body was kept and could not be read, so no rule saw it: unexpected character at line 1, column 11; 'hookline events show \(id)' shows it\n"
            let first = try await follow(answer, hookline)
            #expect(first.hasFailed)
            #expect(first.text == words)
            let again = try await follow(hookline.post(#"{"event": paid}"#, source: "orders"), hookline)
            #expect(again.hasFailed)
            #expect(again.text.hasPrefix("a repetition of the event \(id)") && again.text.hasSuffix(words))
        }
    }

    @Test("that no rule matches says which command tells why; so does an answer that names no event")
    func unmatched() async throws {
        try await withOrders { hookline in
            let unmatched = try await follow(hookline.post(#"{"event": "packed"}"#, source: "orders"), hookline)
            #expect(!unmatched.hasFailed)
            #expect(
                unmatched.text
                    == "no rule matched: no message; 'hookline explain FILE --source orders' says why of each rule\n"
            )
            let silent = try await follow(
                hookline.post(
                    #"{"notificationItems": [{"NotificationRequestItem": {"eventCode": "REFUND", "pspReference": "A1", "merchantAccountCode": "Shop", "merchantReference": "T-1", "amount": {"value": 100, "currency": "EUR"}, "success": "true"}}]}"#,
                    source: "cards"
                ),
                of: "cards",
                hookline
            )
            #expect(!silent.hasFailed)
            #expect(
                silent.text
                    == "the answer names no event; 'hookline events list --source cards' shows what became of the body\n"
            )
        }
    }

    @Test("that this configuration's store does not have is a failure")
    func elsewhere() async throws {
        try await withOrders { hookline in
            let body = #"{"event": "evt_of_another", "duplicate": false, "messages": []}"#
            let answer = PostAnswer(status: 200, body: Array(body.utf8))
            let told = try await follow(answer, hookline)
            #expect(told.hasFailed)
            #expect(told.text.hasPrefix("event evt_of_another is not in the store of this configuration"))
        }
    }
}
