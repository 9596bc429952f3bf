// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CheckedYAML

/// What is no YAML, told in words of the file, with its place; and reading goes on behind it where it can.
@Suite struct SyntaxAdviceTests {
    private func found(_ text: String) -> [String] {
        YAMLFile.read(path: "a", bytes: Array(text.utf8)).diagnostics.map {
            "\($0.location.line):\($0.location.column) \($0.sentence) [\($0.id)]"
        }
    }

    @Test(
        "a value that begins with a character of YAML's own is shown with quotes around it",
        arguments: [
            ("@ops", "'@' begins no text without quotes", "'@ops'"),
            ("%5", "'%' begins no text without quotes", "'%5'"),
            ("`a`", "'`' begins no text without quotes", "'`a`'"),
            ("*x", "'*' stands for an alias", "'*x'"), ("@it's", "'@' begins no text without quotes", "\"@it's\""),
        ]
    )
    func characters(value: String, meaning: String, quoted: String) {
        let advice = SyntaxAdvice.find(in: "to: \(value)", column: 5)
        #expect(
            advice?.message == "found \(value) without quotes: \(meaning) in YAML; expected quotes around the text"
        )
        #expect(advice?.hint == "write \(quoted)")
    }

    @Test("a comparison is shown as a pattern writes it", arguments: [(">500", "gt: 500"), (">= 1.5", "gte: 1.5")])
    func comparisons(value: String, pattern: String) {
        let advice = SyntaxAdvice.find(in: "  total: \(value)", column: 10)
        #expect(advice?.hint == "write '\(value)'; in a pattern, [{\(pattern)}]")
    }

    @Test("an ordinary value gives no advice", arguments: ["to: a", "to:", "", "- - x", "{a: b, c: d}"])
    func nothing(line: String) {
        for column in 1...10 { #expect(SyntaxAdvice.find(in: line, column: column) == nil) }
    }

    @Test(
        "typographic quotes are told by their place, and the text is shown with straight ones",
        arguments: [("“Hello”", "write \"Hello\""), ("‘say \"hi\"’", "write 'say \"hi\"'"), ("«a»", "write \"a\"")]
    )
    func curlyQuotes(value: String, hint: String) throws {
        let inner = try #require(CurlyQuotes.inner(of: value))
        #expect(CurlyQuotes.advice(value, inner, isShown: true).hint == hint)
        #expect(CurlyQuotes.advice(value, inner, isShown: false).hint == "write \" or ' in their place")
        let told = found("a: \(value)\nb: 1")
        #expect(told.count == 1 && told[0].hasPrefix("1:4 found the typographic quotes"))
    }

    @Test("what may be a number of a person is not repeated in the advice")
    func numbers() {
        let advice = CurlyQuotes.advice("“+91 98450 61237”", "+91 98450 61237", isShown: true)
        #expect(advice.hint == "write \" or ' in their place")
    }

    @Test("tabs in the indentation and braces without quotes are all told in one run")
    func several() {
        let told = found("a:\n\tb: 1\nto: {{ phone }}\nc: 2\n")
        #expect(told.map { $0.prefix(3) } == ["2:1", "3:5"])
        #expect(told.first == "2:1 found a tab in the indentation; expected spaces [tab]")
        #expect(told.last?.hasSuffix("[unquoted-braces]") == true)
    }

    @Test("every repeated key is told at its own place, and the values are read")
    func repeatedKeys() {
        let told = found("name: 1\nother: 2\nname: 3\n'name': 4\nother: 5\n")
        #expect(told.count == 3)
        #expect(told.allSatisfy { $0.hasSuffix("[duplicate-key]") })
        #expect(told.map { $0.prefix(1) } == ["3", "4", "5"])
    }

    @Test("bytes that are no UTF-8, and a file that is too large, are told with their place")
    func bytes() {
        let broken = YAMLFile.read(path: "a", bytes: Array("a: é\nb: ".utf8) + [0xFF])
        #expect(
            broken.diagnostics.map(\.description) == [
                "a:2:4: error: found bytes that are not UTF-8; expected a file saved as UTF-8 [not-utf8]"
            ]
        )
        let large = YAMLFile.read(path: "a", bytes: [UInt8](repeating: 35, count: SourceText.maxBytes + 1))
        #expect(large.root == nil)
        #expect(large.diagnostics.map(\.id) == [.fileTooLarge])
    }

    @Test(
        "anchors, aliases and tags are no part of these files",
        arguments: ["a: &x 1", "a: !!str 1", "a: !x 1"]
    )
    func features(text: String) {
        #expect(found(text).map { $0.hasSuffix("[yaml-feature]") } == [true])
    }
}
