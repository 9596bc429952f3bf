// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import Events
import Messages

/// All rules that run, compiled: immutable, so that a reload replaces it as a whole.
package struct RuleSet: Sendable {
    let rules: [Rule]
    private let bySource: [String: SourceIndex]
    private let byName: [String: Int]
    /// For sources that no file names.
    private let others: SourceIndex

    /// A set without rules.
    package static let empty = RuleSet([])

    init(_ rules: [Rule]) {
        self.rules = rules
        byName = Dictionary(rules.indices.map { (rules[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
        // Behind the rules, one for each: what calls their messages off. A rule that was switched off sends nothing new;
        // what it has waiting is called off all the same.
        let conditions = rules.map(\.condition) + rules.map(\.timing.cancelWhen?.condition)
        let live = conditions.indices.filter { $0 < rules.count ? rules[$0].isEnabled : conditions[$0] != nil }
        let sources = Set(rules.flatMap { $0.sources ?? [] })
        let everywhere = live.filter { rules[$0 % rules.count].sources == nil }
        others = SourceIndex(conditions, everywhere)
        var positions: [String: [Int]] = [:]
        for position in live {
            let sources = rules[position % rules.count].sources ?? []
            for source in Set(sources) { positions[source, default: []].append(position) }
        }
        bySource = Dictionary(
            uniqueKeysWithValues: sources.map { source in
                let own = positions[source] ?? []
                return (source, SourceIndex(conditions, everywhere.isEmpty ? own : (own + everywhere).sorted()))
            }
        )
    }

    /// The number of rules, disabled ones included.
    package var count: Int { rules.count }

    /// What the operator can list of each rule, in order.
    package var summaries: [RuleSummary] { rules.map(RuleSummary.init) }

    /// The names of all rules, also of those that are switched off.
    package var names: Set<String> { Set(rules.lazy.map(\.name)) }

    /// The names of the rules that run.
    package var enabledNames: Set<String> { Set(rules.lazy.filter(\.isEnabled).map(\.name)) }

    /// The rule of a name, be it switched off or not.
    func rule(named name: String) -> Rule? { byName[name].map { rules[$0] } }

    /// Makes the messages of an event: pure, no I/O, the same for the listener, tests, `explain` and replays.
    ///
    /// - Parameters:
    ///   - event: Any event; one of an unknown source sees the rules without `source`.
    ///   - context: Time, zone, country, templates.
    /// - Returns: What each matching rule made of it, in the rules' order, and what it calls off.
    package func evaluate(_ event: Event, in context: EvaluationContext) -> Evaluation {
        let found = (bySource[event.source] ?? others).matches(event)
        guard let last = found.last else { return Evaluation(outcomes: []) }
        let cancelling = last < rules.count ? [] : found.filter { $0 >= rules.count }.map { $0 - rules.count }
        let matching = stopped(cancelling.isEmpty ? found : Array(found.dropLast(cancelling.count)))
        let withWebhook =
            matching.contains { rules[$0].readsWebhook } || cancelling.contains { rules[$0].readsWebhook }
        let scope = EventScope.make(event, context, withWebhook: withWebhook)
        let called = cancelling.map { position in
            let evaluator = RuleEvaluator(rule: rules[position], event: event, context: context)
            return (rules[position].name, evaluator.cancellation(scope, isOwn: matching.contains(position)))
        }
        var rest = RuleEvaluator.maxMessages
        return Evaluation(
            outcomes: matching.map { position in
                let evaluator = RuleEvaluator(rule: rules[position], event: event, context: context)
                let outcome = evaluator.evaluate(scope, limit: rest)
                rest = max(0, rest - outcome.results.count)
                return outcome
            },
            cancelling: called.map(\.1),
            keyless: called.compactMap { rule, result in
                guard case .failure(let refusal) = result else { return nil }
                return KeylessCancellation(rule: rule, reason: "\(refusal)")
            }
        )
    }

    /// Matching rules up to the first that stops the walk.
    private func stopped(_ positions: [Int]) -> [Int] {
        guard let last = positions.firstIndex(where: { rules[$0].stops }) else { return positions }
        return Array(positions[...last])
    }
}

/// What an operator sees of a rule without reading its file.
package struct RuleSummary: Sendable {
    /// The rule's name.
    package let name: String
    /// Where it is.
    package let location: SourceLocation
    /// What it is for, in its writer's words.
    package let summary: String?
    /// The sources whose events it sees; `nil` for all.
    package let sources: [String]?
    /// The event types as written; empty for all.
    package let events: [String]
    /// Whether it runs at all.
    package let isEnabled: Bool
    /// Whether it only records.
    package let isShadow: Bool
    /// As its file has it.
    package let text: RuleLines
    /// The templates that it names, also while it is switched off; names that Liquid makes are left out.
    package let templates: [TemplateUse]

    init(_ rule: Rule) {
        text = rule.text
        templates = TemplateUse.all(of: rule)
        name = rule.name
        location = rule.location
        summary = rule.summary
        sources = rule.sources
        events = rule.events.map(\.text)
        isEnabled = rule.isEnabled
        isShadow = rule.isShadow
    }
}
