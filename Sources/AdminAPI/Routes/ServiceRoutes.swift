// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Outbox
internal import PartnerAPI
internal import Presentation

// The service that runs: its health, rules, templates, senders and accounts.

extension RouteTable {
    private static let account = Parameter("account", "The account of the configuration; the first if left out.")

    static func serviceRoutes(_ ports: AdminPorts) -> [Route] {
        ruleRoutes(ports) + templateRoutes(ports) + accountRoutes(ports)
    }

    private static func ruleRoutes(_ ports: AdminPorts) -> [Route] {
        [
            .get("/health", .read, "What /readyz says: every part of the service.", answer: .value(.ref("Health"))) {
                _ in
                .json(await ports.health())
            },
            .get("/rules", .read, "The rules that run.", answer: .list("Rule")) { _ in
                .list(ports.rules()["rules"]?.array ?? [])
            },
            .get(
                "/rules/status",
                .read,
                "How the rules were last read, and what was found.",
                answer: .value(.ref("RulesStatus"))
            ) {
                _ in .json(ports.rules())
            },
            .get(
                "/rules/{name}",
                .read,
                "A rule that runs: its lines as its file has them, what was found in them, and the templates that it names.",
                answer: .value(.ref("RuleDetail"))
            ) { call in
                guard let rule = ports.rule(call.path["name"] ?? "", call.masking) else {
                    throw APIProblem(.notFound, "No rule of this name runs.")
                }
                return .json(rule)
            },
        ]
    }

    private static func templateRoutes(_ ports: AdminPorts) -> [Route] {
        [
            .get(
                "/templates",
                .read,
                "An account's templates, as they were last known.",
                query: [account, Parameter("text", "Only templates whose name or words have this in them.")],
                answer: .list("Template")
            ) { call in
                let text = call.query["text"] ?? ""
                let templates = try templates(of: call, ports).filter { $0.says(text) }
                return .list(templates.map(\.record)).printed { TemplateViews.table(templates) }
            },
            .get(
                "/templates/{name}",
                .read,
                "A template in all its languages.",
                query: [account],
                answer: .list("Template")
            ) { call in
                let named = try templates(of: call, ports).filter { $0.name == call.path["name"] }
                guard !named.isEmpty else { throw APIProblem(.notFound, "The account has no template of this name.") }
                return .list(named.map(\.record))
                    .printed { named.map(TemplateViews.text).joined(separator: "\n") }
            },
        ]
    }

    private static func accountRoutes(_ ports: AdminPorts) -> [Route] {
        [
            .get(
                "/sources",
                .read,
                "The configured senders: where they post to, and how they are verified.",
                answer: .list("Source")
            ) {
                _ in .list(ports.sources())
            },
            secretUses(ports),
            .get("/accounts", .read, "How the accounts fare.", answer: .list("Account")) { _ in
                .list(ports.accountStates()["accounts"]?.array ?? [])
            },
            .get("/portfolios", .read, "How many people portfolios wrote to.", answer: .list("Portfolio")) { _ in
                .list(ports.accountStates()["portfolios"]?.array ?? [])
            },
            .post(
                "/accounts/{name}/resume",
                .operate,
                "Lets an account go on that stopped until a person says so.",
                answer: .value(.ref("Resumed"))
            ) { call in
                let name = call.path["name"] ?? ""
                let place = PlannedChange.Place.service(action: "accounts.resume", subject: name) {
                    () throws(APIProblem) in
                    guard let json = ports.resume(name) else {
                        throw APIProblem(.notFound, "The configuration has no such account.")
                    }
                    let parts = (json["resumed"]?.array ?? []).compactMap { $0["part"]?.string }
                    return (json, parts.isEmpty ? "nothing had stopped" : "goes on: " + parts.joined(separator: ", "))
                }
                return PlannedChange(place: place)
            },
        ]
    }

    /// So many of a source's newest events are looked at for who had signed them.
    private static let newestOfSource = 10_000

    private static func secretUses(_ ports: AdminPorts) -> Route {
        .get(
            "/sources/{name}/secrets",
            .read,
            "When the file of which secret was written, and when it had signed an event of a source, among its newest \(newestOfSource); never a secret.",
            answer: .value(.ref("SecretUses"))
        ) { call in
            let name = call.path["name"] ?? ""
            guard let source = ports.sources().first(where: { $0["name"]?.string == name }) else {
                throw APIProblem(.notFound, "The configuration has no source of this name.")
            }
            let uses = try await ports.store.secretUses(of: name, newest: newestOfSource)
            return .json(json(uses, of: source))
        }
    }

    /// Those of the configuration in its order, then those that are not in it any more.
    private static func json(_ uses: SecretUses, of source: JSON) -> JSON {
        let configured = (source["secrets"]?.array ?? []).compactMap(\.string)
        let written = Dictionary(zip(configured, source["secrets_written_at"]?.array ?? [])) { first, _ in first }
        let others = uses.byLabel.keys.filter { !configured.contains($0) }.sorted()
        let secrets = (configured + others).map { label -> JSON in
            let use = uses.byLabel[label]
            return [
                "name": .string(label), "configured": .bool(configured.contains(label)),
                "written_at": written[label] ?? .null,
                "first_at": use.map { .string($0.first.rfc3339) } ?? .null,
                "last_at": use.map { .string($0.last.rfc3339) } ?? .null,
                "events": .number(JSONNumber(use?.events ?? 0)),
            ]
        }
        return [
            "secrets": .array(secrets), "events": .number(JSONNumber(uses.looked)), "complete": .bool(uses.isWhole),
        ]
    }

    private static func templates(of call: Call, _ ports: AdminPorts) throws(APIProblem) -> [MessageTemplate] {
        try catalogue(of: call.query["account"], at: .parameter("account"), ports).templates
    }

    /// The templates of an account, the first if none is named, as they were last known.
    static func catalogue(
        of account: String?,
        at place: FieldMistake.Place,
        _ ports: AdminPorts
    ) throws(APIProblem) -> TemplateCatalogue {
        let name = account ?? ports.accounts.first ?? ""
        try ports.requireAccount(name, at: place)
        guard let catalogue = ports.templates(name) else {
            throw APIProblem(
                .unavailable,
                "The partner has not told the templates of this account yet.",
                headers: [.retryAfter: "5"]
            )
        }
        return catalogue
    }
}

// What goes on while somebody listens.

extension RouteTable {
    static func stream(_ feed: LiveFeed) -> Route {
        .follow(
            "/stream",
            .read,
            "Server-sent events: how much has come, and how everything stands, at most once a second.",
            query: [Parameter("after", .place, "Where to go on: an `id` of before. `Last-Event-ID` counts more.")],
            answer: .stream("Update")
        ) { call in
            var place = call.query["after"].flatMap(ListEnds.init)
            if let text = call.lastEventID {
                place = ListEnds(text)
                guard place != nil else {
                    let mistake = FieldMistake(.header("Last-Event-ID"), "is no place; expected an id of the stream")
                    throw APIProblem(.badRequest, "The stream has never been there.", [mistake])
                }
            }
            return try feed.body(for: .init(ends: place, masking: call.masking, holds: call.mayGoOn))
        }
    }
}
