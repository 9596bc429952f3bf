// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import HTTPTypes
import HTTPValues
import Logging
import MemoryOutbox
import Messages
import Outbox
import PartnerAPI
import Presentation
import TestSupport
import Testing

/// The admin API as a function, over a store of its own, with a token for each scope.
struct AdminUnderTest: Sendable {
    let api: AdminAPI
    let store: any ServiceStore
    let clock: TestClock
    /// Texts of live tokens, by their names: a scope, or a scope with `+pii`.
    let tokens: [String: String]

    /// Asks as the holder of a token.
    func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        as token: String? = "admin+pii",
        _ headers: [String: String] = [:],
        _ body: String = ""
    ) async throws -> Reply {
        var fields: HTTPFields = [:]
        if let token { fields[.authorization] = "Bearer \(tokens[token] ?? token)" }
        if !body.isEmpty { fields[.contentType] = "application/json" }
        for (name, value) in headers where name != "Host" { fields[try #require(HTTPField.Name(name))] = value }
        let request = InboundRequest(
            line: RequestLine(method: method, target: AdminAPI.basePath + path),
            headers: fields,
            body: Array(body.utf8),
            host: headers["Host"] ?? "localhost:8081"
        )
        return await api.reply(to: request)
    }

    /// Changes something, with a key if one is given.
    func post(
        _ path: String,
        as token: String = "operate+pii",
        key: String? = nil,
        _ body: String = "",
        _ more: [String: String] = [:]
    ) async throws -> Reply {
        try await ask(.post, path, as: token, more.merging(key.map { ["Idempotency-Key": $0] } ?? [:]) { $1 }, body)
    }

    /// Stores a message that waits, and returns its id.
    @discardableResult
    func message(to phone: String = "919812345670", rule: String = "order-paid") async throws -> MessageID {
        let message = try Make.message(rule: rule, to: phone, dueAt: clock.now.advanced(by: .seconds(3_600)))
        _ = try await store.accept(Make.submission(messages: [message]))
        return message.id
    }
}

extension Reply {
    /// The body as JSON.
    var json: JSON? { try? JSON(parsing: body) }

    /// The end of a problem's type.
    var problem: String? { json?["type"]?.string?.split(separator: ":").last.map(String.init) }

    /// The ids of a page's elements.
    var ids: [String] { (json?["data"]?.array ?? []).compactMap { $0["id"]?.string } }

    subscript(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

/// Lends an API with a token for each scope.
func withAdmin(
    rate: Rate = Rate(100_000, per: .seconds(60)),
    over store: any ServiceStore = MemoryOutbox(),
    adding: Bool = true,
    logger: Logger = quietLogger,
    _ body: (AdminUnderTest) async throws -> Void
) async throws {
    let clock = TestClock()
    var tokens: [String: String] = [:]
    for scope in adding ? AccessScope.allCases : [] {
        for pii in [false, true] {
            let issued = IssuedToken(
                name: scope.rawValue + (pii ? "+pii" : ""),
                scope: scope,
                seesPersonalData: pii,
                lifetime: .seconds(86_400),
                at: clock.now
            )
            _ = try await store.carryOut(
                OperatorAction(.addToken(issued.token), by: Operator(.user, "asha"), at: clock.now)
            )
            tokens[issued.token.name] = issued.text.secret
        }
    }
    let api = AdminAPI(
        .scripted(store),
        hosts: HostNames(["hookline.internal"], listen: ListenAddress(host: "127.0.0.1", port: 8081)),
        rate: rate,
        clock: clock,
        logger: logger
    )
    try await body(AdminUnderTest(api: api, store: store, clock: clock, tokens: tokens))
}

extension AdminPorts {
    /// A service that always says the same.
    static func scripted(_ store: any ServiceStore) -> AdminPorts {
        AdminPorts(
            store: store,
            accounts: ["main", "second"],
            health: { ["ready": true, "checks": []] },
            rules: { ["success": true, "rules": [["name": "order-paid"]]] },
            rule: { name, masking in
                guard name == "order-paid" else { return Optional.none }
                return ["name": "order-paid", "lines": [.string(masking.text("to: 919812345670"))]]
            },
            enabledRules: { ["order-paid", "b"] },
            accountStates: { ["accounts": [["name": "main"]]] },
            resume: { $0 == "main" ? ["account": "main", "resumed": [["part": "account"]]] : nil },
            templates: { $0 == "main" ? TemplateCatalogue([]) : nil },
            sources: {
                [
                    [
                        "name": "shop", "secrets": ["NEW", "UNUSED"],
                        "secrets_written_at": [.null, "2026-01-01T00:00:00.000Z"],
                    ]
                ]
            },
            explain: { stored throws(Refusal) in
                guard stored.event.source == "shop" else { throw Refusal("the configuration has no source") }
                return Shown(json: ["source": .string(stored.event.source), "rules": []], text: "an event\n")
            },
            explainPayload: { payload in
                guard payload.source == "shop" else { throw Refusal("the body holds no event") }
                let headers = payload.headers.map { JSON.string("\($0.name): \($0.value)") }
                return Shown(
                    json: [
                        "source": .string(payload.source), "type": .string(payload.type ?? ""), "rules": [],
                        "headers": .array(headers), "does_something": false,
                    ],
                    text: "an event\n"
                )
            },
            draft: { _, wish in
                guard wish.template == "order_paid" else { throw Refusal("the account has no such template") }
                let gaps = wish.fillings.sorted { $0.key < $1.key }.map {
                    ["gap": .string($0.key), "chosen": .string($0.value)] as JSON
                }
                return Shown(
                    json: [
                        "name": "order-paid-2", "source": "shop", "event": "order.paid", "template": "order_paid",
                        "language": .string(wish.language ?? "en"), "gaps": .array(gaps), "rule": "version: 1\n",
                        "todo": [],
                        "findings": [], "test": [:], "whole": true, "preview": .null, "bubble": .null,
                    ],
                    text: "GAP GETS\n"
                )
            },
            backtest: { wish in
                guard wish.limit > 0 else { throw Refusal("Another rehearsal runs; ask again in a moment.") }
                let json: JSON = [
                    "rule": .string(wish.rule), "since": .string(wish.since.rfc3339), "complete": true,
                ]
                return Shown(json: json, text: "rehearsed\n")
            },
            phone: { text, _ throws(Refusal) in
                let digits = text.filter(\.isNumber)
                guard digits.count > 9 else { throw Refusal("it has too few digits") }
                return "phone:\(digits)"
            },
            replayPlan: { scope, _ throws(StoreError) in
                let count = try await store.count(scope)
                return Shown(
                    json: [
                        "events": .number(JSONNumber(count)), "made": 3, "by_rule": [], "told": 0, "held": 0,
                        "digests": 0,
                        "not_built": 0, "omitted": 0, "renamed": [], "left_out": [], "messages": [], "failures": [],
                    ],
                    text: "\(count) events: 3 messages would be made\n"
                )
            }
        )
    }
}
