// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox
internal import PartnerAPI

// The templates as the partner last told them, each as the customer would read it.

extension Screens {
    static let templateList = Screen(
        path: PathPattern("templates"),
        scope: .read,
        tab: .templates,
        template: "templates"
    ) {
        visit in
        let (account, accounts) = try await account(visit)
        let list: [JSON]
        do throws(APIProblem) {
            list = try await visit.get("/templates", [("account", account)])["data"]?.array ?? []
        } catch {
            guard error.kind == .unavailable else { throw error }
            return .page(title: "Templates", ["accounts": accounts, "rows": [], "unknown": true, "empty": false])
        }
        let rows = list.map { template in
            Shown(template).with([
                "look": status(template["status"]?.string), "category": Shown(template["category"]),
                "link": .text(link(template, account)), "language": .optional(language(template)),
            ])
        }
        let shown: Shown = [
            "accounts": accounts, "rows": .list(rows), "unknown": false, "empty": .flag(rows.isEmpty),
        ]
        return .page(title: "Templates", shown)
    }

    static let templatePage = Screen(
        path: PathPattern("templates/{name}"),
        scope: .read,
        tab: .templates,
        template: "template"
    ) { visit in
        let name = visit.path["name"] ?? ""
        let (account, _) = try await account(visit)
        _ = try await visit.get("/templates/\(Visit.segment(name))", [("account", account)])
        let variants = (account.flatMap(visit.ports.templates)?.templates ?? []).filter { $0.name == name }
        let shown = variants.map { template -> Shown in
            [
                "language": .text(template.language), "category": .optional(template.category),
                "look": status(template.status.rawValue), "bubble": preview(template),
                "count": .number(template.bubble.variableCount),
            ]
        }
        return .page(
            title: "Template \(name)",
            ["name": .text(name), "variants": .list(shown), "account": .optional(account)]
        )
    }

    /// The template with its gaps.
    private static func preview(_ template: MessageTemplate) -> Shown {
        guard let message = try? TemplateMessage(name: template.name, language: template.language) else {
            return .nothing
        }
        return Bubble.shown(template.render(message))
    }

    /// The account that is looked at, and all of them as tabs where there are several.
    static func account(_ visit: Visit) async throws -> (String?, Shown) {
        let names = (try await visit.get("/accounts")["data"]?.array ?? []).compactMap { $0["name"]?.string }
        let chosen = visit.query["account"] ?? names.first
        guard names.count > 1 else { return (chosen, .list([])) }
        let tabs = names.map { name -> Shown in
            [
                "label": .text(name), "place": .text("templates?account=\(PercentEncoding.encode(name))"),
                "query": .text("account=\(PercentEncoding.encode(name))"),
                "current": .flag(name == chosen),
            ]
        }
        return (chosen, .list(tabs))
    }

    private static func link(_ template: JSON, _ account: String?) -> String {
        let tail = account.map { "?account=\(PercentEncoding.encode($0))" } ?? ""
        return "templates/\(Visit.segment(template["name"]?.string ?? ""))\(tail)"
    }

    static func language(_ template: JSON) -> String? {
        template["language"]?.string ?? template["language"]?["code"]?.string
    }

    private static func status(_ status: String?) -> Shown {
        switch status?.uppercased() {
        case "APPROVED": Look.badge("Approved", tone: "good", icon: "accepted")
        case "PAUSED": Look.badge("Paused", tone: "warn", icon: "deferred")
        case "PENDING", "IN_APPEAL": Look.badge("In review", tone: "calm", icon: "scheduled")
        case let other?: Look.badge(other.prefix(1) + other.dropFirst().lowercased(), tone: "bad", icon: "failed")
        case nil: Look.badge("Unknown", tone: "dim", icon: "uncertain")
        }
    }
}
