// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import AdminAPI
import Events
import HTTPTypes
import HTTPValues
import MemoryOutbox
import Messages
import Outbox
import PartnerAPI
import Presentation
import TestSupport
import Testing

@testable import Console

/// The console as a function, over a store of its own, with a token for each scope.
struct ConsoleUnderTest: Sendable {
    let console: Console
    let store: any ServiceStore
    let clock: TestClock
    /// Live tokens by their names: a scope, or a scope with `+pii`.
    let tokens: [String: IssuedToken]

    /// A browser that sends what browsers send over HTTPS or on the same machine.
    func browser() -> Browser { Browser(test: self) }

    /// A browser that has signed in.
    func browser(as token: String) async throws -> Browser {
        var browser = browser()
        let issued = try #require(tokens[token])
        let reply = try await browser.post("login", ["token": issued.text.secret])
        #expect(reply.status == 303)
        return browser
    }

    /// Stores a message that waits, and returns its id.
    @discardableResult
    func message(
        to phone: String = "919812345670",
        rule: String = "order-paid",
        text: String = "Namaste",
        failing: Bool = false
    ) async throws -> MessageID {
        let request = try Make.request(to: phone, text: text)
        let message = NewMessage(
            id: MessageID(at: clock.now),
            rule: rule,
            account: "main",
            request: request,
            terms: SendTerms(key: "4711", dueAt: failing ? nil : clock.now.advanced(by: .seconds(3_600)))
        )
        _ = try await store.accept(Make.submission(messages: [message], at: clock.now))
        return message.id
    }
}

/// One browser: its cookie, and what it says of itself.
struct Browser: Sendable {
    let test: ConsoleUnderTest
    var cookie: String?
    /// Taken out for a browser over plain HTTP in a private net.
    var headers = ["Sec-Fetch-Site": "same-origin"]
    var host = "localhost:8081"
    /// What the listener knows of its connection.
    var comesByHTTPS = false

    mutating func get(_ place: String) async throws -> Reply { try await ask(.get, place, "") }

    mutating func post(_ place: String, _ form: [String: String] = [:]) async throws -> Reply {
        let pairs = form.sorted { $0.key < $1.key }.map { "\($0.key)=\(PercentEncoding.encode($0.value))" }
        return try await ask(.post, place, pairs.joined(separator: "&"))
    }

    /// Asks, and keeps the cookie that is set.
    mutating func ask(_ method: HTTPRequest.Method, _ place: String, _ body: String) async throws -> Reply {
        var fields: HTTPFields = [:]
        if let cookie { fields[.cookie] = cookie }
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let request = InboundRequest(
            line: RequestLine(method: method, target: "/console/\(place)"),
            headers: fields,
            body: Array(body.utf8),
            host: host,
            isSecure: comesByHTTPS
        )
        let reply = await test.console.reply(to: request)
        if let set = reply.headers[.setCookie] { cookie = String(set.prefix { $0 != ";" }) }
        return reply
    }
}

extension Reply {
    /// The page.
    var page: String { String(decoding: body, as: UTF8.self) }

    /// Where it leads.
    var place: String? { headers[.location] }

    /// What stands in a hidden field of the page's form.
    func hidden(_ name: String) -> String? {
        let parts = page.split(separator: "name=\"\(name)\" value=\"", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[1].prefix { $0 != "\"" }) : nil
    }
}

/// Lends a console with a token for each scope.
func withConsole(
    prefix: String = "",
    rate: Rate = Rate(100_000, per: .seconds(60)),
    over store: any ServiceStore = MemoryOutbox(),
    _ body: (ConsoleUnderTest) async throws -> Void
) async throws {
    let clock = TestClock()
    var tokens: [String: IssuedToken] = [:]
    for scope in AccessScope.allCases {
        for pii in [false, true] {
            let issued = IssuedToken(
                name: scope.rawValue + (pii ? "+pii" : ""),
                scope: scope,
                seesPersonalData: pii,
                lifetime: .seconds(30 * 86_400),
                at: clock.now
            )
            let action = OperatorAction(.addToken(issued.token), by: Operator(.user, "asha"), at: clock.now)
            _ = try await store.carryOut(action)
            tokens[issued.token.name] = issued
        }
    }
    let ports = AdminPorts.scripted(store)
    let api = AdminAPI(
        ports,
        hosts: HostNames(["hookline.internal"], listen: ListenAddress(host: "127.0.0.1", port: 8081)),
        rate: rate,
        clock: clock,
        logger: quietLogger
    )
    let console = Console(
        api,
        ports: ConsolePorts(
            templates: { _ in TemplateCatalogue([]) },
            localTime: { digits, _ in
                digits.hasPrefix("91") ? .init(words: "20:41 on 2026-01-15", zone: "Asia/Kolkata") : nil
            },
            rehearse: { trial throws(ConsolePorts.Refusal) in
                guard trial.source == "shop" else { throw .init("The configuration has no source of this name.") }
                let phone = trial.headers.count == 1 ? "919812345670" : "1"
                let request: JSON = ["type": "text", "phone": .string(phone), "content": .string(trial.payload)]
                return [
                    "findings": .array(trial.rules.map { [.string($0)] } ?? []),
                    "events": [
                        [
                            "type": "orders/paid", "refused": [],
                            "messages": [["rule": "order-paid", "request": request]],
                            "rules": [["rule": "order-paid", "place": "shop.yaml:3:1", "answer": .string(hostile)]],
                        ]
                    ],
                ]
            }
        ),
        prefix: prefix,
        clock: clock,
        logger: quietLogger
    )
    try await body(ConsoleUnderTest(console: console, store: store, clock: clock, tokens: tokens))
}

