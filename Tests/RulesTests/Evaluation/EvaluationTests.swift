// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import Messages
import PartnerAPI
import Testing

@testable import Rules

/// Which rules send what.
@Suite struct EvaluationTests {
    private let order =
        #"{"id": 820011, "phone": "98450 61237", "name": "Meera", "total": "1499.00", "tags": ["vip", "new"]}"#

    @Test("every rule that matches sends, in the order of the file, up to one that stops")
    func sequence() throws {
        let rules = try Shop.rules(
            """
              - {name: any, to: "{{ phone }}", send: {text: one}}
              - {name: exact, event: order.paid, to: "{{ phone }}", send: {text: two}}
              - {name: other, event: order.shipped, to: "{{ phone }}", send: {text: no}}
              - {name: wild, event: "order.*", match: {tags: vip}, stop: true, to: "{{ phone }}", send: {text: three}}
              - {name: last, event: [order.paid, x], to: "{{ phone }}", send: {text: four}}
            """
        )
        let evaluation = rules.evaluate(try Shop.event("order.paid", order), in: Shop.context())
        #expect(evaluation.outcomes.map(\.rule) == ["any", "exact", "wild"])
        #expect(
            evaluation.messages.map { $0.request.json().text() }.first
                == #"{"type":"text","phone":"919845061237","content":"one"}"#
        )
    }

    @Test("a rule sees the sources of its file alone; a file without source sees all")
    func sources() throws {
        let loaded = RuleFolder.load(texts: [
            (path: "a.yaml", text: "source: [shop, erp]\nrules: [{name: a, to: '{{ phone }}', send: {text: a}}]"),
            (path: "b.yaml", text: "rules: [{name: b, to: '{{ phone }}', send: {text: b}}]"),
        ])
        let rules = try #require(loaded.rules)
        func names(_ source: String) throws -> [String] {
            rules.evaluate(try Shop.event("x", order, source: source), in: Shop.context(country: "IN")).outcomes.map(
                \.rule
            )
        }
        #expect(try names("shop") == ["a", "b"])
        #expect(try names("erp") == ["a", "b"])
        #expect(try names("other") == ["b"])
    }

    @Test("headers are matched by their names in lower case, whatever the sender wrote")
    func headers() throws {
        let rules = try Shop.rules(
            #"  - {name: main, headers: {x-shop: [{prefix: main}]}, to: "{{ phone }}", send: {text: hi}}"#
        )
        let name = try #require(HTTPField.Name("X-Shop"))
        let matching = try Shop.event("x", order, headers: [name: "main-1"])
        #expect(Shop.requests(rules, matching).count == 1)
        #expect(Shop.requests(rules, try Shop.event("x", order, headers: [name: "other"])).isEmpty)
        #expect(Shop.requests(rules, try Shop.event("x", order)).isEmpty)
    }

    @Test("let builds on let, and webhook and body can be named")
    func names() throws {
        let rules = try Shop.rules(
            """
              - name: names
                let: {first: "{{ tags | first }}", second: "{{ first | upcase }}"}
                to: "{{ body.phone }}"
                send: {text: "{{ second }} {{ webhook.source }} {{ webhook.type }} {{ webhook.id }} {{ webhook.headers.x-a }}"}
            """
        )
        let name = try #require(HTTPField.Name("X-A"))
        let event = try Shop.event("order.paid", order, headers: [name: "h"])
        #expect(
            Shop.requests(rules, event) == [
                #"{"type":"text","phone":"919845061237","content":"VIP shop order.paid sender-1 h"}"#
            ]
        )
    }

    @Test("a payload that is a list is reached by body")
    func list() throws {
        let rules = try Shop.rules(#"  - {name: list, to: "{{ body[0].phone }}", send: {text: "{{ body | size }}"}}"#)
        let event = try Shop.event("x", #"[{"phone": "9845061237"}]"#)
        #expect(Shop.requests(rules, event) == [#"{"type":"text","phone":"919845061237","content":"1"}"#])
    }

    @Test("disabled rules do nothing, shadow rules plan what is not to be sent")
    func modes() throws {
        let rules = try Shop.rules(
            """
              - {name: off, enabled: false, to: "{{ phone }}", send: {text: a}}
              - {name: shadow, mode: shadow, to: "{{ phone }}", send: {text: b}}
            """
        )
        let messages = rules.evaluate(try Shop.event("x", order), in: Shop.context()).messages
        #expect(messages.map(\.rule) == ["shadow"])
        #expect(messages.map(\.terms.mode) == [.shadow])
    }

    @Test("for_each sends one message an element, with item and forloop")
    func elements() throws {
        let rules = try Shop.rules(
            """
              - name: each
                for_each: "{{ tags }}"
                once_per: ["{{ id }}", "{{ item }}"]
                to: "{{ phone }}"
                send: {text: "{{ forloop.index }}/{{ forloop.length }} {{ item }}"}
            """
        )
        let messages = rules.evaluate(try Shop.event("x", order), in: Shop.context()).messages
        #expect(messages.map(\.terms.once?.key) == ["820011/vip", "820011/new"])
        #expect(messages.compactMap { $0.request.json()["content"]?.string } == ["1/2 vip", "2/2 new"])
        #expect(Shop.requests(rules, try Shop.event("x", #"{"id": 1, "tags": [], "phone": "9845061237"}"#)).isEmpty)
        #expect(
            Shop.reasons(rules, try Shop.event("x", #"{"id": 1}"#)) == [
                "bad_list: 'for_each' gives no list: the value is missing"
            ]
        )
    }

    @Test("delay is a span, or an instant by Liquid; expires_after counts from the event")
    func times() throws {
        let rules = try Shop.rules(
            """
              - {name: span, delay: 1h30m, expires_after: 2h, to: "{{ phone }}", send: {text: a}}
              - {name: seconds, delay: "{{ due }}", to: "{{ phone }}", send: {text: a}}
              - {name: text, delay: "{{ when }}", on_uncertain: hold, to: "{{ phone }}", send: {text: a}}
              - {name: past, delay: "{{ past }}", to: "{{ phone }}", send: {text: a}}
              - {name: none, delay: "{{ phone }}x", to: "{{ phone }}", send: {text: a}}
            """
        )
        let body = #"{"phone": "9845061237", "due": 1768460000, "when": "2026-01-16T00:00:00Z", "past": 1000000000}"#
        let evaluation = rules.evaluate(try Shop.event("x", body), in: Shop.context())
        let expected = [
            Shop.now.advanced(by: .seconds(5_400)), Timestamp(seconds: 1_768_460_000),
            Timestamp(seconds: 1_768_521_600), Timestamp(seconds: 1_000_000_000),
        ]
        #expect(evaluation.messages.map(\.terms.dueAt) == expected)
        #expect(evaluation.messages.first?.terms.expiresAt == Shop.now.advanced(by: .seconds(7_200)))
        #expect(evaluation.messages.map(\.terms.onUncertain) == [.retry, .retry, .hold, .retry])
        #expect(evaluation.refusals.map(\.refusal.code) == [.badDelay])
    }

    @Test("defaults stand under every rule, which wins where it speaks")
    func defaults() throws {
        let rules = try Shop.rules(
            """
              - {name: a, once_per: "{{ id }}", to: "{{ phone }}", send: {template: t}}
              - {name: b, once_per: "{{ id }}", mode: live, to: "{{ phone }}", send: {template: t, language: hi, account: own}}
            """,
            defaults: "{country: IN, language: [en_US, en], account: main, mode: shadow, once_within: 1d}"
        )
        let messages = rules.evaluate(try Shop.event("x", order), in: Shop.context()).messages
        #expect(messages.map(\.account) == ["main", "own"])
        #expect(messages.map(\.terms.mode) == [.shadow, .live])
        #expect(messages.map { $0.request.json()["templateLanguage"]?.string } == ["en_US", "hi"])
        #expect(messages.map(\.terms.once?.window) == [.seconds(86_400), .seconds(86_400)])
    }

    @Test("two thousand rules of other types or values do not make a message")
    func many() throws {
        let others = (0..<2_000).map {
            #"  - {name: r\#($0), event: t\#($0), match: {id: \#($0)}, to: "{{ phone }}", send: {text: a}}"#
        }
        let rules = try Shop.rules(
            (others + [#"  - {name: mine, event: "order.*", match: {id: 820011}, to: "{{ phone }}", send: {text: a}}"#])
                .joined(separator: "\n")
        )
        #expect(rules.count == 2_001)
        #expect(
            rules.evaluate(try Shop.event("order.paid", order), in: Shop.context()).outcomes.map(\.rule) == ["mine"]
        )
    }
}
