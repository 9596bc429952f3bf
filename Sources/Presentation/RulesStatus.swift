// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import Events
internal import OrderedCollections
package import Rules

/// How the service last read its rules.
package struct RulesStatus: Sendable {
    /// What became of the rules that were read.
    package enum Outcome: Hashable, Sendable {
        /// They run.
        case taken
        /// They have no errors, and run once their account has the templates that they name.
        case waiting
        /// They have errors.
        case refused
    }

    /// When it was.
    package let at: Timestamp
    /// What became of its rules.
    package let outcome: Outcome
    /// How many rules run.
    package let ruleCount: Int
    /// What was found in the files.
    package let diagnostics: [Diagnostic]

    package init(at: Timestamp, outcome: Outcome, ruleCount: Int, diagnostics: [Diagnostic]) {
        self.at = at
        self.outcome = outcome
        self.ruleCount = ruleCount
        self.diagnostics = diagnostics
    }

    /// Whether its rules run.
    package var isSuccess: Bool { outcome == .taken }
}

extension RulesStatus {
    /// The status as the inner listener shows it.
    ///
    /// - Parameter rules: The rules that run.
    /// - Returns: The status, with a summary of each rule.
    package func json(_ rules: RuleSet) -> JSON {
        let summaries = rules.summaries.map { rule -> JSON in
            [
                "name": .string(rule.name), "source": .string(rule.sources?.joined(separator: ", ") ?? "any"),
                "events": .string(rule.events.isEmpty ? "any" : rule.events.joined(separator: ", ")),
                "mode": .string(rule.isEnabled ? rule.isShadow ? "shadow" : "live" : "disabled"),
                "file": .string("\(rule.location)"),
            ]
        }
        let findings = diagnostics.map { diagnostic -> JSON in
            var members = diagnostic.json.object ?? [:]
            members["text"] = .string("\(diagnostic)")
            return .object(members)
        }
        return [
            "success": .bool(isSuccess), "waits_for_templates": .bool(outcome == .waiting),
            "at": .string(at.rfc3339), "rule_count": .number(JSONNumber(ruleCount)), "diagnostics": .array(findings),
            "rules": .array(summaries),
        ]
    }
}
