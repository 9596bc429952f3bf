// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Webhooks

/// Chooses what stands in each gap.
struct GapFilling {
    private let question: RuleDrafter.Question
    private let finder: SuggestionFinder
    private let scope: DraftScope

    init(_ question: RuleDrafter.Question, _ finder: SuggestionFinder, _ scope: DraftScope) {
        self.question = question
        self.finder = finder
        self.scope = scope
    }

    /// Fills gaps: the first suggestion that fits well enough and that no earlier gap has.
    ///
    /// - Parameters:
    ///   - gaps: The template's.
    ///   - lets: What the rule's `let` has already.
    /// - Returns: The gaps with what could stand in them, and what does.
    func fill(_ gaps: [TemplateGap], beside lets: [DraftedLet]) -> [RuleDraft.Gap] {
        var taken: Set<String> = []
        var names = Dictionary(lets.map { ($0.name, $0.value) }) { first, _ in first }
        return gaps.map { gap in
            let found = gap.place == .location ? place : finder.suggestions(for: gap)
            let chosen =
                own(gap, found, names)
                ?? found.first { suggestion in
                    suggestion.score >= Suggestion.enough && !taken.contains(suggestion.expression)
                        && agrees(suggestion, with: names)
                }
            if let chosen {
                taken.insert(chosen.expression)
                for entry in chosen.lets { names[entry.name] = entry.value }
            }
            return RuleDraft.Gap(gap: gap, suggestions: found, chosen: chosen.map(withDefault))
        }
    }

    /// What whoever asked wants in a gap: one of the suggestions, with the names that it needs, or another text.
    private func own(_ gap: TemplateGap, _ found: [Suggestion], _ names: [String: String]) -> Suggestion? {
        question.fillings[gap.id].map { text in
            if let known = found.first(where: { $0.expression == text && agrees($0, with: names) }) { return known }
            return Suggestion(
                expression: text,
                lets: [],
                value: scope.render(text) ?? "",
                why: "as you wanted it",
                origin: .person,
                score: 0
            )
        }
    }

    /// Whether a suggestion and what is chosen already mean the same by each name.
    private func agrees(_ suggestion: Suggestion, with names: [String: String]) -> Bool {
        if suggestion.lets.contains(where: { names[$0.name] ?? $0.value != $0.value }) { return false }
        guard case .field = suggestion.origin else { return true }
        return DraftScope.names(in: suggestion.expression).isDisjoint(with: names.keys)
    }

    // MARK: What may be missing

    /// A suggestion with what stands in where earlier events have nothing there, or a note that there is nothing.
    private func withDefault(_ suggestion: Suggestion) -> Suggestion {
        let missing = question.siblings.count { sibling in
            let inner = DraftScope(sibling, conventions: question.preset.conventions).adding(suggestion.lets)
            return inner.render(suggestion.expression) == nil
        }
        guard missing > 0 else { return suggestion }
        let count = "\(missing) of \(question.siblings.count) earlier events of this type"
        var copy = suggestion
        guard case .field = suggestion.origin, let word = suggestion.standIn, suggestion.expression.hasSuffix(" }}")
        else {
            copy.note = "\(count) have nothing here, and a message with a gap is not sent: write `| default: '…'`"
            return copy
        }
        copy.expression = suggestion.expression.dropLast(3) + " | default: '\(word)' }}"
        copy.note = "\(count) have nothing here: then it says '\(word)'"
        return copy
    }

    // MARK: Places

    /// The two numbers of a place on the map.
    private var place: [Suggestion] {
        let fields = finder.expressions.fields
        let latitudes = fields.all.filter { $0.isNamed(["latitude", "lat"]) && $0.text.map(Words.isNumber) == true }
        return latitudes.compactMap { latitude in
            let beside = fields.siblings(of: latitude).first { $0.isNamed(["longitude", "lng", "lon", "long"]) }
            guard let longitude = beside, longitude.text.map(Words.isNumber) == true else { return nil }
            let expression = "{{ \(latitude.path) }}\(RuleParts.between){{ \(longitude.path) }}"
            return scope.render(expression).map { value in
                Suggestion(
                    expression: expression,
                    lets: [],
                    value: value,
                    why:
                        "the fields \(VisibleText.line(latitude.path)) and \(VisibleText.line(longitude.path)) are a place",
                    origin: .field(latitude.path),
                    score: 10
                )
            }
        }
    }
}

extension Suggestion {
    /// What can be said in place of a value that is missing, without saying anything wrong.
    fileprivate var standIn: String? {
        switch meaning {
        case .carrier: "our carrier"
        case .reason: "no reason was given"
        case .items: "your order"
        default: nil
        }
    }
}

/// What a rule tells once.
struct Facts {
    let scope: DraftScope
    let fields: PayloadFields
    let gaps: [RuleDraft.Gap]

    /// The value of `once_per`: as the shipped rule for such events has it, else the id of what the message is about.
    ///
    /// - Parameters:
    ///   - rule: The shipped rule.
    ///   - lets: What `let` has already.
    /// - Returns: It, with what it needs in `let`.
    func oncePer(as rule: ShippedRules.Rule?, beside lets: [DraftedLet]) -> (value: JSON, lets: [DraftedLet]) {
        if let rule, !rule.oncePer.isEmpty {
            let needed = rule.lets(for: rule.oncePer)
            let inner = scope.adding(needed)
            let agrees = needed.allSatisfy { entry in lets.allSatisfy { $0.name != entry.name || $0 == entry } }
            if agrees, rule.oncePer.allSatisfy({ inner.render($0) != nil }) {
                let parts = rule.oncePer.map(JSON.string)
                return (parts.count == 1 ? parts[0] : .array(parts), needed)
            }
        }
        let names = Set(lets.map(\.name))
        let own = ids.first { DraftScope.names(in: "{{ \($0.path) }}").isDisjoint(with: names) }
        return (.string("{{ \(own?.path ?? "webhook.id") }}"), [])
    }

    /// The ids beside what the gaps read, then those above, then any at the top.
    private var ids: [PayloadField] {
        let chosen = gaps.compactMap { gap -> PayloadField? in
            guard case .field(let path)? = gap.chosen?.origin else { return nil }
            return fields.all.first { $0.path == path }
        }
        let about = chosen.filter { !$0.isBelow(FieldReading.people) && !$0.isInList }
        let places =
            about.flatMap { field in (0..<field.steps.count).reversed().map { Array(field.steps.prefix($0)) } } + [[]]
        return places.flatMap { fields.members(of: $0) }.filter(isID)
    }

    private func isID(_ field: PayloadField) -> Bool {
        guard field.words.last == "id", !field.isInList, let text = field.text, !text.isEmpty, text.count <= 100 else {
            return false
        }
        return field.words.count == 1
            || !Set(field.words).isDisjoint(with: ["order", "invoice", "payment", "refund", "shipment", "booking"])
    }
}
