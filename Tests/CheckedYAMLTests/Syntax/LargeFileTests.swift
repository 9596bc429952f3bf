// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CheckedYAML

/// What a file within its limit of one MiB can do: its reading costs what its length costs.
@Suite struct LargeFileTests {
    private func findings(_ text: String) -> [DiagnosticID] {
        var reader = YAMLReader(SourceText(path: "a.yaml", text: text))
        _ = reader.read()
        return reader.diagnostics.map(\.id)
    }

    @Test("a hundred thousand equal keys are one finding, and the text is not read for each")
    func equalKeys() {
        #expect(findings(String(repeating: "a: 1\n", count: 100_000)) == [.duplicateKey])
    }

    @Test("a small file is told every repeated key")
    func fewKeys() {
        #expect(findings(String(repeating: "key: 1\n", count: 20)).count == 19)
    }

    @Test("a MiB of line breaks is nothing, quietly")
    func lineBreaks() {
        #expect(findings("a: 1" + String(repeating: "\n", count: 1_000_000)) == [])
    }
}
