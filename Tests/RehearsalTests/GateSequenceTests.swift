// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Rehearsal
import TestSupport
import Testing

/// Quiet hours and limits in the tests of rules, over days of virtual time.
@Suite struct GateSequenceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func run(_ rule: String, _ events: [String], _ expected: [String]) throws -> [[String]] {
        let message = "to: \"{{ phone | default: '9845061237' }}\"\n    send: {text: \"{{ n }}\"}"
        return try folder.failures(of: "\(rule)\n    \(message)", events, expected)
    }

    @Test("what comes in quiet hours leaves when they end, evening after evening (3)")
    func quietHours() throws {
        let failures = try run(
            "quiet_hours: {from: '21:00', to: '09:00', spread: 0s}",
            [
                "{at: 2026-01-15T20:59:59+05:30, body: {n: 1}}", "{at: 2026-01-15T21:00:00+05:30, body: {n: 2}}",
                "{at: 2026-01-16T08:00:00+05:30, body: {n: 3}}", "{at: 2026-01-16T23:00:00+05:30, body: {n: 4}}",
            ],
            [
                "{to: '919845061237', text: '1', at: 2026-01-15T20:59:59+05:30}",
                "{to: '919845061237', text: '2', at: 2026-01-16T09:00:00+05:30}",
                "{to: '919845061237', text: '3', at: 2026-01-16T09:00:00+05:30}",
                "{to: '919845061237', text: '4', at: 2026-01-17T09:00:00+05:30}",
            ]
        )
        #expect(failures == [[]])
    }

    @Test("who has opted out gets nothing, and a test can say why (43)")
    func consent() throws {
        let path = try folder.write(
            "consent.yaml",
            """
            version: 1
            source: shop
            rules:
              - name: told
                delay: 1h
                to: "{{ phone }}"
                send: {text: hi}
                tests:
                  - event: {body: {phone: "+91 98450 61237"}}
                    consent: {"919845061237": all}
                    expect: [{to: "919845061237", text: hi, suppressed: wants no messages}]
                  - event: {body: {phone: "+91 98450 61237"}}
                    consent: {"919845061237": marketing, "919845061238": all}
                    expect: [{to: "919845061237", text: hi}]
                  - event: {body: {phone: "+91 98450 61237"}}
                    consent: {"+91 98450 61237": all-but-authentication}
                    expect: []
                  - event: {body: {phone: "+91 98450 61237"}}
                    consent: {"919845061237": all}
                    expect: [{to: "919845061237", text: hi}]
            """
        )
        let report = RuleTestRunner.run([path])
        #expect(report.diagnostics == [])
        let failures = report.results.map(\.failures)
        #expect(failures.prefix(3).map(\.count) == [0, 0, 0], "\(failures)")
        let words = "consent: the recipient wants no messages, since 2026-01-01T00:00:00.000Z (operator, the test)"
        #expect(failures.last?.contains { $0.contains(words) } == true, "\(failures)")
    }

    @Test("a limit drops one more of a rolling day, for each recipient on its own (31, 32)")
    func dropped() throws {
        let failures = try run(
            "limit: {count: 1, per: recipient, every: 24h}",
            [
                "{at: 2026-01-15T10:00:00+05:30, body: {n: 1}}",
                "{at: 2026-01-15T11:00:00+05:30, body: {n: 2, phone: '9845061238'}}",
                "{at: 2026-01-16T09:59:59+05:30, body: {n: 3}}", "{at: 2026-01-16T10:00:00+05:30, body: {n: 4}}",
            ],
            [
                "{to: '919845061237', text: '1'}", "{to: '919845061238', text: '2'}", "{to: '919845061237', text: '4'}",
            ]
        )
        #expect(failures == [[]])
    }

    @Test("a limit that defers lets one after the other leave, and quiet hours hold what it lets leave (1, 33)")
    func deferred() throws {
        let failures = try run(
            "limit: {count: 1, every: 8h, on_exceed: defer}\n    quiet_hours: {from: '21:00', to: '09:00', spread: 0s}",
            [
                "{at: 2026-01-15T10:00:00+05:30, body: {n: 1}}", "{at: 2026-01-15T10:01:00+05:30, body: {n: 2}}",
                "{at: 2026-01-15T10:02:00+05:30, body: {n: 3}}",
            ],
            [
                "{to: '919845061237', text: '1', at: 2026-01-15T10:00:00+05:30}",
                "{to: '919845061237', text: '2', at: 2026-01-15T18:00:00+05:30}",
                "{to: '919845061237', text: '3', at: 2026-01-16T09:00:00+05:30}",
            ]
        )
        #expect(failures == [[]])
    }

    @Test("a test that fails says which gate kept a message")
    func told() throws {
        let failures = try run(
            "limit: {count: 1, every: 1d}",
            ["{at: 2026-01-15T10:00:00+05:30, body: {n: 1}}", "{at: 2026-01-15T10:00:01+05:30, body: {n: 2}}"],
            ["{to: '919845061237', text: '1'}", "{to: '919845061237', text: '2'}"]
        )
        let reason = "limit: 1 of 1 since 2026-01-15T04:30:00.000Z, next at 2026-01-16T04:30:00.000Z"
        let told = #"\#(reason): {rule: "told", to: "919845061237", text: "2"}"#
        #expect(failures.first?.last == told)
    }
}

extension TemporaryFolder {
    /// What the tests of a rule file find, each on its own; nothing may be wrong with the file itself.
    func failures(inRules text: String, limits: [NamedLimit] = []) throws -> [[String]] {
        let report = RuleTestRunner.run([try write("shop.yaml", text)], limits: limits)
        #expect(report.diagnostics == [])
        return report.results.map(\.failures)
    }

    /// The same of one rule of the source `shop`, tested with a sequence of events.
    ///
    /// - Parameters:
    ///   - rule: What the rule says beside its name.
    ///   - events: The events, one after the other.
    ///   - expected: The messages that are to leave.
    /// - Returns: What was found of the one test.
    /// - Throws: When the file cannot be written.
    func failures(of rule: String, _ events: [String], _ expected: [String]) throws -> [[String]] {
        try failures(
            inRules: """
                version: 1
                source: shop
                defaults: {country: IN}
                rules:
                  - name: told
                    \(rule)
                    tests:
                      - events:
                \(events.map { "          - \($0)" }.joined(separator: "\n"))
                        expect:
                \(expected.map { "          - \($0)" }.joined(separator: "\n"))
                """
        )
    }
}
