// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Testing
import WebhookVectors

@testable import Webhooks

@Suite("A request to a source")
struct ReceiveTests {
    private let now = Timestamp(seconds: 1_790_000_000)

    private func source(_ preset: String, max: String? = nil) throws -> Source {
        var settings = SourceSettings(
            name: "here",
            preset: preset,
            secrets: [Secret("hk secret")]
        )
        settings.maxBody = max
        return try Source(settings)
    }

    private func post(_ body: String, to source: Source, headers: HTTPFields = [:]) -> Reception {
        let bytes = Array(body.utf8)
        var fields = source.sign(bytes, now: now).headers
        // The unsigned id would hide what becomes of a body without one.
        fields[HeaderName(stringLiteral: "x-razorpay-event-id").field] = nil
        for header in headers { fields[header.name] = header.value }
        return source.receive(
            InboundRequest(method: .post, target: source.path, headers: fields, body: bytes),
            now: now
        )
    }

    @Test("a header's repeated lines are one value; the name's case does not count")
    func repeatedHeader() throws {
        var headers: HTTPFields = [.accept: "*/*"]
        let name = try #require(HTTPField.Name("X-Topic"))
        #expect(headers.value(of: name) == nil)
        headers.append(HTTPField(name: try #require(HTTPField.Name("x-topic")), value: "a"))
        #expect(headers.value(of: name) == "a")
        headers.append(HTTPField(name: .cookie, value: "b"))
        headers.append(HTTPField(name: name, value: "c"))
        #expect(headers.value(of: name) == "a, c")
        headers.append(HTTPField(name: .cookie, value: "d"))
        #expect(headers.value(of: .cookie) == "b; d")
    }

    @Test("a body that cannot be read is refused, not parked, while its signature is wrong")
    func signatureComesFirst() throws {
        let source = try source("razorpay")
        let request = InboundRequest(
            method: .post,
            target: "/hooks/here",
            headers: ["X-Razorpay-Signature": String(repeating: "0", count: 64)].fields,
            body: Array("{broken".utf8)
        )
        #expect(source.receive(request, now: now).rejection?.code == .badSignature)
        #expect(post("{broken", to: source).parked?.reason.isEmpty == false)
    }

    @Test(
        "from an address that its source does not list it is refused before anything else, and in an explanation it is not"
    )
    func addresses() throws {
        var settings = SourceSettings(name: "here", preset: "generic", verify: ["scheme": "none"])
        settings.allowedAddresses = ["192.0.2.0/24", "2001:db8::/32"]
        let source = try Source(settings)
        func code(_ source: Source, _ client: String?) -> Rejection? {
            let line = RequestLine(method: .post, target: "/hooks/here")
            let client = client.flatMap { ClientAddress($0) }
            return source.receive(
                InboundRequest(line: line, headers: [:], body: Array("{}".utf8), client: client),
                now: now
            ).rejection
        }
        #expect(code(source, "192.0.2.7") == nil && code(source, "2001:db8::1") == nil)
        for client in ["192.0.3.1", "10.0.0.1", nil] {
            let rejection = try #require(code(source, client))
            #expect(rejection.status == 403 && rejection.code == .addressNotAllowed)
            #expect(rejection.reason.contains("trusted_proxies") == (client == "10.0.0.1"))
            if let client { #expect(!rejection.reason.contains(client)) }
        }
        #expect(code(source.fromAnywhere, nil) == nil && code(source.withoutVerification, nil) == nil)
        settings.allowedAddresses = ["192.0.2.1/24"]
        #expect(throws: SourceMistakes.self) { try Source(settings) }
    }

    @Test("a method that the sender does not use is told which ones it may")
    func allow() throws {
        let request = InboundRequest(method: .get, target: "/hooks/here", headers: [:], body: [])
        let rejection = try #require(try source("frappe").receive(request, now: now).rejection)
        #expect(rejection.reason == "found the method GET; events come to this source by POST, PUT, DELETE")
        #expect(rejection.status == 405)
        #expect(rejection.headers == [.allow: "POST, PUT, DELETE"])
    }

    @Test("a body at the limit is taken, a byte more is not")
    func limit() throws {
        let source = try source("razorpay", max: "8B")
        #expect(post("[123456]", to: source).kind == "events")
        #expect(post("[1234567]", to: source).rejection?.code == .bodyTooLarge)
    }

    @Test("a compressed body is refused with what would be taken, one that says identity is not")
    func coding() throws {
        let source = try source("razorpay")
        let rejection = post("{}", to: source, headers: [.contentEncoding: "br"]).rejection
        #expect(rejection?.status == 415)
        #expect(rejection?.headers == [.acceptEncoding: "identity"])
        #expect(post("{}", to: source, headers: [.contentEncoding: "Identity"]).kind == "events")
    }

    @Test("an event of an unknown shape is an event all the same", arguments: ["{}", "[]", "1", "\"text\"", "null"])
    func unknownShape(body: String) throws {
        let event = try #require(post(body, to: try source("razorpay")).events.first)
        #expect(event.type == "")
        #expect(event.id == nil)
        #expect(event.timeMs == now.seconds * 1_000)
        #expect(event.dedupe.hasPrefix("here/body/"))
    }

    @Test("a parked body has the key of its bytes, so that its repetition is known")
    func parkedKey() throws {
        let source = try source("razorpay")
        let first = try #require(post("{broken", to: source).parked)
        let second = try #require(post("{broken", to: source).parked)
        let other = try #require(post("{broken!", to: source).parked)
        #expect(first.dedupeKey == second.dedupeKey)
        #expect(first.dedupeKey != other.dedupeKey)
        #expect(first.id != second.id)
        #expect(first.dedupeWindow == Preset.razorpay.dedupe.window)
    }

    @Test("Xero's answers have no body, whatever they say")
    func xero() throws {
        let source = try source("xero")
        #expect(source.success == .fixed(.empty(200)))
        let request = InboundRequest(method: .post, target: "/hooks/here", headers: [:], body: [])
        let rejection = try #require(source.receive(request, now: now).rejection)
        #expect(rejection.hasEmptyBody)
        #expect(rejection.status == 401)
    }

    @Test("an echoed text can never be taken for HTML")
    func echo() {
        let reply = Reply.plainText("<script>")
        #expect(reply.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(reply.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test("an id of any length and any characters gives a key of at most 200 bytes and no other's")
    func longKeys() {
        let long = DedupeKey.text(source: "here", parts: [String(repeating: "x", count: 5_000)])
        let longer = DedupeKey.text(source: "here", parts: [String(repeating: "x", count: 5_001)])
        #expect(long.utf8.count <= 200)
        #expect(long != longer)
        #expect(DedupeKey.text(source: "s", parts: ["a/b"]) != DedupeKey.text(source: "s", parts: ["a", "b"]))
        #expect(DedupeKey.text(source: "s", parts: ["a%2Fb"]) != DedupeKey.text(source: "s", parts: ["a/b"]))
    }
}

extension Dictionary where Key == String, Value == String {
    /// The headers of that name and value; names that are none are left out.
    var fields: HTTPFields {
        var fields = HTTPFields()
        for (name, value) in self {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }
}
