// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

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

    // MARK: The configuration

    /// A source's path that its sender does not accept.
    package static let refusedAddress = DiagnosticID("refused-address", .warning)
}
