// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Rehearsal
import TestSupport
import Testing

/// The law of `cancel_when` and `when_changed` through the door of `rules test`; `OutboxStoreTests` asks the same of the
/// store.
@Suite struct SubjectLawTests {
    private let folder: TemporaryFolder
    private let start = Timestamp(seconds: 1_768_451_400)

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a sequence of events lists what the store would let leave", arguments: SubjectLaw.cancelling)
    func cancelling(law: SubjectLaw) throws {
        try run(law, keys: #"cancel_when: {event: [paid, both], key: "{{ id }}"}"#)
    }

    @Test("a sequence of values lists what the store would let leave", arguments: SubjectLaw.changing)
    func changing(law: SubjectLaw) throws {
        try run(law, keys: #"when_changed: "{{ value }}""#)
    }

    private func run(_ law: SubjectLaw, keys: String) throws {
        #expect(try folder.failures(inRules: text(of: law, keys: keys)) == [[]])
    }

    /// A rule file with one rule, whose test is the law's sequence.
    private func text(of law: SubjectLaw, keys: String) -> String {
        let events = law.steps.enumerated().map { number, step in
            let type = step.makes ? (step.callsOff ? "both" : "failed") : "paid"
            let body = #"{id: "\#(step.key)", n: "\#(number)", value: "\#(step.value ?? "")"}"#
            let time = step.time.map { ", time: \(self.time($0))" } ?? ""
            return "          - {type: \(type), at: \(self.time(step.at))\(time), body: \(body)}"
        }
        let expected = law.leaves.map { #"          - {to: "919845061237", text: "\#($0)"}"# }
        let list = expected.isEmpty ? " []" : "\n" + expected.joined(separator: "\n")
        return """
            version: 1
            source: shop
            rules:
              - name: told
                event: [failed, both]
                key: "{{ id }}"
                \(keys)
                delay: \(law.delay)s
                to: "+919845061237"
                send: {text: "{{ n }}"}
                tests:
                  - events:
            \(events.joined(separator: "\n"))
                    expect:\(list)

            """
    }

    private func time(_ seconds: Int) -> String { start.advanced(by: .seconds(seconds)).rfc3339 }

    @Test("a test that fails says what was called off, and what had not changed")
    func saysWhy() throws {
        let path = try folder.write(
            "shop.yaml",
            """
            source: shop
            rules:
              - name: told
                event: failed
                key: "{{ id }}"
                cancel_when: {event: paid, key: "{{ id }}"}
                delay: 15m
                to: "+919845061237"
                send: {text: "{{ id }}"}
                tests:
                  - events: [{type: failed, body: {id: 1}}, {type: paid, body: {id: 1}}]
                    expect: [{to: "919845061237", text: "1"}]
            """
        )
        #expect(
            RuleTestRunner.run([path]).results.map(\.failures) == [
                [
                    #"message 1: expected {to: "919845061237", text: "1"}, found none"#,
                    #"called off by evt_test (paid): {rule: "told", to: "919845061237", text: "1"}"#,
                ]
            ]
        )
    }
}
