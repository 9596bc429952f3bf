// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import Events
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
        let findings = diagnostics.map(\.wordedJSON)
        return [
            "success": .bool(isSuccess), "waits_for_templates": .bool(outcome == .waiting),
            "at": .string(at.rfc3339), "rule_count": .number(JSONNumber(ruleCount)), "diagnostics": .array(findings),
            "rules": .array(rules.summaries.map { Self.summary($0) }),
        ]
    }

    /// One rule as its file has it, with what was found in it.
    ///
    /// - Parameters:
    ///   - name: The rule's name.
    ///   - rules: The rules that run.
    ///   - masking: What may be shown: a file may have numbers in it.
    /// - Returns: `nil` when no rule of this name runs.
    package func json(ofRule name: String, in rules: RuleSet, _ masking: Masking) -> JSON? {
        guard let rule = rules.summaries.first(where: { $0.name == name }) else { return nil }
        // What the last reading found is about the lines that run only where it was taken.
        let found = diagnostics.filter { finding in
            finding.location.file == rule.location.file && (!isSuccess || rule.text.contains(finding.location))
        }
        return Self.summary(rule).adding([
            "description": rule.summary.map { .string(masking.text($0)) } ?? .null,
            "first_line": .number(JSONNumber(rule.text.firstLine)),
            "lines": .array(rule.text.lines.map { .string(masking.text($0)) }),
            "findings": .array(found.map(\.wordedJSON)), "read_at": .string(at.rfc3339),
            "is_latest": .bool(isSuccess),
        ])
    }

    private static func summary(_ rule: RuleSummary) -> JSON {
        [
            "name": .string(rule.name), "source": .string(rule.sources?.joined(separator: ", ") ?? "any"),
            "events": .string(rule.events.isEmpty ? "any" : rule.events.joined(separator: ", ")),
            "mode": .string(rule.isEnabled ? rule.isShadow ? "shadow" : "live" : "disabled"),
            "file": .string("\(rule.location)"), "templates": .array(rule.templates.map(template)),
        ]
    }

    /// A template that a rule names; the account is `null` for the first one, and where the event decides.
    private static func template(_ use: TemplateUse) -> JSON {
        var account: JSON = .null
        if case .named(let name) = use.account { account = .string(name) }
        return [
            "name": .string(use.name), "languages": .array(use.languages.map(JSON.string)), "account": account,
            "otherwise": .bool(use.isFallback),
        ]
    }
}

extension Diagnostic {
    /// The finding for programs, and with it as the command line says it.
    var wordedJSON: JSON { json.adding(["text": .string("\(self)")]) }
}
