// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import Outbox

// The rules that run, and what was found in their files.

extension Screens {
    static let rules = Screen(path: PathPattern("rules"), scope: .read, tab: .rules, template: "rules") { visit in
        let status = try await visit.get("/rules/status")
        let rules = status["rules"]?.array ?? []
        let findings = status["diagnostics"]?.array ?? []
        let isTaken = status["success"]?.bool ?? false
        let waits = status["waits_for_templates"]?.bool ?? false
        let shown: Shown = [
            "rows": .list(rules.map { rule in Shown(rule).with(["look": mode(rule["mode"])]) }),
            "empty": .flag(rules.isEmpty), "findings": .list(findings.map(finding)), "clean": .flag(findings.isEmpty),
            "at": .time(status["at"]?.string), "taken": .flag(isTaken), "waits": .flag(waits),
            "refused": .flag(!isTaken && !waits),
        ]
        return .page(title: "Rules", shown)
    }

    /// How many of a rule's newest messages stand where.
    static func counts(of rule: String, _ visit: Visit) async throws -> Shown {
        let counts = try await visit.get("/messages/states", [("rule", rule)])
        // What is on its way stays so for moments: it is shown while there is some.
        let passing: Set<MessageState> = [.queued, .sending, .retrying]
        return .list(
            MessageState.allCases.compactMap { state in
                let count = counts[state.rawValue]?.number?.int ?? 0
                guard count > 0 || !passing.contains(state) else { return nil }
                return Look.of(state).with(["count": .number(count), "none": .flag(count == 0)])
            }
        )
    }

    static func mode(_ mode: JSON?) -> Shown {
        switch mode?.string ?? "" {
        case "live": Look.badge("Live", tone: "good", icon: "accepted")
        case "shadow": Look.badge("Shadow", tone: "calm", icon: "suppressed")
        default: Look.badge("Disabled", tone: "dim", icon: "cancelled")
        }
    }

    static func finding(_ finding: JSON) -> Shown {
        let isError = finding["severity"]?.string == "error"
        return Shown(finding).with([
            "look": isError
                ? Look.badge("Error", tone: "bad", icon: "failed")
                : Look.badge("Warning", tone: "warn", icon: "uncertain")
        ])
    }
}
