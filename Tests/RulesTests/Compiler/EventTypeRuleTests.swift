// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import Rules

/// A rule's `event` with `*`: the index of all rules and the explanation, which reads it by itself, give the same answer.
@Suite struct EventTypeRuleTests {
    @Test(
        "a rule takes the event types that its pattern stands for",
        arguments: [
            ("payment.*", "payment.captured", true), ("payment.*", "payment.", true),
            ("payment.*", "payments.x", false),
            ("*", "", true), ("*", "anything", true), ("*.paid", "order.paid", true), ("*.paid", "paid", false),
            ("a*b*c", "abc", true), ("a*b*c", "axxbyyc", true), ("a*b*c", "acb", false), ("a**c", "abc", true),
            ("ab*ba", "aba", false), ("orders/paid", "orders/paid", true), (#"a\*"#, #"a\x"#, true),
            ("a*a", "a", false),
        ]
    )
    func takes(text: String, type: String, isMatch: Bool) throws {
        #expect(EventTypePattern(text: text).matches(type) == isMatch)
        let quoted = text.replacing("'", with: "''")
        let rules = try Shop.rules("  - {name: a, event: '\(quoted)', to: '{{ phone }}', send: {text: a}}")
        let event = try Shop.event(type, #"{"phone": "9845061237"}"#)
        #expect(Shop.requests(rules, event).count == (isMatch ? 1 : 0))
    }
}
