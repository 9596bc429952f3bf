// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Liquid
import PartnerAPI

/// Checks of what a rule sends against the partner's rules and the approved templates, before any event.
struct TemplateChecks {
    /// What a value of unknown length is taken for when a body's length is guessed.
    private static let guessedLength = 60

    let rule: Rule
    /// The approved templates; `nil` checks against the partner's rules alone.
    let catalogue: TemplateCatalogue?
    /// Events of any source and type, whose values are held against the templates too.
    var samples: [Event] = []
    /// What is known of the samples' senders.
    var senders = KnownSenders.none

    /// Holds `send` and `otherwise` against the templates.
    ///
    /// - Returns: Findings at the plans and the templates' names.
    func run() -> [Diagnostic] {
        [rule.send, rule.otherwise].compactMap(\.self).flatMap(check) + addresses()
    }

    private func check(_ plan: SendPlan) -> [Diagnostic] {
        guard case .template(let template) = plan.content else { return [] }
        var chosen: MessageTemplate?
        if let catalogue, let name = template.name.constant {
            switch choose(name, template, catalogue) {
            case .success(let found): chosen = found
            case .failure(let diagnostic): return [diagnostic]
            }
        }
        do throws(MessageRequestError) {
            let message = try PlaceholderMessage.build(template, for: chosen)
            let doubts =
                unknownWords(message, at: plan.location) + ambiguousLanguage(template) + authentication(template)
                + otherCategory(template) + marketingToAmerica(template)
            guard let chosen else { return doubts }
            let problems = chosen.check(message).filter { $0.code != .bodyTooLong }
            return problems.map { problem in
                Diagnostic(
                    .templateMismatch,
                    at: plan.location,
                    "found a message that does not fit its template: \(problem.reason)",
                    hint: problem.advice
                )
            } + length(template, chosen) + cardLimit(template, chosen) + doubts
        } catch {
            return [
                Diagnostic(.invalidValue, at: plan.location, "found a message that the partner does not take: \(error)")
            ]
        }
    }

    private func choose(_ name: String, _ plan: TemplatePlan, _ catalogue: TemplateCatalogue) -> Result<
        MessageTemplate?, Diagnostic
    > {
        let languages = plan.languages.compactMap(\.constant)
        guard languages.count == plan.languages.count else { return .success(nil) }
        switch catalogue.choose(name, languages: languages) {
        case .found(let template): return .success(template)
        case .missing(let problem):
            return .failure(problem.diagnostic(of: name, in: catalogue, at: plan.name.location))
        }
    }

    private func length(_ plan: TemplatePlan, _ template: MessageTemplate) -> [Diagnostic] {
        guard case .parts(let parts) = plan.payload, let body = template.bubble.body else { return [] }
        let values = parts.variables.compactMap { slot -> (Int, Int)? in
            let number = Slot(slot.key)?.number ?? body.slots.firstIndex(of: slot.key).map { $0 + 1 }
            return number.map { ($0, longest(slot.value)) }
        }
        let filled = Dictionary(values) { $1 }
        let total = body.filled(with: filled.mapValues { String(repeating: "x", count: $0) }).unicodeScalars.count
        guard total > MessageTemplate.maxBodyLength else { return [] }
        let message =
            "found a body that may have \(total) characters; expected at most \(MessageTemplate.maxBodyLength)"
        return [
            Diagnostic(
                .templateLength,
                at: plan.name.location,
                message,
                hint: "shorten long values with '| truncate: 60'"
            )
        ]
    }

    private func cardLimit(_ plan: TemplatePlan, _ template: MessageTemplate) -> [Diagnostic] {
        guard case .carousel(let carousel) = plan.payload, case .each(let list, let limit, _) = carousel.cards,
            limit != template.cards.count
        else { return [] }
        let message =
            "found a carousel of up to \(limit.counted("card")); expected limit: \(template.cards.count), as many as the template has"
        return [Diagnostic(.templateMismatch, at: list.location, message)]
    }

    /// The most letters that a value is taken to have: what a last `truncate` leaves, or a guess.
    private func longest(_ value: Expression) -> Int {
        if let constant = value.constant { return constant.unicodeScalars.count }
        let source = value.template.source
        guard let cut = source.ranges(of: "truncate:").last else {
            return isEndless(value) ? MessageTemplate.maxBodyLength + 1 : Self.guessedLength
        }
        let digits = source[cut.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }
        return Int(digits) ?? Self.guessedLength
    }

    /// Whether a value tells all events of a digest, however many there are: nothing in it takes some of them.
    private func isEndless(_ value: Expression) -> Bool {
        guard rule.timing.digest != nil else { return false }
        let all = value.template.references.contains { $0.steps == [RuleEvaluator.items] }
        let takesSome = ["slice", "limit:", "first", "last", "size", "sum", "list:"]
        return all && !takesSome.contains(where: value.template.source.contains)
    }
}
