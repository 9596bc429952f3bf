// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@Suite("What may be shown of others' words")
struct NumberHidingTests {
    @Test(
        "hides what could be a phone number and leaves the rest",
        arguments: [
            ("no numbers", "no numbers"), ("code 131026, HTTP 400", "code 131026, HTTP 400"),
            ("to 919800000001.", "to [number]."), ("to +91 98000 00001 now", "to +[number] now"),
            ("(040) 123-4567", "([number]"), ("id 1234567", "id [number]"), ("id 123456", "id 123456"),
            ("९१९८००००००१", "[number]"), ("a919800000001b", "a[number]b"),
            ("cannot read '98120 33456' as an amount", "cannot read '[number]' as an amount"),
            ("98120\u{A0}33456", "[number]"), ("98120\u{2011}33456", "[number]"),
            ("98120\u{200B}\u{2060}\u{200B}33456", "[number]"),
            ("9\u{FE0F}8120334567", "[number]"), ("98 12 03 34 56 gone", "[number] gone"),
            ("HMAC-SHA256 in X-Hmac-Sha256, 00", "HMAC-SHA256 in X-Hmac-Sha256, 00"), ("1a2345678", "1a[number]"),
        ]
    )
    func numbers(text: String, shown: String) {
        #expect(NumberHiding.hide(in: text) == shown)
    }

    @Test(
        "a date is no number, what stands behind it may be",
        arguments: [
            ("at 2026-01-15T04:30:00.250Z", "at 2026-01-15T04:30:00.250Z"), ("2026-01-15 04:30", "2026-01-15 04:30"),
            ("2026-01-15 9812033456", "2026-01-15 [number]"), ("2026-91-15", "[number]"), ("2026-01-1512", "[number]"),
        ]
    )
    func dates(text: String, shown: String) {
        #expect(NumberHiding.hide(in: text) == shown)
    }
}
