// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import ExtremeNumbers
import Messages
import Testing

@testable import Rules

@Suite("Numbers of strangers in rules")
struct ExtremeNumberTests {
    private static func rule(_ keys: String) -> String {
        """
          - name: r
            event: e
            \(keys)
        """
    }

    @Test("a delay that is no time of our century refuses the message, whatever the number")
    func delay() throws {
        let rules = try Shop.rules("  - {name: r, event: e, delay: '{{ at }}', to: '+919845061237', send: {text: hi}}")
        func due(_ at: String) throws -> [String] {
            let event = try Shop.event("e", #"{"at": \#(at)}"#)
            let evaluation = rules.evaluate(event, in: Shop.context())
            return evaluation.messages.map { $0.terms.dueAt?.rfc3339 ?? "at once" }
                + evaluation.refusals.map { $0.refusal.code.rawValue }
        }
        #expect(try due("1768455000") == ["2026-01-15T05:30:00.000Z"])
        #expect(try due("1768455000000") == ["2026-01-15T05:30:00.000Z"])
        #expect(try due("\"2026-01-15T05:30:00Z\"") == ["2026-01-15T05:30:00.000Z"])
        #expect(try due("\"2h\"") == ["2026-01-15T06:30:00.000Z"])
        for at in [
            "1767225600000000000", "1767225600000000", "\"1e16\"", "1e16", "9223372036854775807", "4102444800", "12",
            "-1", "1e400", "\"2150-01-01T00:00:00Z\"", "\"300000-01-01T00:00:00Z\"", "1e-400",
        ] {
            #expect(try due(at) == ["bad_delay"], "\(at)")
        }
    }

    @Test("the reason quotes what a delay gave, says its year where it has one, and shows no phone number")
    func delayInWords() throws {
        let rules = try Shop.rules("  - {name: r, event: e, delay: '{{ at }}', to: '+919845061237', send: {text: hi}}")
        func reason(_ at: String) throws -> String? {
            let event = try Shop.event("e", #"{"at": "\#(at)"}"#)
            return rules.evaluate(event, in: Shop.context()).refusals.first?.refusal.reason
        }
        let forms = "a span such as '2h', an RFC 3339 instant, or Unix seconds or milliseconds"
        let century = "expected a time from 2000 to 2099: \(forms)"
        #expect(try reason("tomorrow") == "'delay' gives 'tomorrow' from 'at', which is no time; expected \(forms)")
        #expect(
            try reason("1999-12-31T00:00:00Z")
                == "'delay' gives '1999-12-31T00:00:00Z' from 'at', which is in the year 1999; \(century)"
        )
        #expect(
            try reason("12")
                == "'delay' gives '12' from 'at', which is in the year 1970 when it is read as Unix time; \(century)"
        )
        #expect(try reason("+91 98450 61237")?.contains("'+[number]'") == true)
        let long = try reason(String(repeating: "x", count: 5_000))
        #expect(
            long
                == "'delay' gives '\(String(repeating: "x", count: 80))…' from 'at', which is no time; expected \(forms)"
        )
    }

    /// Everything that Liquid may fill, with the number `n` of the payload in it.
    private static let filled = [
        "delay: '{{ n }}'\n    to: '+919845061237'\n    send: {text: hi}",
        "once_per: '{{ n }}'\n    to: '+919845061237'\n    send: {text: '{{ n }}'}",
        "to: '{{ n }}'\n    send: {text: hi}",
        "to: {phone: '{{ n }}', country: '{{ n }}'}\n    send: {text: hi}",
        "to: {contact_id: '{{ n }}'}\n    send: {text: hi, phone_number_id: '{{ n }}', account: '{{ n }}'}",
        "for_each: '{{ n }}'\n    to: '+919845061237'\n    send: {text: hi}",
        "to: '+919845061237'\n    send: {template: '{{ n }}', language: '{{ n }}', variables: {1: '{{ n }}'}}",
        "to: '+919845061237'\n    send: {template: t, carousel: {for_each: '{{ list }}', limit: 3, "
            + "card: {body: ['{{ item }}'], header: {id: '{{ n }}'}, buttons: [{index: 0, url: '{{ n }}'}]}}}",
        "to: '+919845061237'\n    send: {template: t, components: [{type: button, index: '{{ n }}', sub_type: url, "
            + "parameters: [{type: text, text: '{{ n }}'}]}]}",
        "to: '+919845061237'\n    send: {interactive: {type: button, body: {text: '{{ n }}'}}}",
        "match: {n: [{gt: 5}, {lte: -3}, {numeric: ['>', 0, '<=', 5]}, {eq: 2.5}, {exists: false}]}"
            + "\n    to: '+919845061237'\n    send: {text: hi}",
        "let: {a: '{{ n | times: 1000 }}', b: '{{ list[n] }}'}\n    to: '+919845061237'\n    send: {text: '{{ a }}{{ b }}'}",
    ]

    @Test("whatever a payload puts into a key, there is a message, a refusal or none", arguments: filled)
    func payloads(_ keys: String) throws {
        let rules = try Shop.rules(Self.rule(keys))
        let values = ExtremeNumbers.json + ExtremeNumbers.all.map { JSON.string($0).text() }
        for value in values {
            let event = try Shop.event("e", #"{"n": \#(value), "list": [\#(value), 2]}"#)
            let evaluation = rules.evaluate(event, in: Shop.context())
            #expect(evaluation.messages.count + evaluation.refusals.count <= 3)
            #expect(!rules.explain(event, in: Shop.context()).text.isEmpty)
        }
    }

    /// Everything that a rule file says in numbers and spans.
    private static let constants = [
        "version: X", "delay: X", "once_within: X", "expires_after: X", "limit: {count: X, every: 1h}",
        "limit: {count: 1, every: Xh}", "limit: {count: 1, every: X}", "digest: {every: Xs}",
        "quiet_hours: {from: 'X:00', to: '09:00'}", "quiet_hours: {from: '21:00', to: '09:00', spread: Xm}",
        "match: {n: X}", "match: {n: [{gt: X}]}", "match: {n: [{numeric: ['>', X]}]}",
        "match: {n: [{cidr: 10.0.0.0/X}]}",
        "match: {n: [{anything-but: X}]}", "match: {n: [{eq: 'X'}]}", "once_per: X", "let: {a: X}",
        "send: {template: t, variables: {X: a}}", "send: {template: t, variables: {c0_X: a}}",
        "send: {template: t, variables: [X]}", "send: {template: X, language: X}",
        "send: {template: t, carousel: {for_each: '{{ l }}', limit: X, card: {body: [X]}}}",
        "send: {template: t, carousel: {cards: [{body: [a], buttons: [{index: X, url: X}]}]}}",
        "to: X", "to: {phone: X, country: X}", "to: {contact_id: X}", "tests: [{event: {now: X}, expect: []}]",
        "tests: [{event: {type: e, body: {n: X}}, now: X, expect: [{to: X, text: X}]}]",
    ]

    @Test("whatever a rule file says in numbers is taken or gets a finding", arguments: constants)
    func files(_ keys: String) throws {
        for number in ExtremeNumbers.all {
            let key = keys.replacing("X", with: number)
            var lines = [key]
            if !keys.hasPrefix("to:") { lines.append("to: '+919845061237'") }
            if !keys.hasPrefix("send:") { lines.append("send: {text: hi}") }
            let body = lines.map { "    \($0)" }.joined(separator: "\n")
            let text = "version: 1\nsource: shop\nrules:\n  - name: r\n    event: e\n\(body)\n"
            let loaded = RuleFolder.load(texts: [(path: "r.yaml", text: text)])
            #expect((loaded.rules == nil) == loaded.diagnostics.contains { $0.severity == .error }, "\(key)")
            guard let rules = loaded.rules else { continue }
            let event = try Shop.event("e", #"{"n": 9223372036854775807, "l": [1]}"#)
            let evaluation = rules.evaluate(event, in: Shop.context())
            #expect(evaluation.messages.count + evaluation.refusals.count <= 1)
        }
    }
}
