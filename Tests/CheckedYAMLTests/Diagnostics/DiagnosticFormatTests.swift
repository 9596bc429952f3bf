// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@testable import CheckedYAML

/// Diagnostics for people, programs and GitHub.
@Suite struct DiagnosticFormatTests {
    private let findings = [
        Diagnostic(
            .unknownKey,
            at: SourceLocation(file: "a,b.yaml", line: 3, column: 5),
            "found 'x'; expected y",
            hint: "did you mean 'z'?"
        ),
        Diagnostic(.ambiguousNumber, at: SourceLocation(file: "a.yaml", line: 1, column: 1), "100% sure\nof it"),
    ]

    @Test("text is one line each, as compilers write it")
    func text() {
        let expected = """
            a,b.yaml:3:5: error: found 'x'; expected y; did you mean 'z'? [unknown-key]
            a.yaml:1:1: warning: 100% sure
            of it [ambiguous-number]

            """
        #expect(DiagnosticFormat.text.render(findings) == expected)
        #expect(DiagnosticFormat.text.render([]) == "")
    }

    @Test("json is an array with place, id, message and hint")
    func json() throws {
        let told = try JSON(parsing: DiagnosticFormat.json.render(findings))
        let expected: JSON = [
            "severity": "error", "id": "unknown-key", "file": "a,b.yaml", "line": 3, "column": 5,
            "message": "found 'x'; expected y", "hint": "did you mean 'z'?",
        ]
        #expect(told[0] == expected)
        #expect(told[1]?["hint"] == JSON.null)
    }

    @Test("github gets workflow commands, escaped")
    func github() {
        let expected = """
            ::error file=a%2Cb.yaml,line=3,col=5,title=unknown-key::found 'x'; expected y; did you mean 'z'?
            ::warning file=a.yaml,line=1,col=1,title=ambiguous-number::100%25 sure%0Aof it

            """
        #expect(DiagnosticFormat.github.render(findings) == expected)
    }
}
