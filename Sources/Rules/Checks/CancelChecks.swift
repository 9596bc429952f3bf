// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events

/// Looks for a `cancel_when` that no event can be meant by: what it was to call off is sent.
struct CancelChecks {
    /// All rules.
    let rules: [Rule]
    /// The events of all tests.
    let samples: [Event]

    /// Looks through every rule.
    ///
    /// - Returns: Warnings at the event's type, the pattern or the key.
    func run() -> [Diagnostic] {
        rules.flatMap { rule -> [Diagnostic] in
            guard let setting = rule.timing.cancelWhen else { return [] }
            return unknownTypes(setting, rule)
                + [contradiction(setting), unequalKeys(setting, rule)].compactMap(\.self)
        }
    }

    /// Types that neither a rule nor a test of the source has: errors of spelling, mostly.
    private func unknownTypes(_ setting: CancelSetting, _ rule: Rule) -> [Diagnostic] {
        let known = types(near: rule)
        return zip(setting.condition.events, setting.eventNodes).compactMap { type, node in
            guard !known.all.contains(where: type.matches) else { return nil }
            let nearest = NearMiss.nearest(to: type.text, among: known.all.sorted())
            // Without a test nothing is known of what the source sends, unless the word is nearly one of a rule.
            guard nearest != nil || known.hasSamples else { return nil }
            let message =
                "found the event '\(type.text)', which no rule and no test of this source has; expected one that calls messages off"
            let hint = nearest.map { "did you mean '\($0)'?" } ?? "add a test with such an event"
            return Diagnostic(.neverCancels, at: node.location, message, hint: hint)
        }
    }

    /// The types of events that the rule's sources are known to send.
    private func types(near rule: Rule) -> (all: Set<String>, hasSamples: Bool) {
        let isShared = { (sources: [String]?) in
            guard let own = rule.sources, let sources else { return true }
            return !Set(own).isDisjoint(with: sources)
        }
        let seen = Set(samples.filter { isShared([$0.source]) }.map(\.type)).subtracting([""])
        let named = rules.filter { isShared($0.sources) }.flatMap(\.events).filter { !$0.hasWildcard }.map(\.text)
        return (seen.union(named), !seen.isEmpty)
    }

    private func contradiction(_ setting: CancelSetting) -> Diagnostic? {
        guard let node = setting.matchNode,
            let message = RelationChecks.contradiction(setting.condition.match, setting.condition.pattern)
        else { return nil }
        return Diagnostic(.neverCancels, at: node.location, message)
    }

    private func unequalKeys(_ setting: CancelSetting, _ rule: Rule) -> Diagnostic? {
        guard let key = setting.key.constant, let own = rule.timing.key?.constant, key != own else { return nil }
        let message = "found the key '\(key)', which never equals the rule's '\(own)'; expected the same of both events"
        return Diagnostic(.neverCancels, at: setting.key.location, message)
    }
}
