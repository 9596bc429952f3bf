// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Rules
import Testing

@Suite struct NorwayTests {
    @Test("'no' is a country, in defaults and beside a number", arguments: ["no", "NO", "in"])
    func country(code: String) {
        let text = """
            source: shop
            defaults: {country: \(code)}
            rules:
              - {name: a, to: "{{ phone }}", send: {text: hi}}
              - {name: b, to: {phone: "{{ phone }}", country: \(code)}, send: {text: hi}}
            """
        #expect(RuleFolder.check(texts: [(path: "a.yaml", text: text)]).diagnostics == [])
    }
}
