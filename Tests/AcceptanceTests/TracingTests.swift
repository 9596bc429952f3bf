// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Events
import FaultServer
import Foundation
import HTTPTypes
import HooklineApp
import Messages
import Outbox
import Sandbox
import ServiceConfiguration
import TestSupport
import Testing
import TraceCollector
import Webhooks

/// From a sender's request to the partner's answer, as a collector of traces sees it.
@Suite("Traces through the whole service", .timeLimit(.minutes(10)))
struct TracingTests {
    static let phone = "919812345670"
    static let traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
    static let rules = """
        version: 1
        source: orders
        rules:
          - name: now
            event: now
            to: "+\(phone)"
            send: {text: "now, secret Asha"}
          - name: later
            event: later
            delay: 1h
            to: "+\(phone)"
            send: {text: "later, secret Asha"}
          - name: alerts
            event: alert
            digest: {every: 15m}
            to: "+\(phone)"
            send: {text: "{{ items.size }}"}
        """

    /// What a service brings to a collector until it has ended.
    func spans(
        _ faults: [SandboxFault] = [],
        sources: String? = nil,
        rules: String = rules,
        sample: String = "1",
        _ body: (HooklineUnderTest) async throws -> Void
    ) async throws -> [CollectedSpan] {
        try await ScriptedServer.run {
            $0.answerAll(200, "{}")
        } _: { server in
            var setup = HooklineSetup(rules: ["rules.yaml": rules])
            setup.sources = sources ?? setup.sources
            setup.faults.others = faults
            setup.settings = """
                tracing: {endpoint: "\(server.url(""))", headers: {X-Key: t0p-secret}, sample: \(sample), service_name: shop}
                """
            try await withHookline(setup, body)
            for request in server.requests { check(request) }
            return try server.requests.flatMap { try CollectedSpan.read($0.body) }
        }
    }

