// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import PartnerClient

@Suite("What may be shown")
struct RedactionTests {
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
