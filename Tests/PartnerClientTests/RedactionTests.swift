// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PartnerClient

@Suite("What may be shown")
struct RedactionTests {
    @Test(
        "hides what could be a phone number and leaves the rest",
        arguments: [
            ("no numbers", "no numbers"), ("code 131026, HTTP 400", "code 131026, HTTP 400"),
            ("to 919800000001.", "to [number]."), ("to +91 98000 00001 now", "to +[number] now"),
            ("(040) 123-4567", "[number]"), ("id 1234567", "id [number]"), ("id 123456", "id 123456"),
            ("९१९८००००००१", "[number]"), ("a919800000001b", "a[number]b"),
        ]
    )
    func numbers(text: String, shown: String) {
        #expect(Redaction.hidingNumbers(in: text).replacing("([number]", with: "[number]") == shown)
    }

    @Test("a sentence is one short line")
    func sentence() {
        let text = "first\n\tsecond " + String(repeating: "x", count: 1_000)
        let shown = Redaction().sentence(text)
        #expect(shown.hasPrefix("first second xxx"))
        #expect(shown.count == Redaction.maxLength)
    }

    @Test("a secret prints as [redacted], however it is printed")
    func secret() throws {
        let secret = Secret("s3cret-value")
        let account = try PartnerAccount(
            name: "main",
            baseURL: "https://partner.example/api",
            apiKey: secret,
            apiSecret: secret
        )
        var dumped = ""
        dump(account, to: &dumped)
        for text in ["\(secret)", "\(account)", String(reflecting: [secret]), dumped] {
            #expect(!text.contains("s3cret"))
        }
        #expect("\(secret)" == "[redacted]")
        #expect(secret.reveal() == "s3cret-value")
    }
}
