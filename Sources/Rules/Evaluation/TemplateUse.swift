// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import PartnerAPI

/// A template that a rule sends, as far as the rule file says it without an event.
package struct TemplateUse: Hashable, Sendable {
    /// Whose template it is.
    package enum Account: Hashable, Sendable {
        /// The configuration's first account, because the rule names none.
        case standard
        /// The account of that name.
        case named(String)
        /// One that the event decides.
        case computed
    }

    /// The rule's name.
    package let rule: String
    /// The template's name.
    package let name: String
    /// Locale codes by preference; empty for any, and where the event decides.
    package let languages: [String]
    /// Whose template it is.
    package let account: Account
    /// Whether it stands under `otherwise`.
    package let isFallback: Bool
    /// Whether the rule only records, as one does whose template is not approved yet.
    package let isShadow: Bool
    /// Where its name stands.
    package let location: SourceLocation

    /// Looks the template up.
    ///
    /// - Parameter catalogue: The templates of an account.
    /// - Returns: Why the rule could not send it; `nil` when it can.
    package func problem(in catalogue: TemplateCatalogue) -> TemplateProblem? {
        guard case .missing(let problem) = catalogue.choose(name, languages: languages) else { return nil }
        return problem
    }
}

extension RuleSet {
    /// The templates of all enabled rules, in the rules' order; names that Liquid makes are left out.
    ///
    /// - Parameter sources: The sources that there are: a rule about others sends nothing, and is left out.
    /// - Returns: A use for each rule and template.
    package func templateUses(for sources: [String]) -> [TemplateUse] {
        let running = rules.filter { rule in
            rule.isEnabled && rule.sources?.contains(where: sources.contains) ?? true
        }
        return running.flatMap(TemplateUse.all)
    }
}

extension TemplateUse {
    /// The templates of one rule.
    static func all(of rule: Rule) -> [TemplateUse] {
        [
            TemplateUse(rule.send, of: rule, isFallback: false),
            rule.otherwise.flatMap { TemplateUse($0, of: rule, isFallback: true) },
        ].compactMap(\.self)
    }

    fileprivate init?(_ plan: SendPlan, of rule: Rule, isFallback: Bool) {
        guard case .template(let template) = plan.content, let name = template.name.constant else { return nil }
        let languages = template.languages.compactMap(\.constant)
        self.rule = rule.name
        self.name = ParameterCleaning.clean(name)
        self.languages = languages.count == template.languages.count ? languages.map(ParameterCleaning.clean) : []
        self.isFallback = isFallback
        isShadow = rule.isShadow
        location = template.name.location
        account =
            switch plan.account {
            case nil: .standard
            case let expression?: expression.constant.map(Account.named) ?? .computed
            }
    }
}
