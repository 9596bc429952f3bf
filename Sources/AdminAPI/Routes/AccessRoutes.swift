// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Outbox
internal import Presentation

// Who may do what, and who did what.

extension RouteTable {
    static func accessRoutes(_ ports: AdminPorts) -> [Route] {
        keyRoutes(ports) + tokenRoutes(ports) + [
            .get(
                "/audit",
                .admin,
                "What was done by hand, the newest first.",
                query: [
                    Parameter("who", "Only what this user or token did."),
                    Parameter("action", "Only this action, such as messages.cancel."),
                    Parameter("subject", "Only what was done to this: an id or a name."), Parameter.since,
                ] + Parameter.paging,
                answer: .page("AuditLine")
            ) { call in
                let filter = AuditFilter(
                    who: call.query["who"],
                    action: call.query["action"],
                    subject: call.query["subject"],
                    since: call.time("since"),
                    limit: call.limit,
                    cursor: call.cursor
                )
                let page = try await ports.store.audit(filter)
                return .page(page, \.json).printed { AccessViews.table(page.elements) }
            }
        ]
    }

    private static func keyRoutes(_ ports: AdminPorts) -> [Route] {
        [
            .get(
                "/keys",
                .admin,
                "The keys of the partner API that Hookline offers, the newest first.",
                query: Parameter.paging,
                answer: .page("Key")
            ) { call in
                let keys = try await ports.store.apiKeys()
                let page = Page(newestOf: keys, limit: call.limit, cursor: call.cursor)
                return .page(page, \.json).printed { KeyViews.table(page.elements) }
            },
            .get("/keys/{id}", .admin, "A key; never its secret.", answer: .value(.ref("Key"))) { call in
                let key = try found(try await ports.store.apiKey(call.id), "key")
                return .json(key.json).printed { KeyViews.table([key]) }
            },
            .post(
                "/keys",
                .admin,
                "Makes a key; its secret is in this answer alone, and in no repetition of it.",
                body: BodyShape([
                    .init("label", .text(1...100), required: true, "Whose key it is."),
                    .init("account", .text(1...200), "The account that its messages use; the first if left out."),
                ]),
                answer: .created("Key"),
                { try newKey($0, ports) }
            ),
            .post("/keys/{id}/revoke", .admin, "Takes a key back.", answer: .value(.ref("Key"))) { call in
                let place = PlannedChange.Place.store(.revokeKey(call.id)) { changed in
                    guard case .key(let key) = changed else { return .null }
                    return key.json
                }
                return PlannedChange(place: place) { if case .key(let key) = $0 { KeyViews.table([key]) } else { "" } }
            },
        ]
    }

    private static func newKey(_ call: Call, _ ports: AdminPorts) throws(APIProblem) -> PlannedChange {
        let account = call.body["account"]?.string
        if let account { try ports.requireAccount(account, at: .pointer("#/account")) }
        let issued = IssuedKey(label: call.body["label"]?.string ?? "", account: account, at: call.now)
        let place = PlannedChange.Place.store(.addKey(issued.key)) { _ in issued.key.json }
        return PlannedChange(place: place, status: 201, secrets: ["secret": issued.secret]) { _ in issued.text }
    }

    private static func tokenRoutes(_ ports: AdminPorts) -> [Route] {
        [
            .get(
                "/tokens",
                .admin,
                "The tokens of this API, the newest first.",
                query: Parameter.paging,
                answer: .page("Token")
            ) { call in
                let tokens = try await ports.store.tokens()
                let page = Page(newestOf: tokens, limit: call.limit, cursor: call.cursor)
                return .page(page) { $0.json(at: call.now) }
                    .printed { AccessViews.table(page.elements, at: call.now) }
            },
            .get("/tokens/{id}", .admin, "A token; never its text.", answer: .value(.ref("Token"))) { call in
                let token = try found(try await ports.store.tokens().first { $0.id == call.id }, "token")
                return .json(token.json(at: call.now)).printed { AccessViews.table([token], at: call.now) }
            },
        ] + tokenChanges
    }

    private static var tokenChanges: [Route] {
        [
            .post(
                "/tokens",
                .admin,
                "Makes a token; its text is in this answer alone, and in no repetition of it.",
                body: BodyShape([
                    .init("name", .text(1...100), required: true, "Whose it is; no two live ones have the same."),
                    .init("scope", .choice(AccessScope.allCases.map(\.rawValue)), "What it may do; read if left out."),
                    .init("pii", .flag, "Whether its holder sees numbers and payloads; false if left out."),
                    .init(
                        "expires",
                        .duration,
                        "How long it opens anything, such as 30d; null for ever, 90d if left out."
                    ),
                ]),
                answer: .created("Token"),
                newToken
            ),
            .post("/tokens/{id}/revoke", .admin, "Takes a token back.", answer: .value(.ref("Token"))) { call in
                let now = call.now
                let place = PlannedChange.Place.store(.revokeToken(call.id)) { changed in
                    guard case .token(let token) = changed else { return .null }
                    return token.json(at: now)
                }
                return PlannedChange(place: place) {
                    if case .token(let token) = $0 { AccessViews.table([token], at: now) } else { "" }
                }
            },
        ]
    }

    /// How long a token opens anything; `nil` for ever.
    private static func lifetime(_ expires: JSON?) throws(APIProblem) -> Duration? {
        guard let expires else { return .seconds(90 * 86_400) }
        guard let text = expires.string else { return nil }
        if let lifetime = DurationText.parse(text), lifetime > .zero { return lifetime }
        let mistake = FieldMistake(.pointer("#/expires"), "is no time at all, or more than ten years")
        throw APIProblem(.badValue, "No token can be of that age.", [mistake])
    }

    /// Nobody gives more than they have.
    @Sendable private static func newToken(_ call: Call) async throws -> PlannedChange {
        let seesPersonalData = call.body["pii"] == true
        guard !seesPersonalData || call.token.seesPersonalData else {
            throw APIProblem(.forbidden, "A token without pii cannot make one with it.")
        }
        let lifetime = try lifetime(call.body["expires"])
        let issued = IssuedToken(
            name: call.body["name"]?.string ?? "",
            scope: call.body["scope"]?.string.flatMap(AccessScope.init) ?? .read,
            seesPersonalData: seesPersonalData,
            lifetime: lifetime,
            at: call.now
        )
        let now = call.now
        let place = PlannedChange.Place.store(.addToken(issued.token)) { _ in issued.token.json(at: now) }
        let text = issued.description
        return PlannedChange(place: place, status: 201, secrets: ["token": issued.text.secret]) { _ in text }
    }
}
