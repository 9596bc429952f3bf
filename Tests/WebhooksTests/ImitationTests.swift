// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Testing
import WebhookVectors

@testable import Webhooks

@Suite("A sender that is imitated")
struct ImitationTests {
    private let now = Timestamp(seconds: 1_790_000_000)

    private func source(_ preset: String, _ secrets: [String]) throws -> Source {
        try Source(
            SourceSettings(name: "here", preset: preset, secrets: secrets.map { Secret($0) })
        )
    }

    /// The source's own answer to what its sender would post.
    private func answer(_ source: Source, _ signed: SignedHeaders, _ body: String) -> Reception {
        let request = InboundRequest(
            method: .post,
            target: source.path,
            headers: signed.headers,
            body: signed.body ?? Array(body.utf8)
        )
        return source.receive(request, now: now)
    }

    @Test("signs with the scheme that its newest secret is for")
    func phonepe() throws {
        let body = #"{"event":"checkout.order.completed"}"#
        let header = HeaderName(stringLiteral: "X-PHONEPE-CHECKSUM-SIGNATURE").field
        for (secrets, isLogin) in [(["a key"], false), (["user:password"], true)] {
            let source = try source("phonepe", secrets)
            let signed = source.sign(Array(body.utf8), now: now)
            #expect((signed.headers[.authorization] != nil) == isLogin)
            #expect((signed.headers[header] != nil) == !isLogin)
            #expect(answer(source, signed, body).kind == "events")
        }
    }

    @Test("presents its login beside its signature")
    func adyen() throws {
        let source = try source("adyen", ["00FF", "hk:password"])
        let body = #"{"notificationItems":[{"NotificationRequestItem":{"pspReference":"1","eventCode":"CAPTURE"}}]}"#
        var signed = source.sign(Array(body.utf8), now: now)
        #expect(answer(source, signed, body).events.first?.secret == "secrets[0]")
        signed.headers[.authorization] = nil
        #expect(answer(source, signed, body).rejection?.code == .badSignature)
    }

    @Test(
        "announces what its body is",
        arguments: [
            ("paytm", #"{"body":{"refundId":"1"}}"#, "application/json"),
            ("paytm", "TXNID=1&STATUS=TXN_SUCCESS", "application/x-www-form-urlencoded"),
            ("generic", "<order/>", "application/xml"), ("generic", "type=paid", "application/x-www-form-urlencoded"),
            ("generic", "[1]", "application/json"), ("generic", "1", "application/json"),
            ("payu", "txnid=1", "application/x-www-form-urlencoded"), ("stripe", "{}", "application/json"),
        ]
    )
    func contentType(preset: String, body: String, expected: String) throws {
        let source = try source(preset, ["hkMerchantKey#01"])
        let signed = source.sign(Array(body.utf8), now: now)
        #expect(signed.headers[.contentType] == expected)
        #expect(answer(source, signed, body).kind == "events")
    }
}

@Suite("The text of one member of a JSON object")
struct JSONMemberTextTests {
    @Test(
        "is what stands there, to the last space inside",
        arguments: [
            (#"{"body":{"a":1}}"#, #"{"a":1}"#),
            (#" { "x":"body" , "body" : [ 1, {"body":2} ] } "#, #"[ 1, {"body":2} ]"#),
            (#"{"a":{"body":1},"body":2}"#, "2"), (#"{"body":-1.50e3,"a":1}"#, "-1.50e3"), (#"{"body":null}"#, "null"),
            (#"{"body":"a\"}b","c":1}"#, #""a\"}b""#), (#"{"a":"\\","body":true}"#, "true"),
            (#"{"body":"é"}"#, #""é""#),
            (#"{"body":1,"body":2}"#, "1"), (#"{"body":{"a":[{}]}}"#, #"{"a":[{}]}"#),
        ]
    )
    func found(body: String, expected: String) {
        #expect(JSONMemberText.value(of: "body", in: Array(body.utf8)) == Array(expected.utf8))
    }

    @Test(
        "is none where the member is not at the root, or is no member",
        arguments: ["{}", #"{"a":"body"}"#, #"["body"]"#, #"{"a":{"body":1}}"#, #"{"bo\u0064y":1}"#, "\"body\"", ""]
    )
    func missing(body: String) {
        #expect(JSONMemberText.value(of: "body", in: Array(body.utf8)) == nil)
    }
}
