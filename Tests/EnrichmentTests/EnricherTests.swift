// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Enrichment
import Events
import HTTPTypes
import TestSupport
import Testing

@Suite("Enriching an event")
struct EnricherTests {
    private struct NoFile: Error {}

    private func enricher(
        _ transport: AnsweringTransport,
        clock: TestClock = TestClock(),
        files: [String: String] = [:]
    ) -> Enricher {
        Enricher(transport: transport, clock: clock) { path in
            guard let text = files[path] else { throw NoFile() }
            return text
        }
    }

    private func failure(
        _ transport: AnsweringTransport,
        _ steps: [EnrichmentStepSettings],
        _ event: Event? = nil,
        files: [String: String] = [:]
    ) async throws -> LookUpFailure {
        let enrichment = try Enrichment(steps)
        let event = try event ?? TestEvent.make()
        do throws(LookUpFailure) {
            _ = try await enricher(transport, files: files).enrich(event, with: enrichment)
        } catch {
            return error
        }
        throw Unexpected()
    }

    private struct Unexpected: Error {}

    @Test(
        "a single look-up without a name is 'enriched' itself, object, array or scalar",
        arguments: ["{\"a\":1}", "[1,2]", "7"]
    )
    func single(body: String) async throws {
        let transport = AnsweringTransport(200, body)
        let value = try await enricher(transport).enrich(TestEvent.make(), with: Enrichment([TestEvent.step()]))
        #expect(value.text() == body)
        let request = try #require(transport.requests.elements.first)
        #expect(request.method == .get)
        #expect(request.url == "https://api.example.com/orders/250")
        #expect(request.headers.fields == [HeaderField("Accept", "application/json")])
        #expect(request.timeout == .seconds(10))
        #expect(request.maxResponseBytes == 1 << 20)
        #expect(!request.refusesPrivateAddresses)
    }

