// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox

// Who may do what: tokens of the admin API, and keys of the partner API; making one, and taking one back.

extension Screens {
    private static let tokenList = Listing(place: "access", filters: [])
    private static let keyList = Listing(place: "access/keys", filters: [])

    static let access = Screen(path: PathPattern("access"), scope: .admin, tab: .access, template: "access") { visit in
        let answer = try await visit.get("/tokens", tokenList.query(visit))
        let tokens = (answer["data"]?.array ?? []).map { token in
            Shown(token).with([
                "look": tokenLook(token["state"]), "live": .flag(token["state"]?.string == "live"),
                "place": .text(place("tokens", token)), "mine": .flag(token["id"]?.string == visit.token.id),
            ])
        }
        let isFirst = visit.query["after"] == nil
        let keys = isFirst ? try await visit.get("/keys", [("limit", "\(fewKeys)")]) : .null
        let shown = keysShown(keys).with([
            "tokens": .list(tokens), "isFirst": .flag(isFirst), "moreKeys": .flag(keys["next"]?.string != nil),
        ])
        return .page(title: "Access", shown.with(tokenList.frame(visit, answer)))
    }

    /// So many keys stand below the tokens; all are on a page of their own.
    private static let fewKeys = 20

    static let keys = Screen(path: PathPattern("access/keys"), scope: .admin, tab: .access, template: "keys") { visit in
        let answer = try await visit.get("/keys", keyList.query(visit))
        return .page(title: "Keys", keysShown(answer).with(keyList.frame(visit, answer)))
    }

    private static func keysShown(_ answer: JSON) -> Shown {
        let keys = (answer["data"]?.array ?? []).map { key in
            let isLive = key["revoked_at"]?.string == nil
            return Shown(key).with([
                "look": isLive
                    ? Look.badge("Live", tone: "good", icon: "accepted")
                    : Look.badge("Revoked", tone: "dim", icon: "cancelled"),
                "live": .flag(isLive), "place": .text(place("keys", key)),
            ])
        }
        return ["keys": .list(keys), "noKeys": .flag(keys.isEmpty)]
    }

    private static func place(_ kind: String, _ entry: JSON) -> String {
        "access/\(kind)/\(Visit.segment(entry["id"]?.string ?? ""))/revoke"
    }

    private static func tokenLook(_ state: JSON?) -> Shown {
        switch state?.string ?? "" {
        case "live": Look.badge("Live", tone: "good", icon: "accepted")
        case "expired": Look.badge("Over", tone: "dim", icon: "deferred")
        default: Look.badge("Revoked", tone: "dim", icon: "cancelled")
        }
    }

    // MARK: Making one

    static let newToken = Screen(
        path: PathPattern("access/tokens/new"),
        scope: .admin,
        tab: .access,
        template: "ask",
        show: { visit in
            var personal = [(value: "no", label: "No: they are hidden")]
            // Nobody gives more than they have.
            if visit.token.seesPersonalData { personal.append((value: "yes", label: "Yes")) }
            return Ask(
                verb: "Make a token",
                about: "For a person who signs in here, or a program that asks the admin API.",
                consequence:
                    "It is shown once, on the next page. Whoever has it may what its scope says, until it ends.",
                back: "access",
                fields: [
                    .init(name: "name", label: "Whose it is", hint: "asha"),
                    .init(name: "scope", label: "What it may", value: "read", choices: scopes),
                    .init(name: "pii", label: "Sees numbers and payloads", value: "no", choices: personal),
                    .init(name: "expires", label: "How long", value: "90d", choices: lifetimes),
                ]
            ).showing(visit)
        },
        act: { visit in
            try Ask.check(visit)
            var body: [String: JSON] = ["pii": .bool(visit.form["pii"] == "yes")]
            body["name"] = .string(visit.form["name"] ?? "")
            body["scope"] = .string(visit.form["scope"] ?? "read")
            body["expires"] = visit.form["expires"] == "never" ? .null : .string(visit.form["expires"] ?? "90d")
            let made = try await visit.post("/tokens", body)
            return Landing(
                place: "access",
                note: "",
                secret: .init(title: "The token of \(made["name"]?.string ?? "")", text: made["token"]?.string)
            )
        }
    )

    private static let scopes: [(value: String, label: String)] = [
        ("read", "Read: look at everything but keys, tokens and the audit log"),
        ("operate", "Operate: also decide about messages, events, jobs, accounts and consent"),
        ("admin", "Admin: also give and take access, read the audit log, erase somebody"),
    ]

    private static let lifetimes: [(value: String, label: String)] = [
        ("1d", "A day"), ("30d", "30 days"), ("90d", "90 days"), ("365d", "A year"), ("never", "Until it is revoked"),
    ]

    static let newKey = Screen(
        path: PathPattern("access/keys/new"),
        scope: .admin,
        tab: .access,
        template: "ask",
        show: { visit in
            let accounts = (try await visit.get("/accounts")["data"]?.array ?? []).compactMap { $0["name"]?.string }
            return Ask(
                verb: "Make a key",
                about: "For an application that sends messages through Hookline's own partner API.",
                consequence: "Its secret is shown once, on the next page. Whoever has both may send.",
                back: "access",
                fields: [
                    .init(name: "label", label: "Whose it is", hint: "billing"),
                    .init(name: "account", label: "Account", choices: accounts.map { ($0, $0) }),
                ]
            ).showing(visit)
        },
        act: { visit in
            try Ask.check(visit)
            var body: [String: JSON] = ["label": .string(visit.form["label"] ?? "")]
            body["account"] = visit.form["account"].map(JSON.string)
            let made = try await visit.post("/keys", body)
            return Landing(
                place: "access",
                note: "",
                secret: .init(
                    title: "The key of \(made["label"]?.string ?? "")",
                    id: made["id"]?.string,
                    text: made["secret"]?.string
                )
            )
        }
    )

    // MARK: Taking one back

    static let revokeToken = revoke(
        "tokens",
        verb: "Revoke the token",
        consequence: "It opens nothing any more, from the next request on; whoever is signed in with it is signed out."
    )

    static let revokeKey = revoke(
        "keys",
        verb: "Revoke the key",
        consequence: "The application that has it sends nothing any more, from the next request on."
    )

    private static func revoke(_ kind: String, verb: String, consequence: String) -> Screen {
        Screen(
            path: PathPattern("access/\(kind)/{id}/revoke"),
            scope: .admin,
            tab: .access,
            template: "ask",
            show: { visit in
                let entry = try await visit.get("/\(kind)/\(Visit.segment(visit.id))")
                let name = entry["name"]?.string ?? entry["label"]?.string ?? ""
                let isMine = visit.id == visit.token.id
                return Ask(
                    verb: verb,
                    about: isMine ? "\(name), with which you are signed in: you are signed out." : name,
                    consequence: consequence,
                    back: "access"
                ).showing(visit)
            },
            act: { visit in
                try Ask.check(visit)
                _ = try await visit.post("/\(kind)/\(Visit.segment(visit.id))/revoke")
                return Landing(place: "access", note: "It is revoked.")
            }
        )
    }
}
