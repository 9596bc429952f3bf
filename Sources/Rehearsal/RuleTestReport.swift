// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import Events

/// How one test ended.
package struct RuleTestResult: Sendable {
    /// What the test shows.
    package let name: String
    /// Where it is.
    package let location: SourceLocation
    /// The differences in readable form; empty for a test that passed.
    package let failures: [String]

    /// Whether every message was as expected.
    package var isPassed: Bool { failures.isEmpty }
}

/// How all tests ended.
package struct RuleTestReport: Sendable {
    /// By file and place.
    package let results: [RuleTestResult]
    /// What was found while rules and tests were read; with an error in it no test ran.
    package let diagnostics: [Diagnostic]
    /// The rules of which no test made a message or a reason.
    package let untested: [String]

    /// Whether everything could be read, there was a test, and every test passed.
    package var isPassed: Bool {
        !results.isEmpty && results.allSatisfy(\.isPassed) && !diagnostics.contains { $0.severity == .error }
    }

    /// The report for people: every failure with its differences, then the count.
    package var text: String {
        let errors = diagnostics.filter { $0.severity == .error }
        let failed = results.filter { !$0.isPassed }
        var text = DiagnosticFormat.text.render(errors)
        for result in failed {
            text += "FAIL \(result.location) \(result.name)\n"
            for failure in result.failures { text += failure.split(separator: "\n").map { "  \($0)\n" }.joined() }
        }
        guard results.isEmpty else { return text + "\(results.count.counted("test")), \(failed.count) failed\n" }
        guard errors.isEmpty else { return text + "no test ran, because of \(errors.count.counted("error"))\n" }
        return "found no tests; expected 'tests' beside a rule, or files such as 'orders_test.yaml'\n"
    }

    /// The report as data.
    package var json: JSON {
        let tests = results.map { result -> JSON in
            [
                "name": .string(result.name), "file": .string(result.location.file),
                "line": .number(JSONNumber(result.location.line)), "passed": .bool(result.isPassed),
                "failures": .array(result.failures.map(JSON.string)),
            ]
        }
        return [
            "passed": .bool(isPassed), "tests": .array(tests), "diagnostics": .array(diagnostics.map(\.json)),
            "untested": .array(untested.map(JSON.string)),
        ]
    }

    /// The report in JUnit's XML, which build servers read; a suite for each file.
    ///
    /// - SeeAlso: [The schema](https://github.com/testmoapp/junitxml)
    package var junit: String {
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        let failures = results.count { !$0.isPassed }
        let errors = diagnostics.filter { $0.severity == .error }
        xml +=
            "<testsuites tests=\"\(results.count + errors.count)\" failures=\"\(failures)\" errors=\"\(errors.count)\">\n"
        let files = Set(results.map(\.location.file) + errors.map(\.location.file)).sorted()
        for file in files {
            xml += suite(file, results.filter { $0.location.file == file }, errors.filter { $0.location.file == file })
        }
        return xml + "</testsuites>\n"
    }

    private func suite(_ file: String, _ results: [RuleTestResult], _ errors: [Diagnostic]) -> String {
        let failures = results.count { !$0.isPassed }
        let count = results.count + errors.count
        var xml =
            "  <testsuite name=\(quoted(file)) tests=\"\(count)\" failures=\"\(failures)\" errors=\"\(errors.count)\">\n"
        for result in results {
            let head =
                "    <testcase name=\(quoted(result.name)) classname=\(quoted(file)) line=\"\(result.location.line)\""
            guard !result.isPassed else {
                xml += head + "/>\n"
                continue
            }
            let message = quoted(result.failures.first?.split(separator: "\n").first.map(String.init) ?? "")
            xml += head + ">\n      <failure message=\(message)>"
            xml += escaped(result.failures.joined(separator: "\n")) + "</failure>\n    </testcase>\n"
        }
        for error in errors {
            xml += "    <testcase name=\(quoted(error.id.rawValue)) classname=\(quoted(file))>\n"
            xml +=
                "      <error message=\(quoted(error.sentence))>\(escaped(error.description))</error>\n    </testcase>\n"
        }
        return xml + "  </testsuite>\n"
    }

    private func quoted(_ text: String) -> String { "\"\(escaped(text).replacing("\n", with: "&#10;"))\"" }

    /// The text for XML; control characters, which XML 1.0 cannot hold, become U+FFFD.
    private func escaped(_ text: String) -> String {
        let clean = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.value < 0x20 && !"\n\t".unicodeScalars.contains(scalar) ? "\u{FFFD}" : scalar
                }
            )
        )
        return clean.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
