// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import PartnerAPI

// What a rule says about when its messages leave that nobody can mean.

extension RuleFileCompiler {
    /// Reports keys that are empty or that nothing uses, spans of nothing, and messages that expire before they leave.
    ///
    /// - Parameter node: The rule.
    mutating func checkTiming(_ node: YAMLNode) {
        checkKeys(node)
        checkUse(of: "key", node)
        checkChange(node["when_changed"])
        checkSpans(node)
        if node.location == firstRule, let defaults { checkSpans(defaults) }
        checkDelay(node)
    }

    /// Whether a text is the same for every event.
    private func isConstant(_ text: String) -> Bool { !text.contains("{{") && !text.contains("{%") }

    private mutating func checkKeys(_ node: YAMLNode) {
        let once = node["once_per"].map { $0.elements ?? [$0] } ?? []
        let keys: [(name: String, node: YAMLNode?)] =
            [
                ("key", node["key"]), ("cancel_when.key", node["cancel_when"]?["key"]),
                ("digest.key", node["digest"]?["key"]),
            ]
            + once.map { ("once_per", $0) }
        for (name, key) in keys {
            guard let key, let text = key.text, ParameterCleaning.clean(text).isEmpty else { continue }
            let message = "found an empty '\(name)'; expected what tells one thing from another, such as \"{{ id }}\""
            diagnostics.append(Diagnostic(.invalidValue, at: key.location, message))
        }
    }

    private mutating func checkUse(of key: String, _ node: YAMLNode) {
        let users = ["cancel_when", "when_changed"]
        guard let entry = node.entries?.first(where: { $0.key == key }),
            !users.contains(where: { node[$0] != nil })
        else { return }
        let message =
            "found '\(key)' and nothing that goes by it; expected \(users.map { "'\($0)'" }.joined(separator: ", or "))"
        let once = node["once_per"] == nil ? "to tell something once, write 'once_per'" : nil
        let hint = node["digest"] == nil ? once : "what events of one message have in common is the 'key' in 'digest'"
        diagnostics.append(Diagnostic(.unusedKey, at: entry.keyLocation, message, hint: hint))
    }

    private mutating func checkChange(_ node: YAMLNode?) {
        guard let node, let text = node.text, isConstant(text) else { return }
        let message = "found a 'when_changed' that is the same for every event; only the first one of a key would send"
        let hint = "write what changes, such as \"{{ status }}\""
        diagnostics.append(Diagnostic(.constantValue, at: node.location, message, hint: hint))
    }

    private mutating func checkSpans(_ node: YAMLNode) {
        let spans: [(name: String, node: YAMLNode?, result: String)] = [
            ("limit.every", node["limit"]?["every"], "nothing would be limited"),
            ("digest.every", node["digest"]?["every"], "nothing would be collected"),
            ("expires_after", node["expires_after"], "every message would have expired when it begins"),
            ("once_within", node["once_within"], "nothing would be remembered"),
        ]
        for (name, span, result) in spans {
            guard let span, duration(span) == .zero else { continue }
            let message = "found a '\(name)' of nothing, by which \(result); expected a longer time"
            diagnostics.append(Diagnostic(.invalidValue, at: span.location, message))
        }
    }

    private mutating func checkDelay(_ node: YAMLNode) {
        guard let delay = inherited("delay", node), let expiry = inherited("expires_after", node),
            let wait = duration(delay), let life = duration(expiry), life > .zero, wait >= life
        else { return }
        // Where both stand in the defaults, it is said once.
        let own = node["delay"] ?? node["expires_after"]
        guard own != nil || node.location == firstRule else { return }
        let message =
            "found a 'delay' of \(delay.text ?? "") and an 'expires_after' of \(expiry.text ?? ""): every message would expire before it may leave; expected a shorter delay"
        diagnostics.append(Diagnostic(.invalidValue, at: (own ?? delay).location, message))
    }
}
