// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import EventPatterns
import Events

/// Checks of a rule against itself and against the rules before it.
enum RelationChecks {
    /// Looks for rules that can never match, that are always hidden, and that send what another sends.
    ///
    /// - Parameter rules: In their order.
    /// - Returns: Warnings at the rules' names.
    static func run(_ rules: [Rule]) -> [Diagnostic] {
        let enabled = rules.filter(\.isEnabled)
        return enabled.compactMap(contradiction) + shadowed(enabled) + repeated(enabled)
    }

    private static func contradiction(_ rule: Rule) -> Diagnostic? {
        contradiction(rule.match, rule.pattern).map { Diagnostic(.neverMatches, at: rule.location, $0) }
    }

    /// A field that has to be a single value and to hold fields at once; `$or` may keep the two apart.
    static func contradiction(_ match: JSON?, _ pattern: EventPattern) -> String? {
        guard let match, !hasChoice(match) else { return nil }
        let wanted = pattern.fields.filter { field in
            field.root == .payload
                && !field.conditions.contains { $0.contains("no such field") || $0.contains("missing") }
        }
        for field in wanted {
            let inner = wanted.first {
                $0.path.steps.count > field.path.steps.count && $0.path.steps.starts(with: field.path.steps)
            }
            guard let inner else { continue }
            return
                "found conditions on '\(field.path)' and on '\(inner.path)' inside it; expected one of them, a value has no fields"
        }
        return nil
    }

    private static func hasChoice(_ pattern: JSON) -> Bool {
        switch pattern {
        case .object(let members): members.contains { $0.key == "$or" || hasChoice($0.value) }
        case .array(let elements): elements.contains(where: hasChoice)
        default: false
        }
    }

    private static func shadowed(_ rules: [Rule]) -> [Diagnostic] {
        let reaches = rules.map(Reach.init)
        var stoppers = ReachIndex()
        var found: [Diagnostic] = []
        for (position, rule) in rules.enumerated() {
            let reach = reaches[position]
            if let stopper = stoppers.first(near: reach, where: { reaches[$0].covers(reach) }) {
                let stopper = rules[stopper]
                let message =
                    "found '\(rule.name)' after '\(stopper.name)', which matches all its events and says stop: true"
                found.append(
                    Diagnostic(.shadowedRule, at: rule.location, message, hint: "put it before \(stopper.location)")
                )
            }
            if rule.stops { stoppers.add(reach, at: position) }
        }
        return found
    }

    private static func repeated(_ rules: [Rule]) -> [Diagnostic] {
        let reaches = rules.map(Reach.init)
        var byTemplate: [String: ReachIndex] = [:]
        var found: [Diagnostic] = []
        for (position, rule) in rules.enumerated() where !rule.isShadow {
            guard case .template(let plan) = rule.send.content, let name = plan.name.constant else { continue }
            let reach = reaches[position]
            let other = byTemplate[name]?.first(near: reach) { reaches[$0].covers(reach) || reach.covers(reaches[$0]) }
            if let other, !rules[other].stops {
                let message =
                    "found the template '\(name)' in '\(rule.name)' and in '\(rules[other].name)' for the same events; expected one message"
                found.append(Diagnostic(.sameTemplate, at: rule.location, message))
            }
            byTemplate[name, default: ReachIndex()].add(reach, at: position)
        }
        return found
    }
}

/// What decides which events a rule matches; little beside the rule, for it is compared often.
private struct Reach {
    let sources: [String]?
    let events: [EventTypePattern]
    private let match: JSON?
    private let headers: JSON?

    init(_ rule: Rule) {
        (sources, events, match, headers) = (rule.sources, rule.events, rule.match, rule.headers)
    }

    /// Whether every event that another rule matches is certain to match this one too.
    func covers(_ other: Reach) -> Bool {
        coversSources(other) && coversTypes(other)
            && (match == nil || match == other.match) && (headers == nil || headers == other.headers)
    }

    private func coversSources(_ other: Reach) -> Bool {
        guard let sources else { return true }
        return other.sources.map { $0.allSatisfy(sources.contains) } ?? false
    }

    private func coversTypes(_ other: Reach) -> Bool {
        guard !events.isEmpty else { return true }
        return !other.events.isEmpty
            && other.events.allSatisfy { type in
                events.contains { $0 == type || !type.hasWildcard && $0.matches(type.text) }
            }
    }
}

/// Finds the rules that may cover one or be covered by it, without a look at each of ten thousand.
///
/// Of two rules that cover one another, both name one source, or one of them sees all; so it is with types.
private struct ReachIndex {
    private enum Label: Hashable {
        case named(String)
        /// Rules that see more than what they name, or name nothing.
        case open
        case all
    }

    private struct Key: Hashable {
        let source: Label
        let type: Label
    }

    private var positions: [Key: [Int]] = [:]

    /// Takes a rule in; by ascending positions.
    mutating func add(_ reach: Reach, at position: Int) {
        let labels = { (names: [String], isOpen: Bool) in names.map(Label.named) + (isOpen ? [.open, .all] : [.all]) }
        for key in Self.keys(of: reach, labels) { positions[key, default: []].append(position) }
    }

    /// The first rule that fits among those that may cover another one or be covered by it.
    func first(near reach: Reach, where fits: (Int) -> Bool) -> Int? {
        let labels = { (names: [String], isOpen: Bool) in isOpen ? [.all] : names.map(Label.named) + [.open] }
        return Self.keys(of: reach, labels).compactMap { positions[$0]?.first(where: fits) }.min()
    }

    private static func keys(of reach: Reach, _ labels: ([String], Bool) -> [Label]) -> [Key] {
        let types = reach.events.filter { !$0.hasWildcard }.map(\.text)
        let hasOpenTypes = reach.events.isEmpty || types.count < reach.events.count
        return labels(reach.sources ?? [], reach.sources == nil).flatMap { source in
            labels(types, hasOpenTypes).map { Key(source: source, type: $0) }
        }
    }
}
