// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import PartnerAPI
import Testing

@testable import Rules

/// The checks of `rules check` beyond mistakes, one golden file each; those named `template-` see a catalogue.
@Suite struct CheckTests {
    @Test("every doubt is told with its place", arguments: Fixture.all("checks"))
    func check(file: Fixture) throws {
        let golden = try GoldenFile(file)
        var options = RuleCheckOptions()
        if file.name.hasPrefix("template-") {
            let json = try JSON(parsing: try Fixture.named("templates.json").text())
            options.catalogue = TemplateCatalogue(json)
        }
        if file.name.hasPrefix("unknown-source") { options.sources = ["shop", "erp"] }
        let loaded = RuleFolder.check(texts: [(path: file.name, text: golden.input)], options: options)
        try golden.compare(loaded)
    }

    @Test("every kind of finding has a golden file that shows it")
    func everyKind() throws {
        let told = try (Fixture.all("checks") + Fixture.all("mistakes")).map { try $0.text() }.joined()
        let elsewhere: Set<DiagnosticID> = [.fileUnreadable, .fileTooLarge, .notUTF8, .refusedAddress]
        let missing = DiagnosticID.all.filter { !elsewhere.contains($0) && !told.contains("[\($0)]") }
        #expect(missing == [])
    }

    @Test("a source whose configuration has a country needs none in its rules")
    func sourceCountry() {
        let text = "source: shop\nrules: [{name: a, to: '{{ phone }}', send: {text: hi}}]"
        let options = RuleCheckOptions(sourcesWithCountry: ["shop"])
        #expect(RuleFolder.check(texts: [(path: "a.yaml", text: text)], options: options).diagnostics == [])
    }
}
