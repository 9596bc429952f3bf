// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import Events
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import Sandbox
import TestSupport
import Testing

/// What the configuration says of paces and limits, from the event to the partner.
@Suite("Paces and limits over all rules, through the service", .timeLimit(.minutes(10)))
struct PaceTests {
    private static let rules = [
        "shop.yaml": """
        version: 1
        source: orders
        rules:
          - {name: greet, event: order, to: "{{ phone }}", send: {text: Namaste}}
          - {name: sale, event: sale, category: marketing, to: "{{ phone }}", send: {template: sale, language: en}}
          - {name: news, event: news, category: marketing, to: "{{ phone }}", send: {template: news, language: en}}
        """
    ]

    /// A template whose category nobody knows.
    private static func template(_ name: String) -> MessageTemplate? {
        MessageTemplate([
            "name": .string(name), "language": "en", "status": "APPROVED",
            "components": [["type": "BODY", "text": "Namaste"]],
        ])
    }

    private func post(_ id: Int, _ event: String, to phone: String, _ hookline: HooklineUnderTest) async throws {
        let body = #"{"id":"\#(id)","event":"\#(event)","phone":"\#(phone)"}"#
        #expect(try await hookline.post(body, source: "orders").status == 200)
    }

    private func messages(_ hookline: HooklineUnderTest) async throws -> [Message] {
        try await hookline.service.store.messages(MessageFilter()).elements.reversed()
    }

    @Test("fifty to one number between others: others leave at once, the fifty six seconds apart (49)")
    func pairs() async throws {
        var setup = HooklineSetup(rules: Self.rules)
        setup.account = "pair_interval: 6s"
        try await withHookline(setup) { hookline in
            let start = hookline.clock.now
            for id in 0..<50 {
                try await post(id, "order", to: "919812345670", hookline)
                try await post(1_000 + id, "order", to: "9198123460\(10 + id)", hookline)
            }
            await hookline.observer.settled(.deferred, count: 49)
            await hookline.observer.settled(.accepted, count: 51)
            #expect(hookline.clock.now == start, "nobody else waits")
            let dues = try await hookline.service.store.messages(MessageFilter(state: .deferred)).elements.compactMap(
                \.dueAt
            )
            #expect(dues.sorted() == (1..<50).map { start.advanced(by: .seconds(Int64($0) * 6)) })
            for count in 1..<50 {
                await hookline.clock.untilSleeping()
                await hookline.clock.advance(by: .seconds(6))
                await hookline.observer.settled(.accepted, count: 51 + count)
            }
            let times = await hookline.partner.received.filter { $0.recipient.digits == "919812345670" }.map(\.time)
            #expect(times.count == 50)
            #expect(zip(times, times.dropFirst()).allSatisfy { $0.duration(to: $1) >= .seconds(6) })
            #expect(try await hookline.metric(#"hookline_messages_held_total{fate="deferred",gate="pair"}"#) == "49")
        }
    }

    @Test("a limit of the configuration counts over rules by the category that rules say (32)")
    func limits() async throws {
        var setup = HooklineSetup(rules: Self.rules)
        setup.catalogue = TemplateCatalogue(["sale", "news"].compactMap(Self.template))
        setup.settings = "limits: {promotions: {count: 1, every: 7d, categories: [marketing]}}"
        try await withHookline(setup) { hookline in
            try await post(1, "sale", to: "919812345670", hookline)
            await hookline.observer.settled(.accepted)
            try await post(2, "news", to: "919812345670", hookline)
            try await post(3, "order", to: "919812345670", hookline)
            try await post(4, "news", to: "919812345671", hookline)
            await hookline.observer.settled(.accepted, count: 3)
            let all = try await messages(hookline)
            #expect(all.map(\.state) == [.accepted, .suppressed, .accepted, .accepted])
            #expect(all[1].reason.hasPrefix("limit: 'promotions', 1 of 1 since"))
        }
    }
}
