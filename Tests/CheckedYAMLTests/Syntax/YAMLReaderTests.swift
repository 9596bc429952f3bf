// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import CheckedYAML

/// YAML 1.2 with the core schema, and places for everything.
@Suite struct YAMLReaderTests {
    private func read(_ text: String) throws -> YAMLNode {
        var reader = YAMLReader(SourceText(path: "a.yaml", text: text))
        let root = reader.read()
        #expect(reader.diagnostics == [])
        return try #require(root)
    }

    @Test(
        "words of YAML 1.1 and numbers with a meaning in their digits keep their text where a text is wanted",
        arguments: [
            "no", "on", "off", "NO", "yes", "+919876543210", "007", "1.50", "12345678901234567890", "0123", "12:30",
            "1_000", "0x1F",
        ]
    )
    func texts(word: String) throws {
        #expect(try read("a: \(word)")["a"]?.text == word)
    }

    @Test(
        "plain scalars are JSON values by the core schema of YAML 1.2",
        arguments: [
            ("no", JSON.string("no")), ("On", "On"), ("true", true), ("FALSE", false), ("tRue", "tRue"), ("~", nil),
            ("null", nil),
            ("12", 12), ("007", 7), ("0o17", 15), ("0x1F", 31), ("+5", 5), ("-5", -5), ("1:30", "1:30"),
            ("1_000", "1_000"), (".", "."),
            ("1.2.3", "1.2.3"), ("2026-01-15", "2026-01-15"), ("=", "="), ("<<", "<<"), ("'12'", "12"),
            ("\"true\"", "true"), (".inf", ".inf"),
        ]
    )
    func values(text: String, value: JSON) throws {
        let entry = try #require(try read("a: \(text)").entries?.first)
        #expect(entry.value.json == value)
    }

    @Test(
        "decimals are numbers by their exact value, in all of YAML's spellings",
        arguments: [
            ("1.50", "1.5"), (".5", "0.5"), ("5.", "5"), ("1e3", "1000"), ("-.5e-1", "-0.05"), ("+1.0", "1"),
        ]
    )
    func decimals(text: String, value: String) throws {
        let node = try #require(try read("a: \(text)")["a"])
        #expect(node.json == .number(try #require(JSONNumber(value))))
    }

    @Test("keys are texts, whatever they look like")
    func keys() throws {
        #expect(try read("1: a\ntrue: b\nno: c").entries?.map(\.key) == ["1", "true", "no"])
    }

    @Test("every node keeps its place, in letters and not in bytes")
    func places() throws {
        let root = try read("é: 'ü'\nlist:\n  - {k: v}\n")
        let element = try #require(root["list"]?.elements?.first)
        #expect(root.entries?[0].value.location.description == "a.yaml:1:4")
        #expect(element.entries?[0].keyLocation.description == "a.yaml:3:6")
        #expect(element["k"]?.location.description == "a.yaml:3:9")
    }

    @Test("a byte order mark and Windows line ends are passed over")
    func windows() throws {
        let source = try SourceText(path: "a.yaml", bytes: [0xEF, 0xBB, 0xBF] + Array("a: 1\r\nb: x\r\n".utf8))
        var reader = YAMLReader(source)
        let root = reader.read()
        #expect(root?["b"]?.text == "x")
        #expect(source.lines[0].count == 4)
    }

    @Test("stars and ampersands inside texts are no aliases")
    func stars() throws {
        let root = try read("a: \"*bold* & more\"\nb: |\n  *bold*\n  {{ name }}\nc: Salt & *pepper*")
        #expect(root["b"]?.text == "*bold*\n{{ name }}\n")
        #expect(root["c"]?.text == "Salt & *pepper*")
    }

    @Test("five thousand brackets are refused and not followed")
    func deep() {
        for text in [String(repeating: "[", count: 5_000), String(repeating: "- ", count: 5_000) + "a"] {
            var reader = YAMLReader(SourceText(path: "a.yaml", text: text))
            #expect(reader.read() == nil)
            #expect(reader.diagnostics.map(\.id) == [.yamlSyntax])
        }
    }
}
