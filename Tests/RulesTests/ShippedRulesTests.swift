// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Foundation
import PartnerAPI
import Rehearsal
import Testing
import Webhooks

@testable import Rules

/// The rule files that users copy first.
@Suite struct ShippedRulesTests {
    private static var files: [Fixture] {
        Fixture.files(in: Fixture.shippedRules).filter { $0.name.hasSuffix(".yaml") }
    }

    /// What the service knows of the senders.
    private static var senders: KnownSenders {
        KnownSenders(presets: Dictionary(uniqueKeysWithValues: Preset.all.map { ($0.name, $0.conventions) }))
    }

    /// The templates whose texts stand in the comments above the rules: `# Template NAME:` and the text after it.
    private static func catalogue() throws -> TemplateCatalogue {
        var records: [JSON] = []
        for file in files {
            for block in try file.text().components(separatedBy: "# Template ").dropFirst() {
                let name = block.prefix { $0 != ":" }
                let lines = block.dropFirst(name.count + 1).split(separator: "\n", omittingEmptySubsequences: false)
                let more = lines.dropFirst().map { $0.drop { $0 == " " } }.prefix { $0.hasPrefix("#   ") }
                let text = ([lines.first ?? ""] + more.map { $0.dropFirst() }).joined(separator: " ")
                records.append([
                    "name": .string(String(name)), "language": "en_US",
                    "components": [["type": "BODY", "text": .string(text)]],
                ])
            }
        }
        return TemplateCatalogue(.array(records)) ?? TemplateCatalogue([])
    }

    @Test("the shipped rule files have not a single finding, held against the templates in their comments")
    func findings() throws {
        let options = RuleCheckOptions(catalogue: try Self.catalogue(), senders: Self.senders)
        let checked = RuleFolder.check([Fixture.shippedRules], options: options)
        #expect(DiagnosticFormat.text.render(checked.diagnostics) == "")
        #expect(checked.rules != nil)
    }

    @Test("the shipped tests pass, and every shipped rule has one")
    func tests() {
        let report = RuleTestRunner.run([Fixture.shippedRules], senders: Self.senders)
        #expect(report.isPassed, "\(report.text)")
        #expect(report.untested == [])
        #expect(report.results.count >= 55)
    }

    @Test("every shipped rule says what it is for")
    func descriptions() throws {
        let rules = try #require(RuleFolder.load([Fixture.shippedRules]).rules)
        #expect(rules.summaries.filter { $0.summary == nil }.map(\.name) == [])
    }
}
