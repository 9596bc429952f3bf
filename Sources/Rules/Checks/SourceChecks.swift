// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events

/// Holds rules against the sources that the configuration has.
enum SourceChecks {
    /// Looks for rules about sources that nobody configured: they wait for events that cannot come.
    ///
    /// - Parameters:
    ///   - rules: In their order.
    ///   - sources: The names of the configuration's sources.
    /// - Returns: A warning for each file and such name, at the first rule with it.
    static func run(_ rules: [Rule], sources: [String]) -> [Diagnostic] {
        let configured = Set(sources)
        var order: [Unknown] = []
        var found: [Unknown: [Rule]] = [:]
        for rule in rules where rule.isEnabled {
            for source in rule.sources ?? [] where !configured.contains(source) {
                let unknown = Unknown(file: rule.location.file, source: source)
                if found[unknown] == nil { order.append(unknown) }
                found[unknown, default: []].append(rule)
            }
        }
        return order.compactMap { unknown in found[unknown].map { diagnostic(unknown.source, $0, sources) } }
    }

    private struct Unknown: Hashable {
        let file: String
        let source: String
    }

    private static func diagnostic(_ source: String, _ rules: [Rule], _ sources: [String]) -> Diagnostic {
        let who = rules.count == 1 ? "the rule '\(rules[0].name)'" : "\(rules.count) rules of this file"
        let known = sources.prefix(8).joined(separator: ", ") + (sources.count > 8 ? ", …" : "")
        let message =
            "found the source '\(source)' for \(who), which the configuration does not have; expected one of \(known)"
        let hint = NearMiss.question(for: source, among: sources) ?? "write it below 'sources' of the configuration"
        return Diagnostic(.unknownSource, at: rules[0].location, message, hint: hint)
    }
}
