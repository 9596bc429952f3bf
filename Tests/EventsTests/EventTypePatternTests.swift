// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@Suite("An event type with stars")
struct EventTypePatternTests {
    @Test(
        "stands for the types that have its texts in their order, with any text at each star",
        arguments: [
            ("store/order/*", "store/order/created", true), ("store/order/*", "store/order/", true),
            ("store/order/*", "store/order/message/created", true), ("store/order/*", "store/cart/created", false),
            ("*", "", true), ("*", "anything", true), ("", "", true), ("", "a", false), ("a", "a", true),
            ("a", "A", false), ("a", "ab", false), ("*.invoice.*", "qbo.invoice.created.v1", true),
            ("*.invoice.*", "qbo.invoice", false), ("a*b*c", "a-c-b-c", true), ("a*b*c", "a-c-b", false),
            ("aba*ba", "aba", false), ("aba*ba", "ababa", true), ("**a", "bba", true), ("*é*", "café!", true),
            ("payment.*", "payments.x", false), ("*.paid", "paid", false), ("a*b*c", "abc", true),
            ("a**c", "abc", true),
            ("ab*ba", "aba", false), (#"a\*"#, #"a\x"#, true), ("a*a", "a", false),
        ]
    )
    func matches(pattern: String, type: String, isMatch: Bool) {
        #expect(EventTypePattern(text: pattern).matches(type) == isMatch)
    }
}
