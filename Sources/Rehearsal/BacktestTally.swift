// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Rules

/// Counts by rule, and what is to be said of a rule.
struct BacktestTally {
    private(set) var counts = BacktestReport.Counts()
    private var byRule: [String: BacktestReport.Counts] = [:]
    private let rules: [String: RuleSummary]
    /// The names of rules on the side that is compared with, once all are known.
    var oldRules: Set<String> = []
    /// How many messages a rule that is gone made which another one makes just so.
    private var twins: [String: [String: Int]] = [:]

    init(_ rules: RuleSet) {
        self.rules = Dictionary(rules.summaries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func add(_ pair: MessagePairing.Pair, _ kinds: [BacktestReport.Kind], leaves: Bool) {
        for kind in kinds {
            counts[kind] += 1
            byRule[pair.rule, default: BacktestReport.Counts()][kind] += 1
        }
        guard leaves, kinds == [.added], let twin = pair.twin, rules[twin] == nil else { return }
        twins[pair.rule, default: [:]][twin, default: 0] += 1
    }

    /// A rule that is there, and of which nothing is known from before.
    private func isNew(_ rule: String) -> Bool { rules[rule] != nil && !oldRules.contains(rule) }

    /// Why a rule makes no message any more; `nil` when it might.
    func absence(of rule: String) -> String? {
        guard let summary = rules[rule] else { return "the rule is not there any more" }
        return summary.isEnabled ? nil : "the rule is switched off"
    }

    /// The rules that have something to tell, by name.
    var rows: [BacktestReport.RuleRow] {
        byRule.sorted { $0.key < $1.key }.map { rule, counts in
            BacktestReport.RuleRow(rule: rule, counts: counts, note: note(on: rule))
        }
    }

    private func note(on rule: String) -> String? {
        if let absence = absence(of: rule) { return absence }
        if isNew(rule), let (old, count) = twins[rule]?.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
            return
                "the rule looks new, and like '\(old)' under another name: \(count.counted("message")) would be sent again"
        }
        if isNew(rule) { return "the rule is new" }
        return rules[rule]?.isShadow == true ? "the rule is in shadow mode: it only records" : nil
    }
}
