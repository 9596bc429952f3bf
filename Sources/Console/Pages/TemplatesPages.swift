// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox
internal import PartnerAPI

// The templates as the partner last told them, each as the customer would read it.

extension Screens {
    /// So many templates are on a page.
    private static let mostTemplates = 100

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
            let query = [("account", account), ("text", visit.query["text"])]
            list = try await visit.get("/templates", query)["data"]?.array ?? []
        } catch {
            guard error.kind == .unavailable else { throw error }
            return .page(title: "Templates", ["accounts": accounts, "rows": [], "unknown": true, "empty": false])
        }
        let rows = list.prefix(mostTemplates).map { template in
            Shown(template).with([
                "look": status(template["status"]?.string), "category": Shown(template["category"]),
                "link": .text(templatePlace(template["name"]?.string ?? "", account)),
                "language": .optional(language(template)),
            ])
        }
        let shown: Shown = [
            "accounts": accounts, "rows": .list(rows), "unknown": false, "empty": .flag(rows.isEmpty),
            "account": .optional(visit.query["account"]), "text": .optional(visit.query["text"]),
            "all": .text(Listing(place: "templates", filters: [("account", "")]).address(visit, changing: [:])),
            "rest": list.count > rows.count ? .number(list.count - rows.count) : .nothing,
            "searchable": .flag(!rows.isEmpty || visit.query["text"] != nil),
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
        let accounts = try await visit.get("/accounts")["data"]?.array ?? []
        let first = accounts.first?["name"]?.string
        let account = visit.query["account"] ?? first
        let users = try await users(of: name, account, first, visit)
        let isKnown = try await visit.find("/templates/\(Visit.segment(name))", [("account", account)]) != nil
        guard isKnown || !users.isEmpty else {
            throw APIProblem(.notFound, "The account has no template of this name, and no rule names one.")
        }
        let variants = (account.flatMap(visit.ports.templates)?.templates ?? []).filter { $0.name == name }
        let shown = variants.map { template -> Shown in
            [
                "language": .text(template.language), "category": .optional(template.category),
                "look": status(template.status.rawValue), "bubble": preview(template),
                "count": .number(template.bubble.variableCount), "means": .text(meaning(template.status.rawValue)),
            ]
        }
        return .page(
            title: "Template \(name)",
            [
                "name": .text(name), "variants": .list(shown), "account": .optional(account), "users": .list(users),
                "unused": .flag(users.isEmpty), "missing": .flag(!isKnown),
                "held": held(name, account, accounts),
            ]
        )
    }

    /// The rules that name a template of an account; a rule that names no account takes the first.
    private static func users(of name: String, _ account: String?, _ first: String?, _ visit: Visit) async throws
        -> [Shown]
    {
        (try await visit.get("/rules")["data"]?.array ?? []).compactMap { rule in
            let use = rule["templates"]?.array?.first { use in
                use["name"]?.string == name && (use["account"]?.string ?? first) == account
            }
            guard let use else { return nil }
            return Shown(rule).with(["look": mode(rule["mode"]), "otherwise": .flag(use["otherwise"]?.bool == true)])
        }
    }

    /// Why messages of a template are held, where the account says so.
    private static func held(_ name: String, _ account: String?, _ accounts: [JSON]) -> Shown {
        let holds = accounts.first { $0["name"]?.string == account }?["held"]?.array ?? []
        let mine = holds.filter { $0["what"]?.string == "template \(name)" }
        return .list(mine.map { Shown($0) })
    }

    /// What a status means for messages.
    private static func meaning(_ status: String) -> String {
        switch status.uppercased() {
        case "APPROVED": "Its messages leave."
        case "PAUSED":
            "WhatsApp has paused it, mostly because people did not like it: its messages are held until it goes on."
        case "PENDING", "IN_APPEAL":
            "WhatsApp has not approved it yet: rules that name it wait, or take their 'otherwise'."
        case "REJECTED": "WhatsApp has rejected it: change it in the partner's dashboard, and send it in again."
        case "DISABLED": "WhatsApp has switched it off for good: rules need another one."
        default: "It cannot be sent as it is: the partner's dashboard says more."
        }
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