extension AdminPorts {
    /// A service with two senders, whose rules have a finding, and whose texts are somebody's who means harm.
    static func scripted(_ store: any ServiceStore) -> AdminPorts {
        AdminPorts(
            store: store,
            accounts: ["main", "second", "many"],
            health: {
                [
                    "ready": true,
                    "checks": [
                        ["name": "store", "passing": true, "required": true, "detail": "takes writes"],
                        ["name": "account main", "passing": false, "required": false, "detail": .string(hostile)],
                    ],
                ]
            },
            rules: {
                [
                    "success": false, "waits_for_templates": false, "at": "2026-01-15T04:30:00Z", "rule_count": 1,
                    "diagnostics": [
                        [
                            "severity": "error", "text": .string("rules/shop.yaml:3:1: \(hostile)"),
                            "file": "rules/shop.yaml",
                        ]
                    ],
                    "rules": [
                        [
                            "name": "order-paid", "source": "shop", "events": "orders/paid", "mode": "live",
                            "file": "rules/shop.yaml:3:1",
                            "templates": [
                                ["name": "order_paid", "languages": [], "account": .null, "otherwise": false]
                            ],
                        ],
                        [
                            "name": "later", "source": "any", "events": "any", "mode": "shadow",
                            "file": "rules/shop.yaml:9:1",
                        ],
                    ],
                ]
            },
            rule: { name, masking in name == "order-paid" ? scriptedRule(masking) : Optional.none },
            enabledRules: { ["order-paid", "later"] },
            accountStates: {
                [
                    "accounts": [
                        [
                            "name": "main", "in_flight": 0,
                            "stopped": [
                                ["part": "account", "since": "2026-01-15T04:30:00Z", "reason": .string(hostile)]
                            ],
                        ],
                        [
                            "name": "second", "in_flight": 0, "stopped": [],
                            "held": [
                                ["what": "template a", "until": "2026-01-15T06:00:00Z", "reason": .string(hostile)]
                            ],
                        ],
                    ],
                    "portfolios": [
                        ["name": "shops", "recipients": 1_200, "limit": 2_000],
                        ["name": "banks", "recipients": 250, "limit": 250],
                    ],
                ]
            },
            resume: { $0 == "main" ? ["account": "main", "resumed": [["part": "account"]]] : nil },
            templates: { ["main": TemplateCatalogue([]), "many": .many][$0] ?? .scripted },
            sources: {
                [
                    [
                        "name": "shop", "preset": "shopify", "path": "/hooks/shop", "secrets": ["SHOP_SECRET", "shop"],
                        "secrets_written_at": [.null, "2026-01-05T04:30:00.000Z"],
                        "country": "IN", "rate": .null, "warnings": [.string(hostile)],
                    ],
                    [
                        "name": "bank", "preset": "generic", "path": "/hooks/bank", "secrets": [], "country": .null,
                        "rate": "5/s", "warnings": [],
                    ],
                ]
            },
            explain: { stored throws(Refusal) in
                Shown(
                    json: [
                        "source": .string(stored.event.source), "type": "x",
                        "rules": [["rule": "order-paid", "place": "shop.yaml:3:1", "answer": .string(hostile)]],
                        "messages": [], "refused": [],
                    ],
                    text: ""
                )
            },
            explainPayload: { _ in throw Refusal("this service explains nothing") },
            draft: { _, wish in
                guard wish.template == "order_paid" else { throw Refusal("there is no template '\(wish.template)'") }
                return Shown(json: .scriptedDraft(wish), text: "")
            },
            backtest: { wish in
                guard wish.rule == "order-paid" else { throw Refusal("Another rehearsal runs; ask again in a moment.") }
                return Shown(json: .scriptedBacktest(since: wish.since), text: "")
            },
            phone: { text, country throws(Refusal) in
                let digits = text.filter(\.isNumber)
                guard digits.count > 9 else { throw Refusal("it has too few digits") }
                guard digits.count > 10 || country == "IN" else { throw Refusal("it needs a country") }
                return "phone:\(digits.count == 10 ? "91" : "")\(digits)"
            },
            replayPlan: { scope, _ throws(StoreError) in
                Shown(
                    json: [
                        "events": 1, "made": scope.again ? 2 : 1, "by_rule": [], "told": scope.again ? 0 : 1,
                        "digests": 1,
                        "not_built": 1, "omitted": 1,
                        "renamed": [["rule": "new", "was": .string(hostile), "count": 1]],
                        "left_out": [.string(hostile)],
                        "messages": [
                            [
                                "event": "evt_1", "rule": "later", "account": "main", "result": "made", "told": .null,
                                "request": ["type": "text", "phone": "919812345670", "content": .string(hostile)],
                            ],
                            [
                                "event": "evt_1", "rule": "order-paid", "account": "main",
                                "result": scope.again ? "made" : "told", "told": scope.again ? .null : "msg_1",
                                "request": ["to": "+9•••••••••70"],
                            ],
                        ],
                        "failures": [["event": "evt_1", "rule": "wrong", "reason": .string(hostile)]],
                    ],
                    text: "1 event\n"
                )
            }
        )
    }
}