    @Test("the template sees payload, body, webhook and headers; headers are filled in, and a file is read each time")
    func scope() async throws {
        let transport = AnsweringTransport(200, "{}")
        let step = TestEvent.step(
            url: "https://a.example/{{ webhook.source }}/{{ webhook.type }}/{{ body.data.id }}?id={{ webhook.id }}",
            headers: [
                ("X-Tenant", "{{ webhook.headers.x-tenant }}-{{ data.id }}"), ("Authorization", "file:/run/token"),
                ("ACCEPT", "application/vnd.api+json"),
            ],
            timeout: "3s"
        )
        let event = try TestEvent.make(type: "paid", headers: [#require(HTTPField.Name("X-Tenant")): "t1"])
        let enricher = enricher(transport, files: ["/run/token": "Bearer abc\n"])
        _ = try await enricher.enrich(event, with: Enrichment([step]))
        let request = try #require(transport.requests.elements.first)
        #expect(request.url == "https://a.example/shop/paid/250?id=msg_1")
        #expect(
            request.headers.fields == [
                HeaderField("X-Tenant", "t1-250"), HeaderField("Authorization", "Bearer abc"),
                HeaderField("ACCEPT", "application/vnd.api+json"),
            ]
        )
        #expect(request.timeout == .seconds(3))
    }

    @Test("a later look-up sees the answers of earlier ones; one that does not cover the event is left out")
    func chain() async throws {
        let transport = AnsweringTransport { request throws(TransportError) in
            let body = request.url.hasSuffix("/orders/250") ? #"{"customer": {"id": "c/7"}}"# : #"{"name": "Asha"}"#
            return TransferResponse(status: 200, body: Array(body.utf8))
        }
        let enrichment = try Enrichment([
            TestEvent.step(name: "order"),
            TestEvent.step(name: "cart", url: "https://api.example.com/carts/{{ data.id }}", events: ["store/cart/*"]),
            TestEvent.step(name: "customer", url: "https://api.example.com/c/{{ enriched.order.customer.id }}"),
        ])
        let value = try await enricher(transport).enrich(TestEvent.make(), with: enrichment)
        #expect(value == ["order": ["customer": ["id": "c/7"]], "customer": ["name": "Asha"]])
        #expect(transport.urls == ["https://api.example.com/orders/250", "https://api.example.com/c/c%2F7"])
    }

    @Test("a field 'enriched' of the sender is not taken for an answer")
    func noForgery() async throws {
        let step = TestEvent.step(url: "https://api.example.com/{{ enriched.order.id }}")
        let event = try TestEvent.make(body: #"{"enriched": {"order": {"id": 1}}}"#)
        let error = try await failure(AnsweringTransport(200, "{}"), [step], event)
        #expect(error.isFinal)
        #expect(error.reason.contains("'enriched.order.id' is undefined"))
    }

    @Test("a host that only a wildcard covers must not lead into the own network")
    func wildcard() async throws {
        let transport = AnsweringTransport(200, "{}")
        let step = TestEvent.step(url: "{{ url }}", hosts: ["*.myshopify.com"])
        let event = try TestEvent.make(body: #"{"url": "https://asha.myshopify.com/orders/1"}"#)
        _ = try await enricher(transport).enrich(event, with: Enrichment([step]))
        #expect(transport.requests.elements.first?.refusesPrivateAddresses == true)
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        let headers: [HeaderField]
        let expected: String
        let retryAfter: Duration?

        init(
            _ status: Int,
            _ body: String,
            type: String? = "application/json",
            retry: String? = nil,
            _ expected: String,
            _ retryAfter: Duration? = nil
        ) {
            self.status = status
            self.body = body
            let fields = [("content-type", type), ("retry-after", retry)]
            headers = fields.compactMap { name, value in value.map { HeaderField(name, $0) } }
            self.expected = expected
            self.retryAfter = retryAfter
        }

        var testDescription: String { expected }
    }

    private static let hush = "hush +919812345670"

    @Test(
        "an answer other than 2xx with JSON is a failure that says what came, never the body",
        arguments: [
            Answer(
                404,
                hush,
                type: "text/html; charset=utf-8",
                "the answer is 404 with text/html; expected 2xx with JSON"
            ),
            Answer(400, hush, type: nil, "the answer is 400 with no Content-Type; expected 2xx with JSON"),
            Answer(
                500,
                hush,
                type: "hush hush",
                "the answer is 500 with a malformed Content-Type; expected 2xx with JSON"
            ),
            Answer(302, hush, "the answer is 302, a redirect, which is never followed; correct the url"),
            Answer(401, hush, "the answer is 401: the credentials were refused; check 'headers'"),
            Answer(403, hush, "the answer is 403: the credentials were refused; check 'headers'"),
            Answer(429, hush, retry: "7", "the answer is 429 with application/json: asked for later", .seconds(7)),
            Answer(503, hush, retry: "soon", "the answer is 503 with application/json: asked for later"),
            Answer(200, "", "the answer is 200 without a body; expected JSON"),
            Answer(204, "", "the answer is 204 without a body; expected JSON"),
            Answer(
                200,
                "<\(hush)>",
                type: "text/html",
                "the answer is 200 with text/html, and no JSON: unexpected character at line 1, column 1"
            ),
            Answer(
                200,
                #"{"a": "\#(hush)"#,
                "the answer is 200 with application/json, and no JSON: "
                    + "the string that starts at line 1, column 7 has no closing quote"
            ),
            Answer(
                200,
                String(repeating: "[", count: 300),
                "the answer is 200 with application/json, and no JSON: "
                    + "more than the allowed levels of nesting at line 1, column 257"
            ),
        ]
    )
    func answers(answer: Answer) async throws {
        let transport = AnsweringTransport(answer.status, answer.body, headers: answer.headers)
        let error = try await failure(transport, [TestEvent.step(name: "order")])
        #expect(error.reason == "look-up 'order' (GET api.example.com): \(answer.expected)")
        #expect(error.retryAfter == answer.retryAfter)
        #expect(!error.isFinal)
        #expect(transport.urls.count == 1)
    }

    @Test("no answer is a failure with the transport's reason; a private address is final")
    func transportFailures() async throws {
        let lost = AnsweringTransport { _ throws(TransportError) in
            throw TransportError(.timedOut, .notSent, "too slow")
        }
        var error = try await failure(lost, [TestEvent.step()])
        #expect(error.reason == "look-up (GET api.example.com): no answer: too slow")
        #expect(!error.isFinal)
        let large = AnsweringTransport { _ throws(TransportError) in throw TransportError(.responseTooLarge, .sent, "x")
        }
        error = try await failure(large, [TestEvent.step()])
        #expect(error.reason == "look-up (GET api.example.com): the answer has more than 1 MiB")
        let inside = AnsweringTransport { _ throws(TransportError) in
            throw TransportError(.privateAddress, .notSent, "inside")
        }
        error = try await failure(inside, [TestEvent.step()])
        #expect(error.isFinal)
    }

    @Test("what cannot be filled in is final and asks nobody; a file that cannot be read is not final")
    func requests() async throws {
        let transport = AnsweringTransport(200, "{}")
        var error = try await failure(transport, [TestEvent.step(url: "https://api.example.com/{{ data.nr }}")])
        #expect(error.isFinal)
        #expect(error.reason.hasPrefix("look-up: url cannot be filled in: line 1, column 28: 'data.nr' is undefined"))
        error = try await failure(transport, [TestEvent.step(headers: [("X", "{{ data.nr }}")])])
        #expect(error.isFinal)
        #expect(
            error.reason.hasPrefix("look-up: header 'X' cannot be filled in: line 1, column 4: 'data.nr' is undefined")
        )
        let event = try TestEvent.make(body: #"{"data": {"id": "a\r\nHost: b"}}"#)
        error = try await failure(
            transport,
            [TestEvent.step(url: "https://a.example/", headers: [("X", "{{ data.id }}")])],
            event
        )
        #expect(error.isFinal)
        #expect(error.reason.hasSuffix("the value has a line break or another control character in it"))
        error = try await failure(transport, [TestEvent.step(headers: [("X", "file:/gone")])])
        #expect(!error.isFinal)
        #expect(error.reason == "look-up: header 'X' cannot be read from its file")
        error = try await failure(transport, [TestEvent.step(headers: [("X", "file:/f")])], files: ["/f": " \n"])
        #expect(!error.isFinal)
        error = try await failure(transport, [TestEvent.step()], try TestEvent.make(body: "[1]"))
        #expect(error.isFinal)
        #expect(transport.urls.isEmpty)
    }

    @Test("a phone number in a host is not repeated")
    func phoneNumber() async throws {
        let step = TestEvent.step(url: "https://{{ data.phone | digits }}.example.com/", hosts: ["*.example.org"])
        let error = try await failure(AnsweringTransport(200, "{}"), [step])
        #expect(error.reason == "look-up: url leads to [number].example.com, which is not among 'hosts'")
    }

    @Test("events that arrived before a transfer began share its answer; a later one has its own")
    func freshness() async throws {
        let clock = TestClock()
        let transport = AnsweringTransport(200, "{}")
        let enricher = enricher(transport, clock: clock)
        let enrichment = try Enrichment([TestEvent.step()])
        let early = try TestEvent.make(at: clock.now)
        await clock.advance(by: .seconds(5))
        _ = try await enricher.enrich(early, with: enrichment)
        _ = try await enricher.enrich(TestEvent.make(at: clock.now), with: enrichment)
        #expect(transport.urls.count == 1)
        await clock.advance(by: .seconds(1))
        _ = try await enricher.enrich(early, with: enrichment)
        #expect(transport.urls.count == 1)
        _ = try await enricher.enrich(TestEvent.make(at: clock.now), with: enrichment)
        #expect(transport.urls.count == 2)
    }

    @Test("a failure is not kept, and 'cache' lets an answer serve again")
    func cache() async throws {
        let clock = TestClock()
        let statuses = EventRecorder<Void>()
        let transport = AnsweringTransport { _ throws(TransportError) in
            statuses.record(())
            return TransferResponse(status: statuses.elements.count == 1 ? 500 : 200, body: Array("1".utf8))
        }
        let enricher = enricher(transport, clock: clock)
        let enrichment = try Enrichment([TestEvent.step(cache: "1m")])
        await #expect(throws: LookUpFailure.self) {
            try await enricher.enrich(TestEvent.make(at: clock.now), with: enrichment)
        }
        #expect(try await enricher.enrich(TestEvent.make(at: clock.now), with: enrichment) == 1)
        await clock.advance(by: .seconds(60))
        _ = try await enricher.enrich(TestEvent.make(at: clock.now), with: enrichment)
        #expect(transport.urls.count == 2)
        await clock.advance(by: .seconds(1))
        _ = try await enricher.enrich(TestEvent.make(at: clock.now), with: enrichment)
        #expect(transport.urls.count == 3)
    }
}
