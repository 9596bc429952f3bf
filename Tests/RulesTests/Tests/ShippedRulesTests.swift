// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Rules
import Testing

/// The rule files that users copy first.
@Suite struct ShippedRulesTests {
    @Test("the shipped rule files load without a single finding")
    func load() {
        let loaded = RuleFolder.load([Fixture.shippedRules])
        #expect(DiagnosticFormat.text.render(loaded.diagnostics) == "")
        #expect(loaded.rules != nil)
    }

    @Test("the shipped tests pass, and every shipped rule has one")
    func tests() {
        let report = RuleTestRunner.run([Fixture.shippedRules])
        #expect(report.isPassed, "\(report.text)")
        #expect(report.untested == [])
        #expect(report.results.count >= 16)
    }
}
