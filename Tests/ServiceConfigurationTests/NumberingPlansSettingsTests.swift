// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import ServiceConfiguration
import Testing
import Webhooks

@Suite("Numbering plans in the configuration")
struct NumberingPlansSettingsTests {
    private func read(_ line: String, files: [String: [UInt8]] = [:]) -> (settings: Settings?, findings: [String]) {
        let text = """
            accounts:
              main: {base_url: https://partner.example/api/v1/public, api_key: pk_1, api_secret: s}
            sources:
              shop: {secrets: [s], country: UK, allow_numbers: [landline]}
            \(line)
            """
        let environment = SettingsEnvironment(variables: [:]) { path in
            path == "etc/hookline.yaml" ? Array(text.utf8) : files[path]
        }
        var reader = SettingsReader(path: "etc/hookline.yaml", environment: environment)
        let (settings, diagnostics) = reader.read()
        return (settings, diagnostics.map(\.description))
    }

    @Test("without the key the built-in plans hold")
    func none() throws {
        let read = read("")
        #expect(read.findings == [])
        #expect(try #require(read.settings).numberingPlans == nil)
        #expect(read.settings?.useNumberingPlans() == nil)
    }

    @Test("a file that cannot be read, or is no such file, is a mistake of the configuration with its place")
    func mistakes() {
        #expect(
            read("numbering_plans: plans.bin").findings == [
                "etc/hookline.yaml:5:18: error: the file 'plans.bin' of the numbering plans cannot be read [invalid-value]"
            ]
        )
        let found = read("numbering_plans: plans.bin", files: ["etc/plans.bin": Array("{}".utf8)]).findings
        #expect(
            found == [
                "etc/hookline.yaml:5:18: error: the numbering plans 'plans.bin': this is no file of numbering plans; expected one that 'make numbering-plans' wrote [invalid-value]"
            ]
        )
    }

    @Test("a source may allow kinds of numbers, and call Britain UK")
    func source() throws {
        let source = try #require(read("").settings?.sources.first)
        #expect(source.allowedNumbers == ["landline"])
        #expect(source.country == "GB")
    }
}