    private func check(_ request: WireRequest) {
        #expect(request.head.first == "POST /v1/traces HTTP/1.1" && request.value("X-Key") == "t0p-secret")
        let text = String(decoding: request.body, as: UTF8.self)
        let secrets = ["Asha", "t0p-secret", "orders-test-secret", SandboxSettings.defaultAPISecret]
        for secret in secrets + [Self.phone] { #expect(!text.contains(secret)) }
    }

    @discardableResult
    func post(
        _ event: String,
        _ number: Int = 1,
        trace: String? = nil,
        to hookline: HooklineUnderTest
    ) async throws -> PostAnswer {
        let body = Array(#"{"id":"\#(event)\#(number)","event":"\#(event)","phone":"\#(Self.phone)"}"#.utf8)
        var headers = HTTPFields()
        if let trace { headers[try #require(HTTPField.Name("traceparent"))] = trace }
        let sender = try ImitatedSender(hookline.settings, source: "orders")
        let imitation = try Imitation(sender, body: body, .init(headers: headers), clock: hookline.clock)
        return try await imitation.post(to: "http://\(hookline.addresses.hooks)/hooks/orders")
    }

    @Test(
        "a request and the message that leaves at once are one trace, that of the sender; a service that ends brings it away"
    )
    func oneTrace() async throws {
        var (told, kept): (PostAnswer.Event?, TraceContext?)
        let spans = try await spans(sample: "0") { hookline in
            let answer = try await post("now", trace: "00-\(Self.traceID)-00f067aa0ba902b7-01", to: hookline)
            await hookline.observer.settled(.accepted)
            // One that the sender does not record, and one that is none of a trace: nobody hears of them.
            try await post("now", 2, trace: "00-\(Self.traceID)-00f067aa0ba902b7-00", to: hookline)
            try await post("now", 3, to: hookline)
            await hookline.observer.settled(.accepted, count: 3)
            told = answer.events.first
            kept = try await hookline.service.store.event(EventID(rawValue: told?.id ?? ""))?.event.trace
        }
        let accept = try #require(spans.first { $0.name == "accept orders" })
        let send = try #require(spans.first { $0.name == "send main" })
        let evaluate = try #require(spans.first { $0.name == "evaluate orders" })
        let settle = try #require(spans.first { $0.name == "settle" })
        #expect(spans.count == 4 && spans.allSatisfy { $0.traceID == Self.traceID && $0.links.isEmpty })
        #expect(accept.parentID == "00f067aa0ba902b7" && accept.kind == 2 && accept.status == nil)
        #expect(send.parentID == accept.spanID && send.kind == 3 && send.status == nil)
        let event = try #require(told)
        #expect(
            accept.attributes == [
                "http.request.method": "POST", "http.response.status_code": 200, "hookline.source": "orders",
                "hookline.event.id": .string(event.id), "hookline.messages": 1,
            ]
        )
        #expect(
            send.attributes == [
                "messaging.system": "whatsapp", "messaging.operation.type": "send",
                "messaging.operation.name": "send", "messaging.message.id": .string(event.messages[0]),
                "http.request.method": "POST", "hookline.event.id": .string(event.id), "hookline.rule": "now",
                "hookline.account": "main", "hookline.claim": 1, "hookline.outcome": "accepted",
            ]
        )
        #expect(evaluate.parentID == accept.spanID && evaluate.kind == 1)
        #expect(evaluate.start >= accept.start && evaluate.end <= accept.end)
        #expect(evaluate.attributes == ["hookline.source": "orders", "hookline.messages": 1])
        #expect(settle.parentID == send.spanID && settle.kind == 1 && settle.start >= send.end)
        #expect(
            settle.attributes == [
                "messaging.message.id": .string(event.messages[0]), "hookline.claim": 1, "hookline.state": "accepted",
                "hookline.result": "settled",
            ]
        )
        #expect(accept.resource["service.name"] == "shop" && accept.resource["service.version"] == "0.1.0")
        #expect(accept.resource["service.instance.id"]?.string?.count == 36)
        #expect(kept?.traceparent == "00-\(Self.traceID)-\(accept.spanID)-01")
    }

    @Test("what a rule puts off, and what is tried again, is a trace of its own with a link")
    func links() async throws {
        let fault = SandboxFault(.status(503, retryAfter: nil), times: 1)
        let spans = try await spans([fault]) { hookline in
            try await post("later", to: hookline)
            await hookline.clock.advance(by: .seconds(3_600))
            await hookline.observer.settled(.retrying)
            // As long as the longest wait for the second try, and no longer: a claim that grows old is given back and taken anew.
            await hookline.clock.advance(by: .seconds(5))
            await hookline.observer.settled(.accepted)
        }
        let accept = try #require(spans.first { $0.name == "accept orders" })
        let sends = spans.filter { $0.name == "send main" }
        let settles = spans.filter { $0.name == "settle" }
        #expect(spans.count == 6)
        #expect(settles.map(\.traceID) == sends.map(\.traceID) && settles.map(\.parentID) == sends.map(\.spanID))
        #expect(settles.map { $0.attributes["hookline.state"] } == ["retrying", "accepted"])
        #expect(sends.count == 2 && Set(sends.map(\.traceID) + [accept.traceID]).count == 3)
        #expect(sends.allSatisfy { $0.parentID == nil && $0.links == ["\(accept.traceID)/\(accept.spanID)"] })
        #expect(sends.map(\.status) == ["2 FAULT", nil])
        #expect(sends.map { $0.attributes["http.response.status_code"] } == [503, nil])
        #expect(sends.map { $0.attributes["hookline.claim"] } == [1, 2])
        #expect(sends.map { $0.attributes["hookline.outcome"] } == ["retryable", "accepted"])
    }

    @Test("a digest is linked to all that it tells of, and a repetition is an acceptance that stored nothing")
    func digests() async throws {
        let spans = try await spans { hookline in
            for number in 1...3 { try await post("alert", number, to: hookline) }
            try await post("alert", 3, to: hookline)
            await hookline.clock.advance(by: .seconds(900))
            await hookline.observer.settled(.accepted)
        }
        let accepts = spans.filter { $0.name == "accept orders" }
        #expect(accepts.map { $0.attributes["hookline.duplicate"] } == [nil, nil, nil, true])
        let send = try #require(spans.first { $0.name == "send main" })
        #expect(spans.count == 10 && send.parentID == nil)
        #expect(send.links == accepts.prefix(3).map { "\($0.traceID)/\($0.spanID)" })
    }

    @Test("a stranger's request is in no trace, whatever it says of its own")
    func strangers() async throws {
        let spans = try await spans { hookline in
            let address = "http://\(hookline.addresses.hooks)/hooks/orders"
            let trace = HeaderField("traceparent", "00-\(Self.traceID)-00f067aa0ba902b7-01")
            let answer = try await hookline.request(.post, address, headers: [trace], body: Array("{}".utf8))
            #expect(answer.status == 401)
            try await post("now", to: hookline)
            await hookline.observer.settled(.accepted)
        }
        #expect(spans.map(\.name).sorted() == ["accept orders", "evaluate orders", "send main", "settle"])
        #expect(spans.allSatisfy { $0.traceID != Self.traceID })
    }
}
