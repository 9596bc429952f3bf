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

    private init(_ rawValue: String, _ severity: Diagnostic.Severity = .error) {
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
    /// The name of a rule that another rule has.
    package static let duplicateName = DiagnosticID("duplicate-name")
    /// A mistake in `match` or `headers`.
    package static let pattern = DiagnosticID("pattern")
    /// An operator of patterns in the place of a field's name.
    package static let operatorAsField = DiagnosticID("operator-as-field", .warning)
    /// A mistake between `{{` and `}}` or `{%` and `%}`.
    package static let liquid = DiagnosticID("liquid")
    /// A key that is checked and kept and does not act in this version.
    package static let notActedOn = DiagnosticID("not-acted-on", .warning)
    /// A source's path that its sender does not accept.
    package static let refusedAddress = DiagnosticID("refused-address", .warning)

    // MARK: Static checks

    /// A rule whose conditions no event can satisfy.
    package static let neverMatches = DiagnosticID("never-matches", .warning)
    /// A rule that an earlier rule's `stop` always hides.
    package static let shadowedRule = DiagnosticID("shadowed-rule", .warning)
    /// A path that no sample of the source has.
    package static let unknownPath = DiagnosticID("unknown-path", .warning)
    /// A value that some sample lacks and that has no `default`.
    package static let maybeUndefined = DiagnosticID("maybe-undefined", .warning)
    /// A phone number that is read without a country.
    package static let noCountry = DiagnosticID("no-country", .warning)
    /// An amount that is written without a currency.
    package static let noCurrency = DiagnosticID("no-currency", .warning)
    /// Two rules that send the same template for the same event.
    package static let sameTemplate = DiagnosticID("same-template", .warning)
    /// A `hookline:ignore` that silences nothing.
    package static let uselessIgnore = DiagnosticID("useless-ignore", .warning)

    // MARK: Checks against the template catalogue

    /// A template that the account does not have.
    package static let unknownTemplate = DiagnosticID("unknown-template")
    /// A template that is not approved in any wanted language.
    package static let templateNotApproved = DiagnosticID("template-not-approved")
    /// Variables, header, buttons or cards that differ from what the template has.
    package static let templateMismatch = DiagnosticID("template-mismatch")
    /// A message that may be longer than the template allows.
    package static let templateLength = DiagnosticID("template-length", .warning)

    // MARK: Tests

    /// A test that cannot run.
    package static let invalidTest = DiagnosticID("invalid-test")

    /// Every kind, in the order of the documentation.
    package static let all: [DiagnosticID] = [
        fileUnreadable, fileTooLarge, notUTF8, yamlSyntax, tab, unquotedBraces, yamlFeature, duplicateKey,
        unknownKey, missingKey, conflictingKeys, wrongType, invalidValue, ambiguousNumber, duplicateName, pattern,
        operatorAsField, liquid, notActedOn, refusedAddress, neverMatches, shadowedRule, unknownPath, maybeUndefined,
        noCountry,
        noCurrency,
        sameTemplate, uselessIgnore, unknownTemplate, templateNotApproved, templateMismatch, templateLength,
        invalidTest,
    ]
}
