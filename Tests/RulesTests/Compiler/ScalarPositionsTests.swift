// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Testing

@testable import Rules

/// A mistake inside Liquid is shown where it stands in the file, however YAML wrote the text.
@Suite struct ScalarPositionsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// A mapping with the key `a`, in whose text a `@` stands.
        let yaml: String
    }

    static let rows = [
        Row(testDescription: "plain", yaml: "a: hello @ you"),
        Row(testDescription: "double-quoted", yaml: #"a: "hello @ you""#),
        Row(testDescription: "single-quoted with a quote", yaml: "a: 'it''s @ you'"),
        Row(testDescription: "double-quoted with escapes", yaml: #"a: "\t\"\x41\u00e9 @""#),
        Row(testDescription: "a line break by escape", yaml: #"a: "one\ntwo @""#),
        Row(testDescription: "double-quoted over lines", yaml: "a: \"one\n   two @\""),
        Row(testDescription: "double-quoted with an empty line", yaml: "a: \"one\n\n   two @\""),
        Row(testDescription: "plain over lines", yaml: "a: one\n   two\n   three @ four"),
        Row(testDescription: "literal", yaml: "a: |\n  one\n\n  two @\n"),
        Row(testDescription: "literal with deeper lines", yaml: "a: |-\n  one\n    two @\n"),
        Row(testDescription: "folded", yaml: "a: >\n  one\n  two @\n"),
        Row(testDescription: "folded with an empty line", yaml: "a: >-\n  one\n\n  two @\n"),
        Row(testDescription: "letters beyond ASCII", yaml: "a: \"é 👍 @\""),
    ]

    @Test("the place of a letter is the place in the file", arguments: rows)
    func place(row: Row) throws {
        let source = SourceText(path: "a.yaml", text: row.yaml)
        var reader = YAMLReader(source)
        let root = reader.read()
        let node = try #require(root?["a"])
        let scalar = try #require(node.scalar)
        let lines = scalar.text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains("@") })
        let column = try #require(
            lines[line].firstIndex(of: "@").map { lines[line].distance(from: lines[line].startIndex, to: $0) }
        )
        let place = ScalarPositions(scalar, at: node.location, in: source).location(line: line + 1, column: column + 1)
        #expect(source.lines[place.line - 1][place.column - 1] == "@")
    }
}
