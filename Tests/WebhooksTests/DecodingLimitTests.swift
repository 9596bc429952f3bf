// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import HTTPValues
import Testing

@testable import Webhooks

@Suite("A body that is made to hurt", .timeLimit(.minutes(10)))
struct DecodingLimitTests {
    private func reason(_ body: String, as decoding: BodyDecoding, type: String = "text/plain") -> String? {
        let request = InboundRequest(
            method: .post,
            target: "/",
            headers: [.contentType: type],
            body: Array(body.utf8)
        )
        do throws(WebhookError) {
            _ = try decoding.decode(request)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("JSON is taken 512 levels deep, and millions of brackets are refused at the 513th")
    func json() throws {
        let brackets = String(repeating: "[", count: 10 << 20)
        #expect(reason(brackets, as: .json) == "more than the allowed levels of nesting at line 1, column 513")
        let objects = String(repeating: #"{"a":"#, count: 1 << 16)
        #expect(reason(objects, as: .json) == "more than the allowed levels of nesting at line 1, column 2561")
        let deepest = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(reason(deepest, as: .json) == nil)
        // The value is walked level by level, too.
        let document = try JSONDocument(Array(deepest.utf8))
        #expect(document.root.value.encoded().count == 1_024)
    }

    @Test("a form has at most a thousand fields, whoever reads it")
    func fields() throws {
        let thousand = (1...1_000).map { "f\($0)=v" }.joined(separator: "&")
        let more = thousand + "&payload=%7B%7D&x=y"
        #expect(reason(thousand, as: .form) == nil)
        #expect(reason(more, as: .form) == "the form has more than 1000 fields, which is the most that is allowed")
        #expect(reason(more, as: BodyDecoding(standard: .formField("payload"))) == reason(more, as: .form))
        #expect(FormFields(decoding: Array(more.utf8)).map(\.name).last == "f1000")
        let flood = String(repeating: "a&", count: 1 << 18)
        #expect(reason(flood, as: .form) == reason(more, as: .form))
    }

    @Test("a form that carries its own signature is counted before it is verified")
    func signedForm() throws {
        let flood = String(repeating: "a&", count: 1_001)
        var settings = SourceSettings(name: "here", preset: "payu", secrets: [.init("salt")])
        settings.maxBody = "4MiB"
        let source = try Source(settings)
        let request = InboundRequest(method: .post, target: source.path, headers: [:], body: Array(flood.utf8))
        let rejection = try #require(source.receive(request, now: Timestamp(seconds: 1_790_000_000)).rejection)
        #expect(rejection.code == .badSignature)
        #expect(rejection.reason.contains("at most 1000 fields"))
    }

    @Test(
        "XML declares no type, nests 64 levels, has 50,000 elements and attributes",
        arguments: [
            (
                #"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>"#,
                "type declaration"
            ),
            (#"<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>"#, "type declaration"),
            ("<x>&b;</x>", "malformed"),
            (String(repeating: "<a>", count: 65) + String(repeating: "</a>", count: 65), "more than 64 levels"),
            ("<x>" + String(repeating: "<a/>", count: 50_000) + "</x>", "more than 50000 elements"),
            ("<x>" + String(repeating: #"<a b="" c=""/>"#, count: 20_000) + "</x>", "more than 50000 elements"),
        ]
    )
    func xml(body: String, expected: String) throws {
        let found = try #require(reason(body, as: BodyDecoding(standard: .xml)))
        #expect(found.contains(expected))
    }

    @Test("XML at its limits is read, its children in their order")
    func xmlAtTheLimits() throws {
        let body = "<x>" + (0..<49_999).map { "<a>\($0)</a>" }.joined() + "</x>"
        let object = try XMLBody.object(of: Array(body.utf8))
        let children = try #require(object["x"]?["a"]?.array)
        #expect(children.count == 49_999)
        #expect(children.last == .string("49998"))
        let deepest = String(repeating: "<a>", count: 64) + String(repeating: "</a>", count: 64)
        #expect(reason(deepest, as: BodyDecoding(standard: .xml)) == nil)
    }

    private func reception(_ preset: String, _ body: String) throws -> Reception {
        var settings = SourceSettings(name: "here", preset: preset, secrets: [.init("hk secret")])
        if preset == "meta" { settings.handshakeToken = .init("token") }
        settings.maxBody = "25MiB"
        let source = try Source(settings)
        let now = Timestamp(seconds: 1_790_000_000)
        let bytes = Array(body.utf8)
        let signed = source.sign(bytes, now: now)
        var headers = signed.headers
        if preset == "cloudevents" { headers[.contentType] = "application/cloudevents-batch+json" }
        return source.receive(
            InboundRequest(method: .post, target: source.path, headers: headers, body: signed.body ?? bytes),
            now: now
        )
    }

    private func cloudEvents(_ count: Int) -> String {
        let events = (0..<count).map { #"{"specversion":"1.0","id":"\#($0)","source":"s","type":"t"}"# }
        return "[" + events.joined(separator: ",") + "]"
    }

    @Test("a batch of a thousand events is a thousand events; one more, and it is parked whole")
    func batch() throws {
        #expect(try reception("cloudevents", cloudEvents(1_000)).events.count == 1_000)
        let parked = try #require(try reception("cloudevents", cloudEvents(1_001)).parked)
        #expect(parked.reason == "the batch holds 1001 events; at most 1000 are allowed")
        let flood = "[" + String(repeating: "0,", count: 100_000) + "0]"
        #expect(try reception("cloudevents", flood).parked?.reason.contains("100001 events") == true)
    }

    @Test("each event of a batch keeps the whole body, until the copies would be too many")
    func copies() throws {
        func bodies(_ count: Int) throws -> [[UInt8]] {
            guard case .events(let events) = try reception("cloudevents", cloudEvents(count)) else { return [] }
            return events.map(\.event.rawBody)
        }
        #expect(Set(try bodies(3)) == [Array(cloudEvents(3).utf8)])
        let parts = try bodies(900)
        #expect(Set(parts).count == 900)
        #expect(parts[7] == Array(#"{"specversion":"1.0","id":"7","source":"s","type":"t"}"#.utf8))
    }

    @Test("a batch whose events repeat what is around them is bounded as it would be written out")
    func repeatedEnvelope() throws {
        let around = String(repeating: "x", count: 68_000)
        func body(_ count: Int) -> String {
            let changes = (0..<count).map { #"{"field":"messages","value":{"n":\#($0)}}"# }.joined(separator: ",")
            return #"{"object":"w","note":"\#(around)","entry":[{"id":"1","changes":[\#(changes)]}]}"#
        }
        guard case .events(let events) = try reception("meta", body(100)) else {
            Issue.record("a batch within the limits was not taken")
            return
        }
        #expect(events.count == 100)
        #expect(try reception("meta", body(1_000)).parked?.reason.contains("more than 64MiB") == true)
    }

    @Test("items that carry their own signatures are counted before they are verified")
    func items() throws {
        let items = String(repeating: #"{"NotificationRequestItem":{}},"#, count: 1_001).dropLast()
        var settings = SourceSettings(name: "here", preset: "adyen", secrets: [.init("00112233")])
        settings.maxBody = "4MiB"
        let source = try Source(settings)
        let body = Array(#"{"notificationItems":[\#(items)]}"#.utf8)
        let request = InboundRequest(method: .post, target: source.path, headers: [:], body: body)
        let rejection = try #require(source.receive(request, now: Timestamp(seconds: 1_790_000_000)).rejection)
        #expect(rejection.reason.contains("at most 1000 items"))
    }
}
