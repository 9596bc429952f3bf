// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Liquid
package import PartnerAPI
package import PhoneNumbers
internal import Rehearsal
package import Rules
internal import TimeZones
package import Webhooks

/// Makes a rule of an event and a template that is approved: pure, but for the machine's time zones.
package struct RuleDrafter: Sendable {
    /// What a rule is wanted of.
    package struct Question: Sendable {
        /// The event, as rules see it.
        package var event: Event
        /// How its sender writes.
        package var preset: Preset
        /// The country that the configuration states for its source.
        package var country: String?
        /// Kinds of numbers that its source lets through.
        package var allowedNumbers: Set<NumberKind> = []
        /// The template's name.
        package var template: String
        /// The template's language; the first that is approved if left out.
        package var language: String?
        /// The templates of the account.
        package var catalogue: TemplateCatalogue
        /// Which credentials of the configuration the rule names; the first ones if left out.
        package var account: String?
        /// Earlier events of the same source and type, to see what may be missing.
        package var siblings: [Event] = []
        /// Names that other rules have.
        package var takenNames: Set<String> = []
        /// What to put into gaps, by their ids, in place of what fits best.
        package var fillings: [String: String] = [:]
        /// What rules are checked against beside their format; its catalogue is ``catalogue``.
        package var checks = RuleCheckOptions()

        package init(event: Event, preset: Preset, template: String, catalogue: TemplateCatalogue) {
            self.event = event
            self.preset = preset
            self.template = template
            self.catalogue = catalogue
        }
    }

    private let question: Question
    private let template: MessageTemplate
    private let fields: PayloadFields
    private let scope: DraftScope
    private let shipped: [ShippedRules.Rule]
    private let knowledge: ShippedRules

    /// Drafts a rule.
    ///
    /// - Parameters:
    ///   - question: The event, the template, and what is known of both.
    ///   - knowledge: What is known of senders.
    /// - Returns: The rule, checked and tried on the event.
    /// - Throws: ``RuleDraftError`` when the template cannot be sent, or a gap is named that it does not have.
    package static func draft(
        _ question: Question,
        knowledge: ShippedRules = .all
    ) throws(RuleDraftError) -> RuleDraft {
        let template = try ChosenTemplate.choose(question)
        return RuleDrafter(question, template, knowledge).draft()
    }

    private init(_ question: Question, _ template: MessageTemplate, _ knowledge: ShippedRules) {
        self.question = question
        self.template = template
        self.knowledge = knowledge
        let event = question.event
        fields = PayloadFields(event.payload.root)
        scope = DraftScope(event, conventions: question.preset.conventions)
        shipped = knowledge.nearest(to: event, of: question.preset.name, template: template.name)
    }

    private func draft() -> RuleDraft {
        let recipient = recipients.recipient(template: template.name)
        let country = question.country ?? question.preset.country ?? recipient.country ?? shipped.first?.country
        let gaps = GapFilling(question, finder(country), scope).fill(template.gaps, beside: recipient.lets)
        var parts = parts(recipient, gaps, country)
        parts.todos = todos(parts)
        return TriedRule(question, parts).draft
    }

    private var recipients: RecipientFinder {
        RecipientFinder(
            scope: scope,
            fields: fields,
            shipped: shipped,
            country: question.country ?? question.preset.country,
            allowed: question.allowedNumbers
        )
    }

    private func finder(_ country: String?) -> SuggestionFinder {
        let region = country.flatMap(Country.code(named:)).flatMap(ZoneDatabase.system.region)
        let zone = region.flatMap { $0.zones.count == 1 ? $0.zones[0] : nil }
        let expressions = FieldExpressions(
            fields: fields,
            unit: question.preset.money,
            currency: knowledge.currency(of: question.preset.name),
            zone: zone
        )
        return SuggestionFinder(
            event: question.event,
            template: template.name,
            scope: scope,
            expressions: expressions,
            shipped: shipped
        )
    }

    private func parts(_ recipient: RecipientDraft, _ gaps: [RuleDraft.Gap], _ country: String?) -> RuleParts {
        let event = question.event
        let like = shipped.first { $0.isAbout(event.type) && $0.matches(event.payload.root) }
        let isKnown =
            Preset.named(event.source)?.name == question.preset.name || question.preset.name == Preset.generic.name
        var lets = recipient.lets + gaps.flatMap { $0.chosen?.lets ?? [] }
        let once = Facts(scope: scope, fields: fields, gaps: gaps).oncePer(as: like, beside: lets)
        lets += once.lets
        return RuleParts(
            name: ChosenTemplate.ruleName(template.name, taken: question.takenNames),
            source: event.source,
            preset: isKnown ? nil : question.preset.name,
            type: event.type,
            account: question.account,
            template: template,
            country: country,
            match: like?.match,
            possibleMatch: like == nil ? possibleMatch : nil,
            lets: lets.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
            oncePer: once.value,
            recipient: recipient,
            gaps: gaps
        )
    }

    /// A state that the event says, near the top.
    private var possibleMatch: String? {
        let state = fields.all.first { field in
            field.words.last == "status" && !field.isInList && field.steps.count <= 4 && (field.text?.count ?? 99) <= 40
        }
        guard let state, let text = state.text, state.path.allSatisfy({ $0 != "[" }) else { return nil }
        return YAMLText.flow([state.path: .string(text)])
    }

    private func todos(_ parts: RuleParts) -> [RuleDraft.Todo] {
        let gaps = parts.gaps.filter { $0.chosen == nil }.map { gap in
            RuleDraft.Todo(name: gap.todo, words: "what fills \(VisibleText.line(gap.gap.excerpt))")
        }
        guard !parts.recipient.isFound else { return gaps }
        return [RuleDraft.Todo(name: RecipientDraft.missing, words: parts.recipient.why)] + gaps
    }
}

/// The template of a question, and the name of its rule.
enum ChosenTemplate {
    /// The template that a rule is wanted for.
    ///
    /// - Parameter question: The question.
    /// - Returns: It, approved.
    /// - Throws: ``RuleDraftError`` with what there is instead.
    static func choose(_ question: RuleDrafter.Question) throws(RuleDraftError) -> MessageTemplate {
        let languages = question.language.map { [$0] } ?? []
        switch question.catalogue.choose(question.template, languages: languages) {
        case .missing(let problem):
            let names = question.catalogue.approved.templates.map(\.name)
            let near = problem.code == .unknownTemplate ? NearMiss.question(for: question.template, among: names) : nil
            throw RuleDraftError(near.map { "\(problem.reason); \($0)" } ?? problem.reason)
        case .found(let template):
            guard template.cards.isEmpty else {
                throw RuleDraftError(
                    "the template '\(template.name)' is a carousel; its rule is written by hand: docs/rules.md#carousels"
                )
            }
            let known = template.gaps.map(\.id)
            if let unknown = question.fillings.keys.sorted().first(where: { !known.contains($0) }) {
                throw RuleDraftError(
                    "the template '\(template.name)' has no gap '\(unknown)'; it has \(known.joined(separator: ", "))"
                )
            }
            return template
        }
    }

    /// A name for a rule that no other one has: the template's, with dashes.
    static func ruleName(_ template: String, taken: Set<String>) -> String {
        let name = template.replacing("_", with: "-")
        guard taken.contains(name) else { return name }
        var number = 2
        while taken.contains("\(name)-\(number)") { number += 1 }
        return "\(name)-\(number)"
    }
}
