// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import DiagnosticsPage
import Events
import PartnerAPI
import TestSupport
import Testing

@testable import Rules

@Suite struct DiagnosticsPageTests {
    private static let page = try? DiagnosticsPage()
    private static let examples = page?.examples.filter { !$0.isConfiguration } ?? []

    @Test("a wrong example gives its finding and no other, a right one gives none", arguments: examples)
    func example(_ example: DiagnosticsExample) throws {
        let folder = try TemporaryFolder()
        var options = RuleCheckOptions(sources: ["shop"])
        for file in example.files {
            _ = try folder.write(file.name, bytes: file.bytes)
            guard file.name == "templates.json" else { continue }
            options.catalogue = TemplateCatalogue(try JSON(parsing: String(decoding: file.bytes, as: UTF8.self)))
        }
        let paths = example.paths.map { $0 == "." ? folder.path : folder.path($0) }
        let found = RuleFolder.check(paths, options: options).diagnostics
        #expect(Set(found.map(\.id.rawValue)) == (example.isRight ? [] : [example.id]), "\(found)")
    }

    @Test("every finding has a section with a wrong and a right example")
    func complete() throws {
        let page = try DiagnosticsPage()
        #expect(page.sections.map(\.id).sorted() == DiagnosticID.all.map(\.rawValue).sorted())
        for isRight in [false, true] {
            let shown = Set(page.examples.filter { $0.isRight == isRight }.map(\.id))
            #expect(DiagnosticID.all.map(\.rawValue).filter { !shown.contains($0) } == [])
        }
    }

    @Test("a section says whether the finding is an error")
    func severity() throws {
        let sections = try DiagnosticsPage().sections
        for id in DiagnosticID.all {
            let word = id.severity == .error ? "Error." : "Warning."
            #expect(sections.first { $0.id == id.rawValue }?.text.hasPrefix("\(id)\n\(word) ") == true, "\(id)")
        }
    }
}
