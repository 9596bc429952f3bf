// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import Rules

/// What one event may cause, whatever its rules and its body are.
@Suite struct EventBudgetTests {
    private func numbers(_ count: Int) -> String { (0..<count).map(String.init).joined(separator: ",") }

    @Test("one event makes at most 5,000 messages over all rules, and each rule beyond says so once")
    func messages() throws {
        let rules = (0..<8).map { index in
            #"  - {name: r\#(index), for_each: "{{ list }}", to: "{{ phone }}", send: {text: "{{ item }} \#(index)"}}"#
        }
        let event = try Shop.event("x", #"{"phone": "9845061237", "list": [\#(numbers(1_000))]}"#)
        let evaluation = try Shop.rules(rules.joined(separator: "\n")).evaluate(event, in: Shop.context())
        #expect(evaluation.messages.count == 5_000)
        let reason =
            "one event makes at most 5000 messages, over all rules together; 1000 messages of this rule are not made"
        #expect(evaluation.refusals.map(\.rule) == ["r5", "r6", "r7"])
        #expect(evaluation.refusals.map(\.refusal.reason) == [reason, reason, reason])
        #expect(Set(evaluation.refusals.map(\.refusal.code.rawValue)) == ["event_limit"])
    }

    @Test("the texts of one event take a bounded amount of work, however small each of them is")
    func work() throws {
        let rule =
            #"  - {name: r, for_each: "{{ list }}", to: "{{ phone }}", send: {text: "{{ item }} {{ text | upcase | size }}"}}"#
        let text = String(repeating: "a", count: 900_000)
        let event = try Shop.event("x", #"{"phone": "9845061237", "text": "\#(text)", "list": [\#(numbers(1_000))]}"#)
        let evaluation = try Shop.rules(rule).evaluate(event, in: Shop.context())
        #expect((1..<100).contains(evaluation.messages.count))
        #expect(evaluation.refusals.map(\.refusal.code.rawValue).suffix(1) == ["event_limit"])
        #expect(evaluation.refusals.count <= 2)
    }

    @Test("an event starts with a budget of its own, and explain has the same limits")
    func fresh() throws {
        let rules = try Shop.rules(
            #"  - {name: r, for_each: "{{ list }}", to: "{{ phone }}", send: {text: "{{ item }}"}}"#
        )
        let event = try Shop.event("x", #"{"phone": "9845061237", "list": [\#(numbers(1_000))]}"#)
        for _ in 0..<6 { #expect(rules.evaluate(event, in: Shop.context()).messages.count == 1_000) }
        guard case .matched(let outcome)? = rules.explain(event, in: Shop.context()).entries.first?.verdict else {
            Issue.record("the rule does not match")
            return
        }
        #expect(outcome.results.count == 1_000)
    }
}
