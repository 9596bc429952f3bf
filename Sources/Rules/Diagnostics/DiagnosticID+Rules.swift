// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML

// The findings that rule files with their tests and the configuration have, beside those of any YAML file.

extension DiagnosticID {
    /// The name of a rule that another rule has.
    package static let duplicateName = DiagnosticID("duplicate-name")
    /// A mistake in `match` or `headers`.
    package static let pattern = DiagnosticID("pattern")
    /// An operator of patterns in the place of a field's name.
    package static let operatorAsField = DiagnosticID("operator-as-field", .warning)
    /// A mistake between `{{` and `}}` or `{%` and `%}`.
    package static let liquid = DiagnosticID("liquid")
    /// A name in the place of a filter's argument that was probably meant as a text.
    package static let unquotedWord = DiagnosticID("unquoted-word", .warning)
    /// A gap as another tool writes it, which is sent as it stands.
    package static let foreignPlaceholder = DiagnosticID("foreign-placeholder", .warning)
    /// A date's format as another tool writes it.
    package static let foreignDateFormat = DiagnosticID("foreign-date-format", .warning)
    /// A pattern as another tool writes it, which no event matches.
    package static let foreignPattern = DiagnosticID("foreign-pattern", .warning)
    /// A `key` that nothing of its rule goes by.
    package static let unusedKey = DiagnosticID("unused-key", .warning)
    /// A value that is to change, and is the same for every event.
    package static let constantValue = DiagnosticID("constant-value", .warning)

    // MARK: The configuration

    /// A source's path that its sender does not accept.
    package static let refusedAddress = DiagnosticID("refused-address", .warning)

    // MARK: Static checks

    /// A rule whose conditions no event can satisfy.
    package static let neverMatches = DiagnosticID("never-matches", .warning)
    /// A `cancel_when` that no event can be meant by.
    package static let neverCancels = DiagnosticID("never-cancels", .warning)
    /// A rule that an earlier rule's `stop` always hides.
    package static let shadowedRule = DiagnosticID("shadowed-rule", .warning)
    /// A source that the configuration does not have.
    package static let unknownSource = DiagnosticID("unknown-source", .warning)
    /// A path that no sample of the source has.
    package static let unknownPath = DiagnosticID("unknown-path", .warning)
    /// A value that some sample lacks and that has no `default`.
    package static let maybeUndefined = DiagnosticID("maybe-undefined", .warning)
    /// A phone number that is read without a country.
    package static let noCountry = DiagnosticID("no-country", .warning)
    /// An amount that is written without a currency.
    package static let noCurrency = DiagnosticID("no-currency", .warning)
    /// The name of a time zone as a word in a format of `date`.
    package static let zoneInFormat = DiagnosticID("zone-in-format", .warning)
    /// Quiet hours that leave too little of a day where all zones of the country count.
    package static let quietZone = DiagnosticID("quiet-zone", .warning)
    /// A template that says who somebody is, which the quiet hours of a file do not hold.
    package static let quietAuthentication = DiagnosticID("quiet-authentication", .warning)
    /// A digest whose message says nothing of the events that it collected.
    package static let digestWithoutItems = DiagnosticID("digest-without-items", .warning)
    /// A digest's events, where a rule reads a single one.
    package static let itemsTooEarly = DiagnosticID("items-too-early", .warning)
    /// A rule that says another category than its template has.
    package static let otherCategory = DiagnosticID("other-category", .warning)
    /// A marketing template for a country in which WhatsApp delivers none.
    package static let americanMarketing = DiagnosticID("american-marketing", .warning)
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

    /// A template without `language` that is approved in several.
    package static let ambiguousLanguage = DiagnosticID("ambiguous-language", .warning)
    /// A sample that puts a whole address behind the address of a button.
    package static let doubledAddress = DiagnosticID("doubled-address", .warning)
    /// A component or parameter of a type that this version does not know.
    package static let unknownComponent = DiagnosticID("unknown-component", .warning)

    // MARK: Tests

    /// A test that cannot run.
    package static let invalidTest = DiagnosticID("invalid-test")

    /// Every kind, in the order of the documentation.
    package static let all: [DiagnosticID] = [
        fileUnreadable, fileTooLarge, notUTF8, yamlSyntax, tab, unquotedBraces, curlyQuotes, yamlFeature, duplicateKey,
        unknownKey, missingKey, conflictingKeys, wrongType, invalidValue, ambiguousNumber, duplicateName, pattern,
        operatorAsField, liquid, unquotedWord, foreignPlaceholder, foreignDateFormat, foreignPattern,
        unusedKey, constantValue, refusedAddress, neverMatches, neverCancels, shadowedRule, unknownSource, unknownPath,
        maybeUndefined,
        noCountry,
        noCurrency, zoneInFormat, quietZone, quietAuthentication, otherCategory, americanMarketing,
        digestWithoutItems, itemsTooEarly, sameTemplate, uselessIgnore, unknownTemplate, templateNotApproved,
        templateMismatch,
        templateLength,
        ambiguousLanguage, doubledAddress, unknownComponent, invalidTest,
    ]
}
