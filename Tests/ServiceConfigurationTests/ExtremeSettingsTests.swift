// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import ExtremeNumbers
import HTTPValues
import ServiceConfiguration
import Testing

@Suite("Numbers in the configuration")
struct ExtremeSettingsTests {
    private static let places = [
        "listen: 127.0.0.1:X", "listen: X", "admin: {listen: '[::1]:X'}", "retention: Xd", "retention: X", "drain: Xs",
        "transport: {connect_timeout: Xms, timeout: Xw}", "transport: {timeout: X}",
        "accounts: {main: {base_url: 'http://127.0.0.1:X', api_key: k, api_secret: s}}",
        "accounts: {main: {base_url: http://127.0.0.1, api_key: k, api_secret: s, rate: X/s}}",
        "accounts: {main: {base_url: http://127.0.0.1, api_key: k, api_secret: s, rate: X/h, max_in_flight: X}}",
        "sources: {shop: {secrets: [s], max_body: XMiB, rate: X/m, dedupe_window: Xd, enrich_for: Xh}}",
        "sources: {shop: {secrets: [s], allowed_rate: X, verify: {tolerance: Xm}}}",
        "sources: {shop: {secrets: [s], enrich: {url: 'https://h:X/a', timeout: Xs, cache: X}}}",
        "log: {level: X}",
    ]

    @Test("is taken or refused with its place", arguments: places)
    func reading(_ place: String) {
        for number in ExtremeNumbers.all {
            var text = place.replacing("X", with: number) + "\n"
            if !place.hasPrefix("accounts") {
                text += "accounts: {main: {base_url: http://127.0.0.1, api_key: k, api_secret: s}}\n"
            }
            if !place.hasPrefix("sources") { text += "sources: {shop: {secrets: [s]}}\n" }
            let bytes = Array(text.utf8)
            let environment = SettingsEnvironment(variables: [:]) { $0 == "hookline.yaml" ? bytes : nil }
            var reader = SettingsReader(path: "hookline.yaml", environment: environment)
            let (settings, diagnostics) = reader.read()
            #expect((settings == nil) == diagnostics.contains { $0.severity == .error }, "\(text)")
            guard let settings else { continue }
            #expect((0...65_535).contains(settings.listen.port))
            #expect(settings.accounts.allSatisfy { (1...1_000).contains($0.maxInFlight) })
        }
    }
}
