// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import Outbox

// One rule: what it did, what was found in it, and its lines as its file has them.

extension Screens {
    /// So many lines of a rule are on a page, and so many bytes of them as they stand there; the rest is in its file.
    private static let mostLines = 300
    private static let mostBytesOfLines = 24_000
    /// So many bytes stand around a line.
    private static let mostOfFrame = 60

    static let rule = Screen(path: PathPattern("rules/{name}"), scope: .read, tab: .rules, template: "rule") { visit in
        let name = visit.path["name"] ?? ""
        let rule = try await running(name, visit)
        let latest = try await visit.get("/messages", [("rule", name), ("limit", "10")])["data"]?.array ?? []
        guard rule != nil || !latest.isEmpty else {
            throw APIProblem(.notFound, "No rule of this name runs, and no message is of one.")
        }
        let isLatest = rule?["is_latest"]?.bool == true
        let findings = (rule?["findings"]?.array ?? []).map { finding($0).with(["here": .flag(isLatest)]) }
        let shown: Shown = [
            "name": .text(name), "rule": rule.map { ruleShown($0) } ?? .nothing, "gone": .flag(rule == nil),
            "counts": try await counts(of: name, visit), "rows": MessageRows.of(latest),
            "silent": .flag(latest.isEmpty), "findings": .list(findings),
            "address": .text(PercentEncoding.encode(name)),
            "canRehearse": .flag(rule != nil && visit.may(.operate)),
        ]
        return .page(title: "Rule \(name)", shown)
    }

    /// A rule as the API shows it; `nil` when none of that name runs.
    static func running(_ name: String, _ visit: Visit) async throws -> JSON? {
        name.isEmpty ? nil : try await visit.find("/rules/\(Visit.segment(name))")
    }

    /// A rule with its lines, for the partial `rule-text`.
    ///
    /// - Parameters:
    ///   - rule: As the API shows it.
    ///   - withTests: Whether its tests are shown, which a rule has at its end mostly.
    /// - Returns: What of it is on a page.
    static func ruleShown(_ rule: JSON, withTests: Bool = true) -> Shown {
        let lines = (rule["lines"]?.array ?? []).map { $0.string ?? "" }
        let shownLines = lines.prefix { withTests || $0.trimmingPrefix(while: \.isWhitespace) != "tests:" }
        let first = rule["first_line"]?.number?.int ?? 1
        let isLatest = rule["is_latest"]?.bool == true
        let flagged = Set((rule["findings"]?.array ?? []).compactMap { $0["line"]?.number?.int })
        var (rest, shown) = (mostBytesOfLines, [Shown]())
        for (position, line) in shownLines.prefix(mostLines).enumerated() where rest > 0 {
            let (number, part) = (first + position, BoundedHTML(line, most: rest))
            shown.append([
                "number": .text(String(number)), "text": .text(part.text),
                "flagged": .flag(isLatest && flagged.contains(number)),
            ])
            rest = part.isCut ? 0 : rest - part.size - mostOfFrame
        }
        let templates = (rule["templates"]?.array ?? []).map { use in
            Shown(use).with(["place": .text(templatePlace(use["name"]?.string ?? "", use["account"]?.string))])
        }
        return Shown(rule).with([
            "look": mode(rule["mode"]), "sourceLines": .list(shown), "isLatest": .flag(isLatest),
            "restLines": shown.count < lines.count ? .number(lines.count - shown.count) : .nothing,
            "whole": withTests ? .nothing : .text("rules/\(Visit.segment(rule["name"]?.string ?? ""))"),
            "templates": .list(templates), "hasTemplates": .flag(!templates.isEmpty),
        ])
    }

    /// The page of a template.
    static func templatePlace(_ name: String, _ account: String?) -> String {
        let tail = account.map { "?account=\(PercentEncoding.encode($0))" } ?? ""
        return "templates/\(Visit.segment(name))\(tail)"
    }
}
