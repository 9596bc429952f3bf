// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Rehearsal
import TestSupport
import Testing

/// The law of `digest` through the door of `rules test`; `OutboxStoreTests` asks the same of the stores.
@Suite("Digests in the tests of rules")
struct DigestSequenceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a sequence of events lists the digests that the store would let leave", arguments: DigestLaw.rows)
    func law(law: DigestLaw) throws {
        #expect(try folder.failures(inRules: text(of: law), limits: law.limits) == [[]])
    }

    private func time(_ seconds: Int) -> String { DigestLaw.start.advanced(by: .seconds(seconds)).rfc3339 }

    /// A rule file with one rule, whose test is the law's sequence.
    private func text(of law: DigestLaw) -> String {
        let events = law.steps.enumerated().map { number, step in
            let told = step.once.map { "o\($0)" } ?? "n\(number)"
            let body =
                #"{n: \#(number), key: "k\#(step.key)", subject: "s\#(step.subject ?? "")", told: \#(told), "#
                + #"off: "s\#(step.callsOff ?? "-")"}"#
            return "          - {type: \(step.callsOff == nil ? "alert" : "off"), at: \(time(step.at)), body: \(body)}"
        }
        let expected = law.leaves.map { #"          - {to: "919812345670", text: "\#($0.text)", at: \#(time($0.at))}"# }
        return """
            version: 1
            source: shop
            rules:
              - name: alerts
                event: alert
                key: "{{ subject }}"
                cancel_when: {event: "off", key: "{{ off }}"}
                once_per: "{{ told }}"
                digest: {every: \(law.window)s, key: "{{ key }}"}
                \(gates(of: law).joined(separator: "\n    "))
                to: "+919812345670"
                send: {text: "{{ items.size }}: {{ items | map: 'n' | join: ' ' }}"}
                tests:
                  - events:
            \(events.joined(separator: "\n"))
                    expect:
            \(expected.joined(separator: "\n"))
            """
    }

    private func gates(of law: DigestLaw) -> [String] {
        var keys: [String] = []
        if let span = law.expiresAfter { keys.append("expires_after: \(span)s") }
        if let quiet = law.quiet {
            let (from, to) = (
                time(quiet.lowerBound).dropFirst(11).prefix(5), time(quiet.upperBound).dropFirst(11).prefix(5)
            )
            keys.append(#"quiet_hours: {from: "\#(from)", to: "\#(to)", zone: Etc/UTC, spread: 0s}"#)
        }
        if let limit = law.limit {
            let excess = limit.excess == .drop ? "drop" : "defer"
            keys.append("limit: {count: 1, every: \(limit.every)s, on_exceed: \(excess)}")
        }
        return keys
    }

    private static let digest = """
        digest: {every: 15m, key: "{{ shop.id }}"}
            let: {name: "{{ title | upcase }}"}
            to: "9845061237"
            send: {text: "{{ shop.name }}: {{ items | map: 'name' | join: ', ' }}, last {{ items.last.webhook.type }}"}
        """

    @Test("20: keys may lie deep; texts see each event with its 'let', and the last one at the root")
    func scope() throws {
        let failures = try folder.failures(
            of: Self.digest,
            [
                "{type: low, at: 2026-01-15T10:00:00Z, body: {title: cup, shop: {id: 7, name: Old}}}",
                "{type: out, at: 2026-01-15T10:01:00Z, body: {title: tea, shop: {id: 7, name: New}}}",
            ],
            ["{to: '919845061237', text: 'New: CUP, TEA, last out', at: 2026-01-15T10:15:00Z}"]
        )
        #expect(failures == [[]])
    }

    @Test("14, 20: a key that is missing or empty refuses the event's part, with its path")
    func noKey() throws {
        let failures = try folder.failures(
            of: Self.digest,
            [
                "{type: low, at: 2026-01-15T10:00:00Z, body: {title: cup, shop: {name: Old}}}",
                "{type: low, at: 2026-01-15T10:00:01Z, body: {title: cup, shop: {id: '', name: Old}}}",
            ],
            ["{error: \"'shop.id' is undefined\"}", "{error: \"the key of 'digest.key' is empty, from 'shop.id'\"}"]
        )
        #expect(failures == [[]])
    }

    @Test("a digest whose text cannot be built is an error of its test")
    func unbuilt() throws {
        let failures = try folder.failures(
            of: Self.digest,
            ["{type: low, at: 2026-01-15T10:00:00Z, body: {title: cup, shop: {id: 7}}}"],
            ["{error: \"'shop.name' is undefined\"}"]
        )
        #expect(failures == [[]])
    }

    @Test("43: who opted out of marketing gets a digest that its rule says is none, and no other")
    func optedOut() throws {
        func told(_ category: String) throws -> [String] {
            try folder.failures(
                inRules: """
                    version: 1
                    source: shop
                    defaults: {country: IN}
                    rules:
                      - {name: told, category: \(category), digest: {every: 15m}, to: "9845061237", send: {template: t}}
                    tests:
                      - consent: {"919845061237": marketing}
                        events: [{type: low, at: 2026-01-15T10:00:00Z, body: {}}]
                        expect: [{to: "919845061237", template: t, at: 2026-01-15T10:15:00Z}]
                    """
            ).flatMap(\.self)
        }
        #expect(try told("utility") == [])
        #expect(try told("marketing").first?.hasSuffix("found none") == true)
    }

    @Test("a rule in shadow mode shows the digest that would have been sent")
    func shadow() throws {
        let failures = try folder.failures(
            of: "mode: shadow\n    " + Self.digest,
            [
                "{type: low, at: 2026-01-15T10:00:00Z, body: {title: cup, shop: {id: 7, name: Old}}}",
                "{type: out, at: 2026-01-15T10:01:00Z, body: {title: tea, shop: {id: 7, name: New}}}",
            ],
            ["{to: '919845061237', text: 'New: CUP, TEA, last out', at: 2026-01-15T10:15:00Z, shadow: true}"]
        )
        #expect(failures == [[]])
    }
}
