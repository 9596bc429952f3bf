// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Webhooks

/// Finds what could stand in the gaps of a template, the best first.
struct SuggestionFinder {
    /// The most suggestions for a gap.
    static let most = 8

    let event: Event
    let template: String
    let scope: DraftScope
    let expressions: FieldExpressions
    /// The shipped rules of the sender, the nearest first.
    let shipped: [ShippedRules.Rule]
    private let readings: [(field: PayloadField, reading: FieldReading)]

    /// A finder for an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - template: The template's name.
    ///   - scope: The event, to try expressions on.
    ///   - expressions: How fields are written.
    ///   - shipped: The shipped rules of the sender, the nearest first.
    init(
        event: Event,
        template: String,
        scope: DraftScope,
        expressions: FieldExpressions,
        shipped: [ShippedRules.Rule]
    ) {
        self.event = event
        self.template = template
        self.scope = scope
        self.expressions = expressions
        self.shipped = shipped
        let fields = expressions.fields
        readings = fields.all.compactMap { field in
            let reading = FieldReading(field, among: fields)
            return reading.strengths.isEmpty ? nil : (field, reading)
        }
    }

    /// What could stand in a gap.
    ///
    /// - Parameter gap: The gap.
    /// - Returns: Different values, the best first; each can be evaluated for the event.
    func suggestions(for gap: TemplateGap) -> [Suggestion] {
        let reading = GapReading(gap)
        let all = (ofShippedRules(gap, reading) + ofFields(gap, reading)).enumerated()
            .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }.map(\.element)
        var seen: Set<String> = []
        return Array(all.filter { seen.insert($0.value).inserted }.prefix(Self.most))
    }

    // MARK: Shipped rules

    private func ofShippedRules(_ gap: TemplateGap, _ reading: GapReading) -> [Suggestion] {
        guard gap.place == .body else { return [] }
        return shipped.flatMap { rule in
            rule.values.compactMap { candidate in suggestion(of: rule, candidate, for: gap, reading) }
        }
    }

    private func suggestion(
        of rule: ShippedRules.Rule,
        _ candidate: (gap: TemplateGap, reading: GapReading, value: String),
        for gap: TemplateGap,
        _ reading: GapReading
    ) -> Suggestion? {
        let isSameGap = rule.template == template && candidate.gap.id == gap.id
        let isAbout = rule.isAbout(event.type)
        let isConstant = !candidate.value.contains("{{") && !candidate.value.contains("{%")
        guard isSameGap || (!isConstant && candidate.reading.best == reading.best) else { return nil }
        guard isAbout || (!isConstant && !candidate.value.contains("{%")) else { return nil }
        // What stands in where nothing is there is worth something where the sender is known to leave it out.
        let isOwn = isSameGap && isAbout && rule.preset != Preset.generic.name
        let lets = rule.lets(for: [candidate.value])
        let inner = scope.adding(lets)
        guard let value = inner.render(candidate.value), isOwn || inner.hasField(of: candidate.value)
        else { return nil }
        let shared = candidate.reading.subjects.intersection(reading.subjects).count
        var score = 6 + Double(min(shared, 4)) + (isAbout ? 3 : 0) + (rule.matches(event.payload.root) ? 0.5 : 0)
        if isSameGap { score = isAbout ? 100 : 20 }
        let what = "the rule '\(rule.name)', which comes with Hookline,"
        let why =
            isSameGap
            ? "\(what) has this here" : "\(what) puts this where it asks for \(reading.best.words)"
        return Suggestion(
            expression: candidate.value,
            lets: lets,
            value: value,
            why: why,
            origin: .shipped(rule.name),
            score: score
        )
    }

    // MARK: Fields

    private func ofFields(_ gap: TemplateGap, _ reading: GapReading) -> [Suggestion] {
        let ranked = readings.compactMap { candidate -> (field: PayloadField, meaning: Meaning, score: Double)? in
            let (field, strengths) = (candidate.field, candidate.reading.strengths)
            let fits = reading.scores.compactMap { meaning, wanted in
                strengths[meaning].map { (meaning, wanted * $0 / 10) }
            }
            guard let best = fits.max(by: { ($0.1, $1.0.rawValue) < ($1.1, $0.0.rawValue) }) else { return nil }
            let score = best.1 + closeness(field, reading, gap)
            // Words in common alone make nothing of a field.
            return (field, best.0, best.1 < 3 ? min(score, Suggestion.enough - 0.5) : score)
        }
        let best = ranked.sorted { ($1.score, $0.field.position) < ($0.score, $1.field.position) }.prefix(Self.most * 2)
        return best.compactMap { suggestion(of: $0.field, as: $0.meaning, $0.score, for: gap, reading) }
    }

    /// How near a field's names are to the words round the gap, and to the top of the payload.
    private func closeness(_ field: PayloadField, _ reading: GapReading, _ gap: TemplateGap) -> Double {
        let own = Set(field.words).intersection(reading.subjects).count
        let above = Set(field.parents).intersection(reading.subjects).count
        let depth = Double(field.steps.count)
        var points = Double(min(own, 2)) * 1.6 + Double(min(above, 2)) * 1.1 - depth * 0.15 - (field.isInList ? 2 : 0)
        if reading.asksForID, field.words.last == "id" { points += 3 }
        if case .address(_, let prefix) = gap.place, let text = field.text, Words.isAddress(text),
            text.hasPrefix(prefix)
        {
            points += 8
        }
        return points
    }

    private func suggestion(
        of field: PayloadField,
        as meaning: Meaning,
        _ score: Double,
        for gap: TemplateGap,
        _ reading: GapReading
    ) -> Suggestion? {
        guard let written = expressions.text(field, as: meaning, in: gap, reading),
            let value = scope.render(written.text)
        else { return nil }
        return Suggestion(
            expression: written.text,
            lets: [],
            value: value,
            why: "the field \(VisibleText.line(field.path)) is \(meaning.words)",
            origin: .field(field.path),
            note: written.note,
            meaning: meaning,
            score: score
        )
    }
}
