// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import PartnerAPI
import PartnerClient
import Rules
import ScriptedCatalogues
import TestSupport
import Testing

@testable import TemplateCatalogues

@Suite("Rules whose templates nobody has are kept out", .timeLimit(.minutes(10)))
struct TemplateGateTests {
    private static let known = catalogue(("order_paid", "en", "APPROVED"), ("refund", "en", "PENDING"))

    private func rules(_ sends: String...) throws -> RuleSet {
        let list = sends.enumerated().map { "  - {name: r\($0), to: \"{{ phone }}\", send: \($1)}" }
        let text = "version: 1\nsource: shop\ndefaults: {country: IN}\nrules:\n" + list.joined(separator: "\n")
        let (rules, diagnostics) = RuleFolder.load(texts: [("shop.yaml", text)])
        return try #require(rules, "\(diagnostics)")
    }

    private func findings(
        _ rules: RuleSet,
        beside running: RuleSet = .empty,
        _ answer: Result<TemplateCatalogue, PartnerClientError> = .success(known),
        readings: Int = 1
    ) async throws -> [String] {
        try await withTemporaryFolder { folder in
            let harness = CatalogueHarness(folder: folder, partner: ScriptedTemplates(.success(Self.known)))
            let templates = harness.templates()
            if readings > 1 { await templates.refresh() }
            harness.partner.answer(answer)
            let gate = TemplateGate(templates: templates, sources: ["shop"])
            if readings > 0 { await gate.refresh() }
            return gate.refusals(of: rules, beside: running).map { "\($0.finding)" }
        }
    }

    @Test("a misspelt name and a language that the template lacks are findings at their place")
    func slips() async throws {
        let rules = try rules(
            "{template: order_piad}",
            "{template: order_paid, language: en_UK}",
            "{template: order_paid}"
        )
        #expect(
            try await findings(rules) == [
                "shop.yaml:5:52: error: found 'order_piad': no template has the name 'order_piad'; did you mean 'order_paid'? [unknown-template]",
                "shop.yaml:6:52: error: found 'order_paid': the template 'order_paid' has no language en_UK; it has en [template-not-approved]",
            ]
        )
    }

    @Test("what the running rules name already, what waits for approval, and rules in shadow are none")
    func alerts() async throws {
        let gone = try rules("{template: gone}")
        #expect(try await findings(gone, beside: gone) == [])
        #expect(try await findings(rules("{template: refund}")) == [])
        let shadow = "version: 1\nrules:\n  - {name: a, mode: shadow, to: \"919845061237\", send: {template: later}}"
        let (loaded, _) = RuleFolder.load(texts: [("a.yaml", shadow)])
        #expect(try await findings(try #require(loaded)) == [])
    }

    @Test("nothing is kept out while nobody knows the templates, or on the word of an old copy")
    func unknown() async throws {
        let rules = try rules("{template: order_piad}", "{template: t, account: elsewhere}")
        #expect(try await findings(rules, readings: 0) == [])
        #expect(try await findings(rules, .failure(CatalogueHarness.away), readings: 2) == [])
    }
}