extension TemplateCatalogue {
    /// More templates than a page shows.
    static let many = TemplateCatalogue(
        (0..<130).compactMap {
            MessageTemplate(["name": .string("offer_\($0)"), "language": "en", "status": "APPROVED", "components": []])
        }
    )

    /// Two templates of which one is approved.
    static let scripted = TemplateCatalogue(
        [("order_paid", "APPROVED"), ("other", "REJECTED")].compactMap { name, status in
            MessageTemplate([
                "name": .string(name), "language": "en", "status": .string(status), "category": "UTILITY",
                "components": [["type": "BODY", "text": .string("{{1}} is paid. \(hostile)")]],
            ])
        }
    )
}

extension JSON {
    /// A rehearsal with one difference, in which everything may be somebody's who means harm.
    static func scriptedBacktest(since: Timestamp) -> JSON {
        [
            "events": ["kept": 12, "rehearsed": 11, "first": .string(since.rfc3339), "last": .string(since.rfc3339)],
            "counts": ["same": 3, "added": 1, "removed": 2, "changed": 1, "moved": 0, "undecided": 1],
            "rules": [["rule": "order-paid", "note": .string(hostile)]], "omitted": 4, "complete": false,
            "differences": [
                [
                    "kinds": ["changed"], "event": "evt_1", "source": "shop", "type": .string(hostile),
                    "received_at": .string(since.rfc3339), "rule": "order-paid", "to": "…30", "before": "at once",
                    "after": "at once", "why": .string(hostile),
                    "changes": [["field": "text", "before": .string(hostile), "after": "Hello"]],
                ]
            ],
        ]
    }

    /// A rule whose one gap has two suggestions, with everything in it that may be somebody's who means harm.
    static func scriptedDraft(_ wish: AdminPorts.DraftWish) -> JSON {
        let chosen = wish.fillings["1"] ?? "{{ order.name }}"
        return [
            "name": "order-paid/../x", "source": "shop", "event": "orders/paid", "template": .string(wish.template),
            "language": .string(wish.language ?? "en"), "rule": .string("version: 1 # \(chosen) \(hostile)"),
            "gaps": [
                [
                    "gap": "1", "words": .string("{{1}} is paid. \(hostile)"), "chosen": .string(chosen), "note": .null,
                    "suggestions": [
                        ["expression": "{{ order.name }}", "value": "#1001", "why": "its name"],
                        ["expression": "{{ order.note }}", "value": .string(hostile), "why": "its note"],
                    ],
                ]
            ],
            "todo": [["name": "TODO_phone_number", "what": .string(hostile)]],
            "findings": [
                [
                    "severity": "warning", "file": "order-paid.yaml", "line": 3, "column": 5,
                    "message": .string(hostile), "hint": .null,
                    "text": .string("order-paid.yaml:3:5: warning: \(hostile)"),
                ]
            ],
            "test": ["passed": false, "tests": [["failures": [.string(hostile)]]]],
            "whole": false, "preview": .null,
            "bubble": ["header": .null, "body": .string("\(chosen) \(hostile)"), "footer": .null, "buttons": []],
        ]
    }
}

/// A rule of four lines, of which the second has a finding and the last are its tests.
private func scriptedRule(_ masking: Masking) -> JSON {
    [
        "name": "order-paid", "source": "shop", "events": "orders/paid", "mode": "live", "file": "rules/shop.yaml:3:5",
        "description": .string(hostile), "first_line": 3,
        "lines": .array(
            [
                "  - name: order-paid", "    to: \"919812345670\" # <b>&", "    tests:", "      - name: it is told",
            ].map { .string(masking.text($0)) }
        ),
        "templates": [["name": "order_paid", "languages": [], "account": .null, "otherwise": true]],
        "findings": [
            [
                "severity": "warning", "id": "liquid", "file": "rules/shop.yaml", "line": 4, "column": 9,
                "message": .string(hostile), "hint": .null, "text": "rules/shop.yaml:4:9: warning",
            ]
        ],
        "read_at": "2026-01-15T04:30:00Z", "is_latest": true,
    ]
}

/// What a payload, a name or a reason may hold: markup, an end of every kind of quote with combining marks, a script, a
/// terminal's escape, and marks that turn the direction of writing.
let hostile =
    "</p><script>alert(1)</script>\"\u{301} onmouseover=x '\u{301} {{up}} {{{style}}} &lt; \u{1B}[31m \u{202E}drow\u{2066} <\u{338}img src=x>"
