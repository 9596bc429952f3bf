// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
internal import PartnerAPI
package import Rules

/// Keeps rules out that name a template which their account does not have.
///
/// Such a name is a slip of the pen, and with it every message of its rule would fail. What the rules that run name
/// already is no slip: a template that was there and is gone stays an alert (``TemplateAlert``), and keeps no other
/// change out. Nothing is kept out on the word of a copy: only an account whose last reading went well is believed.
package struct TemplateGate: Sendable {
    private let templates: TemplateCatalogueService
    /// The names of the configuration's sources: rules about others send nothing.
    private let sources: [String]

    /// - Parameters:
    ///   - templates: Knows the templates.
    ///   - sources: The names of the configuration's sources.
    package init(templates: TemplateCatalogueService, sources: [String]) {
        self.templates = templates
        self.sources = sources
    }

    /// A place that names a template which its account does not have.
    package struct MissingTemplate: Hashable, Sendable {
        /// The rule and the template.
        package let use: TemplateUse
        /// What is wrong there.
        package let finding: Diagnostic
    }

    /// The templates of new rules that their account does not have, or not in a wanted language.
    ///
    /// One that is known and not approved is an alert, too.
    ///
    /// - Parameters:
    ///   - rules: The rules that were read.
    ///   - running: Those that run.
    /// - Returns: One for each place that names one.
    package func refusals(of rules: RuleSet, beside running: RuleSet) -> [MissingTemplate] {
        refusals(rules, running, templates.knownTemplates)
    }

    /// The same for rules that were kept out before; `nil` while one of the accounts that they wait for cannot be believed.
    ///
    /// Nothing is refused on the word of such an account, so the rules would slip in when its reading fails.
    ///
    /// - Parameters:
    ///   - rules: The rules that were kept out.
    ///   - running: Those that run.
    ///   - earlier: Why they were kept out.
    /// - Returns: One for each place that names one.
    package func refusals(of rules: RuleSet, beside running: RuleSet, after earlier: [MissingTemplate])
        -> [MissingTemplate]?
    {
        let knownTemplates = templates.knownTemplates
        guard earlier.allSatisfy({ catalogue(of: $0.use, knownTemplates) != nil }) else { return nil }
        return refusals(rules, running, knownTemplates)
    }

    private func refusals(_ rules: RuleSet, _ running: RuleSet, _ knownTemplates: [String: KnownTemplates])
        -> [MissingTemplate]
    {
        new(rules, running).compactMap { use in
            guard let catalogue = catalogue(of: use, knownTemplates), let problem = use.problem(in: catalogue),
                problem.code != .notApproved
            else { return nil }
            return MissingTemplate(use: use, finding: problem.diagnostic(of: use.name, in: catalogue, at: use.location))
        }
    }

    /// Whether the partner should be asked before rules are judged: a template of theirs is not known to be there.
    ///
    /// - Parameters:
    ///   - rules: The rules that were read.
    ///   - running: Those that run.
    /// - Returns: Whether it should.
    package func hasDoubt(about rules: RuleSet, beside running: RuleSet) -> Bool {
        let knownTemplates = templates.knownTemplates
        return new(rules, running).contains { use in
            catalogue(of: use, knownTemplates).map { use.problem(in: $0) != nil } ?? (use.account != .computed)
        }
    }

    /// What rules name that those that run do not; rules in shadow may wait for their template.
    private func new(_ rules: RuleSet, _ running: RuleSet) -> [TemplateUse] {
        let known = Set(running.templateUses(for: sources).map(Name.init))
        return rules.templateUses(for: sources).filter { !$0.isShadow && !known.contains(Name($0)) }
    }

    /// Asks the partner for the templates, and waits for the answer.
    package func refresh() async {
        await templates.refresh()
    }

    /// The templates of a use's account as they are now; `nil` where nobody can tell.
    private func catalogue(of use: TemplateUse, _ knownTemplates: [String: KnownTemplates]) -> TemplateCatalogue? {
        let account: String
        switch use.account {
        case .standard: account = templates.standard
        case .named(let name): account = name
        case .computed: return nil
        }
        guard let knowledge = knownTemplates[account], knowledge.failure == nil else { return nil }
        return knowledge.copy?.catalogue
    }

    /// What makes two uses the same template.
    private struct Name: Hashable {
        let name: String
        let languages: [String]
        let account: TemplateUse.Account

        init(_ use: TemplateUse) {
            name = use.name
            languages = use.languages
            account = use.account
        }
    }
}
