// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import DiagnosticsPage
import Events
import ServiceConfiguration
import Testing

@Suite struct DiagnosticsPageTests {
    private static let page = try? DiagnosticsPage()
    private static let examples = page?.examples.filter(\.isConfiguration) ?? []

    @Test("a wrong configuration gives its finding and no other, a right one gives none", arguments: examples)
    func example(_ example: DiagnosticsExample) {
        let account = "accounts: {main: {base_url: https://partner.example/v1, api_key: pk_1, api_secret: sk_1}}\n"
        let environment = SettingsEnvironment(variables: [:]) { path in
            path == "hookline.yaml" ? Array((account + example.text).utf8) : nil
        }
        var reader = SettingsReader(path: "hookline.yaml", environment: environment)
        let diagnostics = reader.read().diagnostics
        #expect(Set(diagnostics.map(\.id.rawValue)) == (example.isRight ? [] : [example.id]))
    }

    @Test("there are examples of both kinds")
    func complete() {
        #expect(Set(Self.examples.map(\.isRight)) == [true, false])
    }
}
