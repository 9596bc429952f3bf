// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HooklineApp
import PartnerAPI
import TestSupport
import Testing

@testable import Sandbox

/// `digest` from the sender's request to the partner, in a whole service.
@Suite("Events that share a message, through the whole service", .timeLimit(.minutes(10)))
struct DigestTests {
    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: alerts
            key: "{{ n }}"
            cancel_when: {event: solved, key: "{{ n }}"}
            event: alert
            digest: {every: 15m}
            to: "+919812345670"
            send: {text: "{{ items.size }}: {{ items | map: 'n' | join: ' ' }}"}
        """

    private func post(_ number: String, _ event: String, _ hookline: HooklineUnderTest) async throws {
        try await hookline.post(
            #"{"id":"\#(event) \#(number)","event":"\#(event)","n":"\#(number)"}"#,
            source: "orders"
        )
    }

    @Test("19, 22, 24: what comes within the window arrives as one message, without what was called off, and once")
    func oneMessage() async throws {
        try await withHookline(HooklineSetup(rules: ["alerts.yaml": Self.rules])) { hookline in
            for number in ["1", "2", "3"] { try await post(number, "alert", hookline) }
            try await post("2", "solved", hookline)
            await hookline.clock.advance(by: .seconds(900))
            let first = await hookline.partner.received(atLeast: 1)
            #expect(first.map(\.request.content) == [.text("2: 1 3")])
            try await post("4", "alert", hookline)
            await hookline.clock.advance(by: .seconds(900))
            let both = await hookline.partner.received(atLeast: 2)
            #expect(both.map(\.request.content) == [.text("2: 1 3"), .text("1: 4")])
        }
    }
}
