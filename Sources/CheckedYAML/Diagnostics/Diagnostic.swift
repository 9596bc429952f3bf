// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// A finding in a file that a user wrote: where it is, what was found, what was expected.
package struct Diagnostic: Error, Hashable, Sendable {
    /// How bad a finding is.
    package enum Severity: String, Hashable, Sendable {
        /// The rules of the folder cannot run.
        case error
        /// The rules run, and probably not as their writer meant.
        case warning
    }

    /// How bad it is.
    package let severity: Severity
    /// The kind of finding, a section of `docs/diagnostics.md`.
    package let id: DiagnosticID
    /// Where it is.
    package let location: SourceLocation
    /// One sentence without phone number or secret: what was found; what was expected.
    package let message: String
    /// What to do about it, such as `did you mean 'money'?`.
    package let hint: String?

    package init(_ id: DiagnosticID, at location: SourceLocation, _ message: String, hint: String? = nil) {
        severity = id.severity
        self.id = id
        self.location = location
        self.message = message
        self.hint = hint
    }

    /// The message and its hint.
    package var sentence: String {
        guard let hint else { return message }
        return "\(message); \(hint)"
    }
}

extension Diagnostic: CustomStringConvertible {
    /// One line as compilers write it: `rules/shop.yaml:12:9: error: unknown filter 'mony'; did you mean 'money'? [liquid]`.
    package var description: String { "\(location): \(severity.rawValue): \(sentence) [\(id)]" }
}

extension Diagnostic: Comparable {
    /// Order by place, then by id and message, so that a run's output does not depend on the order of the checks.
    package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        guard left.location == right.location else { return left.location < right.location }
        return (left.id.rawValue, left.message) < (right.id.rawValue, right.message)
    }
}

/// The kinds of findings; each has a section in `docs/diagnostics.md`.
///
/// `# hookline:ignore ID` silences a warning on its line, or on the next when nothing else stands on its line; errors
/// cannot be silenced.
package struct DiagnosticID: Hashable, Sendable, CustomStringConvertible {
    /// The stable name, such as `unknown-key`.
    package let rawValue: String
    /// How bad a finding of this kind is.
    package let severity: Diagnostic.Severity

    /// A kind of finding.
    ///
    /// - Parameters:
    ///   - rawValue: The stable name.
    ///   - severity: How bad a finding of this kind is.
    package init(_ rawValue: String, _ severity: Diagnostic.Severity = .error) {
        self.rawValue = rawValue
        self.severity = severity
    }

    /// The stable name.
    package var description: String { rawValue }
}

extension DiagnosticID {
    // MARK: The file

    /// The file or folder cannot be read.
    package static let fileUnreadable = DiagnosticID("file-unreadable")
    /// The file is larger than a rule file may be.
    package static let fileTooLarge = DiagnosticID("file-too-large")
    /// The file has bytes that are no UTF-8.
    package static let notUTF8 = DiagnosticID("not-utf8")
    /// The text is not YAML.
    package static let yamlSyntax = DiagnosticID("yaml-syntax")
    /// A tab stands where YAML wants spaces.
    package static let tab = DiagnosticID("tab")
    /// A value starts with `{{` and has no quotes around it.
    package static let unquotedBraces = DiagnosticID("unquoted-braces")
    /// A value in typographic quotes, which YAML takes for letters.
    package static let curlyQuotes = DiagnosticID("curly-quotes")
    /// A YAML anchor, alias or tag.
    package static let yamlFeature = DiagnosticID("yaml-feature")
    /// The same key twice in one mapping.
    package static let duplicateKey = DiagnosticID("duplicate-key")

    // MARK: The format

    /// A key that the format does not have.
    package static let unknownKey = DiagnosticID("unknown-key")
    /// A key that has to be there is not.
    package static let missingKey = DiagnosticID("missing-key")
    /// Keys that exclude each other.
    package static let conflictingKeys = DiagnosticID("conflicting-keys")
    /// A list where a text is expected, and the like.
    package static let wrongType = DiagnosticID("wrong-type")
    /// The right type and no possible value.
    package static let invalidValue = DiagnosticID("invalid-value")
    /// A number whose text has a meaning that the number loses, such as `0123`.
    package static let ambiguousNumber = DiagnosticID("ambiguous-number", .warning)
}

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
