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

    /// A field that has to be a single value and to hold fields at once; `$or` may keep the two apart.
    private static func contradiction(_ rule: Rule) -> Diagnostic? {
        guard let match = rule.match, !hasChoice(match) else { return nil }
        let wanted = rule.pattern.fields.filter { field in
            field.root == .payload
                && !field.conditions.contains { $0.contains("no such field") || $0.contains("missing") }
        }
        for field in wanted {
            let inner = wanted.first {
                $0.path.steps.count > field.path.steps.count && $0.path.steps.starts(with: field.path.steps)
            }
            guard let inner else { continue }
            let message =
                "found conditions on '\(field.path)' and on '\(inner.path)' inside it; expected one of them, a value has no fields"
            return Diagnostic(.neverMatches, at: rule.location, message)
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
        var stoppers: [Rule] = []
        var found: [Diagnostic] = []
        for rule in rules {
            if let stopper = stoppers.first(where: { $0.covers(rule) }) {
                let message =
                    "found '\(rule.name)' after '\(stopper.name)', which matches all its events and says stop: true"
                found.append(
                    Diagnostic(.shadowedRule, at: rule.location, message, hint: "put it before \(stopper.location)")
                )
            }
            if rule.stops { stoppers.append(rule) }
        }
        return found
    }

    private static func repeated(_ rules: [Rule]) -> [Diagnostic] {
        var byTemplate: [String: [Rule]] = [:]
        var found: [Diagnostic] = []
        for rule in rules where !rule.isShadow {
            guard case .template(let plan) = rule.send.content, let name = plan.name.constant else { continue }
            if let other = byTemplate[name]?.first(where: { $0.covers(rule) || rule.covers($0) }), !other.stops {
                let message =
                    "found the template '\(name)' in '\(rule.name)' and in '\(other.name)' for the same events; expected one message"
                found.append(Diagnostic(.sameTemplate, at: rule.location, message))
            }
            byTemplate[name, default: []].append(rule)
        }
        return found
    }
}

extension Rule {
    /// Whether every event that another rule matches is certain to match this one too.
    fileprivate func covers(_ other: Rule) -> Bool {
        coversSources(other) && coversTypes(other)
            && (match == nil || match == other.match) && (headers == nil || headers == other.headers)
    }

    private func coversSources(_ other: Rule) -> Bool {
        guard let sources else { return true }
        return other.sources.map { $0.allSatisfy(sources.contains) } ?? false
    }

    private func coversTypes(_ other: Rule) -> Bool {
        guard !events.isEmpty else { return true }
        return !other.events.isEmpty
            && other.events.allSatisfy { type in
                events.contains { $0 == type || !type.hasWildcard && $0.matches(type.text) }
            }
    }
}
