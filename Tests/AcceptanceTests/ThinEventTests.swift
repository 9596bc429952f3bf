// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import Events
import FaultServer
import Foundation
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import Sandbox
import TestSupport
import Testing

/// From a thin event over the sender's API to the message, over real sockets.
@Suite("What thin events leave out", .timeLimit(.minutes(10)))
struct ThinEventTests {
    private static let rules = """
        version: 1
        source: shop
        rules:
          - name: order-placed
            event: store/order/created
            match: {enriched: {status_id: [{lt: 12}]}}
            to: {phone: "{{ enriched.billing_address.phone }}"}
            send: {text: "Hello {{ enriched.billing_address.first_name }}, thank you for order {{ data.id }}."}
        """
    private static let order = """
        {"id": 250, "status_id": 11, "billing_address": {"first_name": "Meera", "phone": "98123 45670"}}
        """

    private func setup(_ api: ScriptedServer) -> HooklineSetup {
        var setup = HooklineSetup(rules: ["shop.yaml": Self.rules])
        setup.sources = """
              shop:
                preset: bigcommerce
                secrets: ["client-secret-of-a-test"]
                country: IN
                enrich:
                  url: "\(api.url("/v2/orders/{{ data.id }}"))"
                  headers: {X-Auth-Token: t0ken}
            """
        return setup
    }

    private static func event(_ id: Int) -> String {
        #"{"scope":"store/order/created","data":{"type":"order","id":\#(id)},"hash":"h\#(id)","created_at":1768451400}"#
    }

    @Test("is fetched after the answer, and fills the rules' patterns and texts")
    func isFetched() async throws {
        let json = ["Content-Type: application/json"]
        try await ScriptedServer.run {
            $0.answerAll(200, Self.order, headers: json)
        } _: { api in
            try await withHookline(setup(api)) { hookline in
                let answer = try await hookline.post(Self.event(250), source: "shop", id: "msg_1")
                #expect(answer.status == 200)
                let messages = await hookline.partner.received(atLeast: 1)
                #expect(messages.map(\.request.content) == [.text("Hello Meera, thank you for order 250.")])
                #expect(messages.map(\.request.recipient) == [.phone(try PhoneNumberDigits("919812345670"))])
                let request = try #require(api.requests.first)
                #expect(request.head.first == "GET /v2/orders/250 HTTP/1.1")
                #expect(request.value("X-Auth-Token") == "t0ken")
                let events = try await hookline.service.store.events(EventFilter()).elements
                #expect(events.map(\.disposition) == [.matched])
            }
        }
    }

    @Test("is waited for while the API is down; the sender has its 200 meanwhile")
    func isWaitedFor() async throws {
        let down = ["Retry-After: 7", "Connection: close"]
        try await ScriptedServer.run { connection in
            guard connection.read() != nil else { return }
            connection.answer(connection.number == 1 ? 503 : 200, Self.order, headers: down)
        } _: { api in
            try await withHookline(setup(api)) { hookline in
                let next = hookline.clock.now.advanced(by: .seconds(7))
                let answer = try await hookline.post(Self.event(250), source: "shop", id: "msg_1")
                #expect(answer.status == 200)
                await hookline.clock.untilSleeping(to: next)
                let waiting = try await hookline.service.store.events(EventFilter()).elements
                #expect(waiting.map(\.disposition.name) == [.pending])
                #expect(waiting.first?.disposition.reason?.contains("503") == true)
                await hookline.clock.advance(by: .seconds(7))
                #expect(await hookline.partner.received(atLeast: 1).count == 1)
                #expect(api.requests.count == 2)
                #expect(
                    try await hookline.metric(#"hookline_look_ups_total{result="failed",source="shop"}"#) == "1"
                )
            }
        }
    }
}
