// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import PartnerAPI
import Rules
import ScriptedCatalogues
import Testing

@testable import TemplateCatalogues

@Suite("Alerts on templates that rules use")
struct TemplateAlertTests {
    private static let rules = """
        version: 1
        rules:
          - name: paid
            to: "{{ phone }}"
            send: {template: order_paid, language: [en_US, en]}
            otherwise: {template: order_paid_short}
          - name: shipped
            to: "{{ phone }}"
            send: {template: order_shipped, account: second}
          - name: any
            to: "{{ phone }}"
            send: {template: order_paid_short, account: "{{ workspace }}"}
          - name: named-by-the-event
            to: "{{ phone }}"
            send: {template: "{{ template }}"}
          - name: "off"
            enabled: false
            to: "{{ phone }}"
            send: {template: nobody_has_it}
        """

    private static let good = catalogue(
        ("order_paid", "en", "APPROVED"),
        ("order_paid_short", "en", "APPROVED"),
        ("order_shipped", "en", "APPROVED")
    )

    private func alerts(_ catalogues: [String: TemplateCatalogue]) throws -> [String] {
        let (rules, diagnostics) = RuleFolder.load(texts: [("rules.yaml", Self.rules)])
        let uses = try #require(rules, "\(diagnostics)").templateUses(for: ["shop"])
        return TemplateAlert.find(uses, in: catalogues, standard: "main").map { "\($0.account): \($0.description)" }
    }

    @Test("the rules' templates are known with languages, account and place; names that Liquid makes are not")
    func uses() throws {
        let (rules, diagnostics) = RuleFolder.load(texts: [("rules.yaml", Self.rules)])
        let uses = try #require(rules, "\(diagnostics)").templateUses(for: ["shop"])
        #expect(uses.map(\.rule) == ["paid", "paid", "shipped", "any"])
        #expect(uses.map(\.name) == ["order_paid", "order_paid_short", "order_shipped", "order_paid_short"])
        #expect(uses.map(\.languages) == [["en_US", "en"], [], [], []])
        #expect(uses.map(\.account) == [.standard, .standard, .named("second"), .computed])
        #expect(uses.map(\.isFallback) == [false, true, false, false])
    }

    @Test("the templates of rules about sources that there are not are left out")
    func otherSources() throws {
        func text(_ name: String, _ source: String) -> (path: String, text: String) {
            let rule = "rules:\n  - {name: \(name), to: \"919812345670\", send: {template: of_\(name)}}\n"
            return ("\(name).yaml", "version: 1\n\(source)\(rule)")
        }
        let (rules, diagnostics) = RuleFolder.load(texts: [
            text("ours", "source: [shop, erp]\n"), text("theirs", "source: elsewhere\n"), text("all", ""),
        ])
        let uses = try #require(rules, "\(diagnostics)").templateUses(for: ["erp"])
        #expect(uses.map(\.name) == ["of_ours", "of_all"])
    }

    @Test("there are none while each account has what its rules use")
    func none() throws {
        #expect(try alerts(["main": Self.good, "second": Self.good]) == [])
    }

    @Test("there are none for accounts whose templates nobody knows")
    func unknownAccounts() throws {
        #expect(try alerts([:]) == [])
        #expect(try alerts(["main": Self.good]) == [])
    }

    @Test("a paused template is one alert that names the rules, a language that is left is none")
    func paused() throws {
        let paused = catalogue(
            ("order_paid", "en_US", "PAUSED"),
            ("order_paid", "en", "APPROVED"),
            ("order_paid_short", "en", "PAUSED")
        )
        #expect(
            try alerts(["main": paused]) == [
                "main: the template 'order_paid_short' (en) is PAUSED, not APPROVED; used by paid, any"
            ]
        )
    }

    @Test("a template that is gone is looked for in the account that its rule names")
    func gone() throws {
        #expect(
            try alerts(["main": Self.good, "second": catalogue()]) == [
                "second: no template has the name 'order_shipped'; used by shipped"
            ]
        )
    }

    @Test("an account that the event names is alerted on only when no account has the template")
    func computed() throws {
        let without = catalogue(("order_paid", "en", "APPROVED"), ("order_shipped", "en", "APPROVED"))
        #expect(try alerts(["main": Self.good, "second": without]) == [])
        #expect(
            try alerts(["main": without, "second": without]) == [
                "main: no template has the name 'order_paid_short'; used by paid, any"
            ]
        )
    }
}
