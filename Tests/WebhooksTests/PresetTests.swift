// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Testing

@testable import Webhooks

@Suite("Presets")
struct PresetTests {
    @Test("every preset is complete", arguments: Preset.all)
    func complete(preset: Preset) {
        #expect(SettingValue.isName(preset.name))
        #expect(!preset.title.isEmpty)
        #expect(!preset.methods.isEmpty)
        #expect(!preset.eventType.alternatives.isEmpty)
        #expect(!preset.dedupe.key.alternatives.isEmpty)
        #expect(preset.dedupe.window >= .seconds(60))
        #expect(preset.traps.count >= 3)
        #expect(preset.traps.allSatisfy { $0.hasSuffix(".") })
        #expect(preset.documentation.hasPrefix("https://"))
        #expect(preset.verification.needsSecret)
    }

    @Test("names are unique, sorted, and found")
    func names() {
        let names = Preset.all.map(\.name)
        #expect(names == Set(names).sorted())
        #expect(names.allSatisfy { Preset.named($0)?.name == $0 })
        #expect(Preset.named("Stripe") == nil)
    }

    @Test("a scheme describes itself in one line for people")
    func descriptions() {
        #expect("\(Preset.razorpay.verification)" == "HMAC-SHA256, hex, in X-Razorpay-Signature over {body}")
        #expect("\(Preset.stripe.verification)" == "HMAC-SHA256, hex, in Stripe-Signature over {timestamp}.{body}")
        #expect(
            "\(Preset.alertmanager.verification)"
                == "bearer token in Authorization; or user and password in Authorization"
        )
        #expect("\(Preset.odoo.verification)" == "fixed token in the query parameter token")
        #expect("\(Preset.shopify.eventID)" == "header.X-Shopify-Event-Id or header.X-Shopify-Webhook-Id")
    }
}

extension Preset: CustomTestStringConvertible {
    /// The name, for the test's own name.
    public var testDescription: String { name }
}

@Suite("Reading bodies, times and forms")
struct DecodingTests {
    @Test(
        "a time is read as its sender wrote it",
        arguments: [
            ("1789997590", 1_789_997_590_000), ("1789997590.75", 1_789_997_590_000),
            ("1789997590123", 1_789_997_590_123),
            ("2026-09-21T19:03:10+05:30", 1_789_997_590_000), ("2026-09-21T13:33:10.123Z", 1_789_997_590_123),
            ("2026-09-21T13:33:10.123456Z", 1_789_997_590_123), ("2026-09-21 13:33:10", 1_789_997_590_000),
            ("2026-09-21T13:33:10.5", 1_789_997_590_500),
        ] as [(String, Int64)]
    )
    func times(text: String, milliseconds: Int64) throws {
        let time = try #require(EventTime(place: "body.at").read(text))
        #expect(time.microseconds / 1_000 == milliseconds)
    }

    @Test(
        "what is no time is none",
        arguments: ["", "soon", "-5", "1e400", "99999999999999999", "2026-13-01T00:00:00Z"]
    )
    func noTime(text: String) {
        #expect(EventTime(place: "body.at").read(text) == nil)
    }

    @Test(
        "a form is decoded once and keeps odd characters",
        arguments: [
            ("a=1&b=2", ["a": "1", "b": "2"]), ("a=%2B91+98", ["a": "+91 98"]), ("a=%zz&b", ["a": "%zz", "b": ""]),
            ("a=%2541", ["a": "%41"]), ("a==x", ["a": "=x"]), ("a=%e0%a4%86", ["a": "आ"]), ("a=%ff", ["a": "\u{FFFD}"]),
            ("a=%", ["a": "%"]), ("a=%4", ["a": "%4"]), ("a=%+1", ["a": "% 1"]),
        ]
    )
    func forms(text: String, expected: [String: String]) {
        let fields = FormFields(decoding: Array(text.utf8)).map { ($0.name, $0.value) }
        #expect(Dictionary(fields) { $1 } == expected)
    }

    @Test("a form becomes an object of texts, equal names of lists")
    func formBody() throws {
        let request = InboundRequest(
            method: .post,
            target: "/",
            headers: [:],
            body: Array("id=7&name=Tea+%26+Cup&id=8".utf8)
        )
        let document = try BodyDecoding.form.decode(request)
        #expect(document.root.value.text() == #"{"id":["7","8"],"name":"Tea & Cup"}"#)
    }

    @Test(
        "HTML entities are resolved once",
        arguments: [
            ("a &amp; b", "a & b"), ("&amp;lt;", "&lt;"), ("&lt;&gt;&quot;&#039;", "<>\"'"), ("&nbsp;&", "&nbsp;&"),
            ("plain", "plain"),
        ]
    )
    func entities(text: String, expected: String) {
        #expect(HTMLEntities.resolved(text) == expected)
    }

    @Test(
        "a batch is split with its numbers unchanged",
        arguments: [
            (Batch.elements(at: nil), "[1.50,{\"a\":9007199254740993}]", ["1.50", "{\"a\":9007199254740993}"]),
            (Batch.elements(at: nil), "{\"a\":1}", ["{\"a\":1}"]),
            (Batch.elements(at: FieldPath(steps: ["l"])), "{\"l\":[]}", []),
            (
                Batch.oneElement(ofEach: [BatchLevel("l")]), "{\"x\":1,\"l\":[1,2],\"y\":2}",
                ["{\"x\":1,\"l\":[1],\"y\":2}", "{\"x\":1,\"l\":[2],\"y\":2}"]
            ),
            (
                Batch.oneElement(ofEach: [BatchLevel("l"), BatchLevel("m", at: ["l", "0"])]),
                "{\"l\":[{\"m\":[1,2]},{\"n\":3}]}",
                ["{\"l\":[{\"m\":[1]}]}", "{\"l\":[{\"m\":[2]}]}", "{\"l\":[{\"n\":3}]}"]
            ),
        ]
    )
    func batches(batch: Batch, body: String, expected: [String]) throws {
        #expect(try batch.split(try JSONDocument(Array(body.utf8))).map { $0.text() } == expected)
    }

    @Test(
        "a place is read from its written form and prints as it",
        arguments: [
            "header.X-Topic", "body.data.id", "body.a\\.b", "query.kind", "'a constant'", "body_hash",
        ]
    )
    func places(text: String) throws {
        #expect(try #require(Place(text)).description == text)
        #expect(try #require(Place("{{ \(text) }}")).description == text)
    }

    @Test(
        "what names no place is refused",
        arguments: ["", "type", "body.", "body..a", "header.", "header.a b", "query.", "'", "cookie.a"]
    )
    func noPlaces(text: String) {
        #expect(Place(text) == nil)
    }
}
