// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Foundation
import Testing

@testable import Rules

/// What the documentation says is what the program does.
@Suite struct DocumentationTests {
    private func page(_ name: String) throws -> String {
        let tests = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.deletingLastPathComponent().appending(path: "docs/\(name)")
        return try String(contentsOf: file, encoding: .utf8)
    }

    @Test("every whole rule file of the guide loads without a finding")
    func guide() throws {
        let blocks = try page("rules.md").components(separatedBy: "```yaml\n").dropFirst()
        let files = blocks.compactMap { $0.components(separatedBy: "\n```").first }.filter { $0.contains("rules:\n") }
        #expect(!files.isEmpty)
        for file in files {
            #expect(RuleFolder.load(texts: [(path: "guide.yaml", text: file)]).diagnostics == [])
        }
    }

    @Test("every piece of a rule in the guide is one that a rule can have")
    func pieces() throws {
        let blocks = try page("rules.md").components(separatedBy: "```yaml\n").dropFirst()
        let pieces = blocks.compactMap { $0.components(separatedBy: "\n```").first }.filter { $0.hasPrefix("    ") }
        #expect(pieces.count >= 6)
        for piece in pieces where !piece.contains("    to: ") {
            var rule = "source: shop\nrules:\n  - name: piece\n\(piece)\n"
            if !piece.contains("\n    send:") && !piece.hasPrefix("    send:") { rule += "    send: {text: hi}\n" }
            rule += "    to: \"{{ phone }}\"\n"
            let found = RuleFolder.load(texts: [(path: "guide.yaml", text: rule)]).diagnostics
            #expect(found == [], "\(piece)")
        }
    }
}
