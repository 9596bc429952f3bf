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

    @Test("rules of many files are held against each other, whatever sources and types they name")
    func relations() {
        func file(_ path: String, _ head: String, _ rules: String...) -> (path: String, text: String) {
            (path, "version: 1\n\(head)\nrules:\n" + rules.map { "  - {\($0), to: '+919845061237'}\n" }.joined())
        }
        func send(_ name: String, _ more: String, _ content: String = "template: thanks") -> String {
            "name: \(name), \(more) send: {\(content)}"
        }
        let files = [
            file(
                "1.yaml",
                "source: [shop, till]",
                send("both", "event: [order.paid, order.sent],"),
                send("matched", "event: note, match: {a: 1},"),
                send("stops", "event: 'bill.*', stop: true,", "text: hi")
            ),
            file(
                "2.yaml",
                "source: till",
                send("till", "event: order.sent,"),
                send("open", "event: 'order.*', headers: {b: c},"),
                send("other", "event: note, match: {a: 2},"),
                send("hidden", "event: ['bill.*', bill.due],", "text: hi")
            ),
            file("3.yaml", "source: desk", send("desk", "event: order.sent,"), send("seen", "event: bill.due,")),
            file("4.yaml", "", send("all", ""), send("last", "stop: true,", "text: hi")),
            file("5.yaml", "source: new", send("never", "event: x,", "text: hi")),
        ]
        let found = RuleFolder.check(texts: files).diagnostics.map { "\($0.location) \($0.id)" }
        #expect(
            found == [
                "2.yaml:4:6 same-template", "2.yaml:7:6 shadowed-rule", "4.yaml:4:6 same-template",
                "5.yaml:4:6 shadowed-rule",
            ]
        )
    }

    @Test("a word for a zone is found in a format wherever the format stands, and nowhere else")
    func zoneWords() {
        let text = """
            source: shop
            rules:
              - name: a
                to: "+919845061237"
                send:
                  text: |
                    {% comment %}{{ at | date: '%H UTC' }}{% endcomment %}{{ at | date: '%-H %%Z' }}
                    {% assign day = at | date: "%d", 'UTC' | append: ' IST' %}{{ day }}
                    {% if a %}{{ at | upcase | date: '%-d.%m. %H IST' }}{% endif %}
            """
        let found = RuleFolder.check(texts: [(path: "a.yaml", text: text)]).diagnostics
        #expect(found.map { "\($0.location) \($0.id)" } == ["a.yaml:9:54 zone-in-format"])
    }
}
