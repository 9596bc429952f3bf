// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
import Events
import Messages
package import PartnerAPI
import PhoneNumbers

// What may be meant, and may be a mistake.

extension TemplateChecks {
    /// Words of the Cloud API that this version does not know: new ones, or misspelt ones.
    func unknownWords(_ message: TemplateMessage, at place: SourceLocation) -> [Diagnostic] {
        guard case .components(let components) = message.payload else { return [] }
        return ComponentVocabulary.unknownWords(in: components).map { word in
            let message = "found \(word.found), which this version does not know; it leaves as it stands, unchecked"
            return Diagnostic(.unknownComponent, at: place, message, hint: word.hint)
        }
    }

    /// A template without `language` that is approved in several.
    func ambiguousLanguage(_ plan: TemplatePlan) -> [Diagnostic] {
        guard plan.languages.isEmpty, let name = plan.name.constant,
            let languages = catalogue?.approvedLanguages(of: name), languages.count > 1, let first = languages.first
        else { return [] }
        let message =
            "found no 'language', and '\(name)' is approved in \(languages.joined(separator: ", ")); '\(first)' is sent"
        let hint = "write language: \(first), or a list of which the first approved one is sent"
        return [Diagnostic(.ambiguousLanguage, at: plan.name.location, message, hint: hint)]
    }

    /// Samples whose addresses would come out doubled behind a button's own.
    func addresses() -> [Diagnostic] {
        guard let catalogue, rule.isEnabled else { return [] }
        let rules = RuleSet([rule])
        for event in samples where rule.sees(source: event.source, type: event.type) {
            let context = EvaluationContext(
                now: event.receivedAt,
                country: rule.country,
                conventions: senders.conventions(of: event.source, preset: nil),
                defaultCatalogue: catalogue
            )
            let refusals = rules.evaluate(event, in: context).results.compactMap(\.refusal)
            guard let refusal = refusals.first(where: { $0.misfit == .fullAddress }) else { continue }
            let message = "found a sample whose message would be refused: \(refusal.reason)"
            return [Diagnostic(.doubledAddress, at: refusal.location ?? rule.location, message)]
        }
        return []
    }

    /// A template that says who somebody is, in a file whose quiet hours would hold it otherwise.
    func authentication(_ plan: TemplatePlan) -> [Diagnostic] {
        guard let quiet = rule.timing.quietHours, quiet.isInherited, let name = plan.name.constant,
            catalogue?.authenticates(name) == true
        else { return [] }
        let message = "found '\(name)', an authentication template, which the quiet hours of 'defaults' do not hold"
        let hint = "'quiet_hours' in the rule itself holds it"
        return [Diagnostic(.quietAuthentication, at: plan.name.location, message, hint: hint)]
    }

    /// A rule that says another category than its template has.
    func otherCategory(_ plan: TemplatePlan) -> [Diagnostic] {
        guard let stated = rule.traits.category?.rawValue, let name = plan.name.constant,
            let known = catalogue?.templates.first(where: { $0.name == name })?.category?.lowercased(), known != stated
        else { return [] }
        let message = "found the category '\(stated)' for the template '\(name)', whose category is '\(known)'"
        let isStricter =
            MessageCategory.of(MessageCategory(rawValue: known), declared: rule.traits.category)?.rawValue == stated
        let hint =
            isStricter ? "it counts as \(stated), the stricter of both" : "the template's counts; leave 'category' out"
        return [Diagnostic(.otherCategory, at: plan.name.location, message, hint: hint)]
    }

    /// A marketing template whose recipients are in the United States, as far as the rule says it.
    func marketingToAmerica(_ plan: TemplatePlan) -> [Diagnostic] {
        let stated = rule.recipients.compactMap { recipient in
            if case .phone(let phone) = recipient { phone.country?.constant } else { nil }
        }
        let countries = stated + [rule.country].compactMap(\.self)
        guard countries.contains(where: { Country.code(named: $0) == "US" }), let name = plan.name.constant,
            let catalogue, catalogue.templates.contains(where: { $0.name == name && $0.category == "MARKETING" })
        else { return [] }
        let message = "found '\(name)', a marketing template, for numbers of the United States"
        let hint = "\(PlannedMessage.america): they are accepted and do not arrive"
        return [Diagnostic(.americanMarketing, at: plan.name.location, message, hint: hint)]
    }
}

extension TemplateProblem {
    /// The finding about a template that cannot be chosen.
    ///
    /// - Parameters:
    ///   - name: The template's name as the rule has it.
    ///   - catalogue: The account's templates.
    ///   - place: Where the name stands.
    /// - Returns: An error, with the nearest name.
    package func diagnostic(of name: String, in catalogue: TemplateCatalogue, at place: SourceLocation) -> Diagnostic {
        let isUnknown = code == .unknownTemplate
        let names = Set(catalogue.templates.map(\.name)).sorted()
        let hint = isUnknown ? NearMiss.question(for: name, among: names) : nil
        return Diagnostic(
            isUnknown ? .unknownTemplate : .templateNotApproved,
            at: place,
            "found '\(name)': \(reason)",
            hint: hint
        )
    }
}
