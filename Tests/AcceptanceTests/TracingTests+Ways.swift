// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import FaultServer
import HooklineApp
import Messages
import Outbox
import Presentation
import TestSupport
import Testing
import TraceCollector

// The ways of a message that are not a request and its answer: what is looked up first, a replay, and the durable API.

extension TracingTests {
    private static let thinRules = """
        version: 1
        source: shop
        rules:
          - name: order-placed
            event: store/order/created
            to: {phone: "{{ enriched.phone }}"}
            send: {text: "secret Asha"}
        """
    private static let thin =
        #"{"scope":"store/order/created","data":{"type":"order","id":250},"hash":"h1","created_at":1768451400}"#

    private func shop(_ api: ScriptedServer) -> String {
        """
          shop:
            preset: bigcommerce
            secrets: ["client-secret-of-a-test"]
            country: IN
            enrich: {url: "\(api.url("/orders/{{ data.id }}"))"}
        """
    }

    @Test("a look-up is a part of its event's trace where it follows at once, and later a trace of its own with a link")
    func lookUps() async throws {
        let spans = try await ScriptedServer.run { connection in
            guard connection.read() != nil else { return }
            let isFirst = connection.number == 1
            let headers = ["Retry-After: 7", "Connection: close"]
            connection.answer(isFirst ? 503 : 200, #"{"phone":"\#(Self.phone)"}"#, headers: headers)
        } _: { api in
            try await self.spans(sources: shop(api), rules: Self.thinRules) { hookline in
                let next = hookline.clock.now.advanced(by: .seconds(7))
                try await hookline.post(Self.thin, source: "shop", id: "msg_1")
                await hookline.clock.untilSleeping(to: next)
                await hookline.clock.advance(by: .seconds(7))
                await hookline.observer.settled(.accepted)
            }
        }
        let accept = try #require(spans.first { $0.name == "accept shop" })
        let tries = spans.filter { $0.name == "look_up shop" }
        let evaluate = try #require(spans.first { $0.name == "evaluate shop" })
        let send = try #require(spans.first { $0.name == "send main" })
        let origin = ["\(accept.traceID)/\(accept.spanID)"]
        #expect(spans.count == 6 && tries.count == 2 && tries.allSatisfy { $0.kind == 3 })
        #expect(tries[0].traceID == accept.traceID && tries[0].parentID == accept.spanID && tries[0].links.isEmpty)
        #expect(tries[1].traceID != accept.traceID && tries[1].parentID == nil && tries[1].links == origin)
        #expect(tries.map(\.status) == ["2 look_up_failed", nil])
        #expect(tries.map { $0.attributes["hookline.try"] } == [1, 2])
        #expect(tries.allSatisfy { $0.attributes["hookline.event.id"] == accept.attributes["hookline.event.id"] })
        #expect(evaluate.traceID == tries[1].traceID && evaluate.parentID == tries[1].spanID)
        #expect(send.links == origin && send.traceID != accept.traceID && send.traceID != tries[1].traceID)
    }

    @Test("what a replay sends is a trace of its own, linked to where its event was accepted long before")
    func replays() async throws {
        let broken = Self.rules.replacing("now, secret Asha", with: "{{ nmae }}")
        let spans = try await self.spans(rules: broken) { hookline in
            try await post("now", to: hookline)
            await hookline.clock.advance(by: .seconds(86_400))
            try await hookline.change(rules: Self.rules)
            let begun = try await hookline.command(["events", "replay", "--failed", "--yes", "--detach"])
            #expect(begun.exitCode == 0, "\(begun.errors)")
            let job = try await hookline.job(until: .done)
            #expect(job.tally[.made] == 1)
            await hookline.observer.settled(.accepted)
        }
        let accept = try #require(spans.first { $0.name == "accept orders" })
        let send = try #require(spans.first { $0.name == "send main" })
        #expect(send.links == ["\(accept.traceID)/\(accept.spanID)"])
        #expect(send.parentID == nil && send.traceID != accept.traceID)
        let failed = spans.first { $0.name == "evaluate orders" }?.attributes["hookline.failures"]
        #expect(failed == 1)
    }

    @Test("a message by the durable API is a part of its caller's trace, from the request to the partner's answer")
    func durable() async throws {
        let spans = try await self.spans(sample: "0") { hookline in
            let issued = IssuedKey(label: "shop", account: nil, at: hookline.clock.now)
            let store = try #require(hookline.service.store as? any ServiceStore)
            try await store.addAPIKey(issued.key)
            let headers = [
                HeaderField("apiKey", issued.key.id), HeaderField("apiSecret", issued.secret),
                HeaderField("Content-Type", "application/json"),
                HeaderField("traceparent", "00-\(Self.traceID)-00f067aa0ba902b7-01"),
            ]
            let answer = try await hookline.request(
                .post,
                "http://\(hookline.addresses.hooks)/api/v1/public/messages/send",
                headers: headers,
                body: Array(#"{"type":"text","phone":"\#(Self.phone)","content":"secret Asha"}"#.utf8)
            )
            #expect(answer.status == 201)
            await hookline.observer.settled(.accepted)
        }
        let accept = try #require(spans.first { $0.name == "accept api" })
        let send = try #require(spans.first { $0.name == "send main" })
        #expect(spans.map(\.name).sorted() == ["accept api", "send main", "settle"])
        #expect(spans.allSatisfy { $0.traceID == Self.traceID })
        #expect(accept.parentID == "00f067aa0ba902b7" && send.parentID == accept.spanID)
        #expect(accept.attributes["http.response.status_code"] == 201)
        #expect(accept.attributes["hookline.source"] == "api" && accept.attributes["hookline.messages"] == 1)
    }
}
