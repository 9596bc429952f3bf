// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import CheckedYAML

/// The depth of a text is what YAML makes of it, wherever its brackets stand.
@Suite struct NestingTests {
    private func read(_ text: String) -> (root: YAMLNode?, found: [Diagnostic]) {
        var reader = YAMLReader(SourceText(path: "a.yaml", text: text))
        let root = reader.read()
        return (root, reader.diagnostics)
    }

    @Test(
        "JSON over many lines, with closing brackets on lines of their own, is as deep as it is",
        arguments: [49, 500]
    )
    func json(count: Int) {
        let sources = (0..<count).map { number in
            "    \"shop-\(number)\": {\n      \"preset\": \"shopify\",\n      \"secrets\": [\n        \"a\"\n      ]\n    }"
        }
        let (root, found) = read("{\n  \"sources\": {\n\(sources.joined(separator: ",\n"))\n  }\n}\n")
        #expect(found == [])
        #expect(root?["sources"]?.entries?.count == count)
    }

    @Test("brackets inside texts count for nothing")
    func texts() {
        let text =
            "a: \"\(String(repeating: "[{", count: 300))\"\nb: |\n  \(String(repeating: "[", count: 300))\nc: x [[[\n"
        #expect(read(text).found == [])
    }

    @Test("a hundred levels are read, more are one finding with its place")
    func depth() {
        let deepest = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(read(deepest).found == [])
        let (root, found) = read("[\n" + deepest + "\n, [" + deepest + "]]")
        #expect(root == nil)
        #expect(
            found.map(\.description) == [
                "a.yaml:2:100: error: found more than 100 levels of nesting; expected a rule file [yaml-syntax]"
            ]
        )
    }
}
