// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The forms in which diagnostics leave the program.
package enum DiagnosticFormat: String, CaseIterable, Sendable {
    /// One line each, for people and editors.
    case text
    /// An array of objects.
    case json
    /// Workflow commands that GitHub shows beside the changed line.
    case github

    /// Writes diagnostics.
    ///
    /// - Parameter diagnostics: In the order in which they are to appear.
    /// - Returns: Lines that each end in a line break; nothing for no diagnostics in text and github form.
    package func render(_ diagnostics: [Diagnostic]) -> String {
        switch self {
        case .text: diagnostics.map { "\($0)\n" }.joined()
        case .json: JSON.array(diagnostics.map(\.json)).text(.indented) + "\n"
        case .github: diagnostics.map { $0.workflowCommand + "\n" }.joined()
        }
    }
}

extension Diagnostic {
    /// The finding as data.
    package var json: JSON {
        [
            "severity": .string(severity.rawValue),
            "id": .string(id.rawValue),
            "file": .string(location.file),
            "line": .number(JSONNumber(location.line)),
            "column": .number(JSONNumber(location.column)),
            "message": .string(message),
            "hint": hint.map(JSON.string) ?? .null,
        ]
    }

    /// - SeeAlso: [Workflow commands](https://docs.github.com/actions/reference/workflow-commands-for-github-actions)
    fileprivate var workflowCommand: String {
        let place = "file=\(Self.escape(location.file, [":", ","])),line=\(location.line),col=\(location.column)"
        return "::\(severity.rawValue) \(place),title=\(id)::\(Self.escape(sentence, []))"
    }

    private static func escape(_ text: String, _ more: [Character]) -> String {
        var escaped = text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
        if more.contains(":") { escaped = escaped.replacing(":", with: "%3A") }
        if more.contains(",") { escaped = escaped.replacing(",", with: "%2C") }
        return escaped
    }
}
