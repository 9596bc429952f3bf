// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import Rules

/// "Why did this (not) send?" in plain words.
@Suite struct ExplanationTests {
    @Test("every rule of the source says whether it matched, or the first condition that did not hold")
    func verdicts() throws {
        let rules = try Shop.rules(
            """
              - {name: type, event: [order.shipped, "refund.*"], to: "{{ phone }}", send: {text: a}}
              - {name: off, enabled: false, to: "{{ phone }}", send: {text: a}}
              - {name: value, match: {status: [paid, captured]}, to: "{{ phone }}", send: {text: a}}
              - {name: header, headers: {x-shop: main}, to: "{{ phone }}", send: {text: a}}
              - {name: sends, stop: true, to: "{{ phone }}", send: {template: thanks}}
              - {name: broken, to: "{{ nobody }}", send: {text: a}}
            """
        )
        let event = try Shop.event("order.paid", #"{"status": "pending", "phone": "9845061237"}"#)
        let told = rules.explain(event, in: Shop.context()).text
        #expect(
            told == """
                type: no match: it is for 'order.shipped' or 'refund.*', and the event is 'order.paid'
                off: not looked at: it says enabled: false
                value: no match: status: expected "paid" or "captured", found "pending"
                header: no match: headers.x-shop: expected "main", found no such field
                sends: matched: sends the template 'thanks' to …37 (read in IN, which the file's defaults state)
                broken: it matches, and the earlier rule 'sends' says stop: true

                """
        )
    }

    @Test("of an event that goes into a digest it says for whom it is collected, and until when (19)")
    func digest() throws {
        let rules = try Shop.rules(
            """
              - {name: low, to: "{{ phone }}", digest: {every: 15m}, send: {text: "{{ items.size }} are low"}}
              - {name: late, to: "{{ phone }}", digest: {every: 15m}, mode: shadow, send: {text: "{{ items.size }}"}}
            """
        )
        let told = rules.explain(try Shop.event("stock.low", #"{"phone": "9845061237"}"#), in: Shop.context()).text
        #expect(
            told == """
                low: matched: collects it for one message to …37 (read in IN, which the file's defaults state), until \
                2026-01-15T04:45:00.000Z, if no digest is open that ends before
                late: matched: collects it (shadow) for one message to …37 (read in IN, which the file's defaults state), \
                until 2026-01-15T04:45:00.000Z, if no digest is open that ends before

                """
        )
    }

    @Test("a source without rules is told so")
    func nothing() throws {
        let rules = try Shop.rules(#"  - {name: a, to: "{{ phone }}", send: {text: a}}"#)
        let event = try Shop.event("x", "{}", source: "erp")
        #expect(rules.explain(event, in: Shop.context()).text == "no rule is for the source 'erp'\n")
        #expect(
            rules.explain(event, in: Shop.context(), allSources: true).entries.map(\.sentence) == [
                "not looked at: it is for 'shop', and the event came from 'erp'"
            ]
        )
    }

    @Test("explain and evaluate agree on what matches")
    func agreement() throws {
        let rules = try Shop.rules(
            """
              - {name: a, event: "*.paid", match: {n: [{gte: 2}]}, to: "{{ phone }}", send: {text: a}}
              - {name: b, event: order.paid, match: {n: [1, 3]}, to: "{{ phone }}", send: {text: a}}
              - {name: c, match: {n: [{exists: false}]}, stop: true, to: "{{ phone }}", send: {text: a}}
              - {name: d, to: "{{ phone }}", send: {text: a}}
            """
        )
        for body in [#"{"n": 1}"#, #"{"n": 2}"#, #"{"n": "3"}"#, #"{"n": 3}"#, "{}"] {
            for type in ["order.paid", "invoice.paid", "x", ""] {
                let event = try Shop.event(type, body)
                let explained = rules.explain(event, in: Shop.context()).entries.filter {
                    if case .matched = $0.verdict { true } else { false }
                }
                #expect(explained.map(\.rule) == rules.evaluate(event, in: Shop.context()).outcomes.map(\.rule))
            }
        }
    }
}
