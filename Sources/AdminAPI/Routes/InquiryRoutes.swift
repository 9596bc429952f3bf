// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Messages
internal import Outbox
internal import PartnerAPI

// What is asked of rules and templates, while nothing is stored and nothing is sent.

extension RouteTable {
    static func inquiryRoutes(_ ports: AdminPorts) -> [Route] {
        [explanation(ports), ruleOfEvent(ports), backtest(ports)]
    }

    private static func explanation(_ ports: AdminPorts) -> Route {
        .ask(
            "/explain",
            .read,
            "What every rule makes of a payload that nobody sent, as `hookline explain` says it.",
            body: BodyShape([
                .init("source", .text(1...200), required: true, "The source's name, which rules refer to."),
                .init("body", .document(1...200_000), required: true, "The payload as its sender posts it."),
                .init("preset", .text(1...100), "How it is read, where the configuration has no such source."),
                .init("type", .text(1...500), "The event's type, where it is not in the body."),
                .init("headers", .texts(1...100, each: 1...2_000), "Headers, each as NAME:VALUE."),
            ]),
            answer: .value(.ref("Explanation"))
        ) { call in
            let payload = AdminPorts.Payload(
                source: call.body["source"]?.string ?? "",
                preset: call.body["preset"]?.string,
                type: call.body["type"]?.string,
                headers: try headers(call.body),
                body: Array((call.body["body"]?.string ?? "").utf8)
            )
            do {
                let explanation = try await ports.explainPayload(payload)
                return .json(explanation.json).printed { explanation.text }
            } catch let refusal as AdminPorts.Refusal {
                throw APIProblem(.badValue, "The payload is no event: \(refusal.reason).")
            }
        }
    }

    private static func headers(_ body: JSON) throws(APIProblem) -> HTTPFields {
        var fields = HTTPFields()
        for (index, (name, value)) in try pairs(body, "headers", ":").enumerated() {
            guard let name = HTTPField.Name(name) else {
                let mistake = FieldMistake(.pointer("#/headers/\(index)"), "has no header's name before ':'")
                throw APIProblem(.badValue, "The body has 1 mistake.", [mistake])
            }
            fields.append(HTTPField(name: name, value: String(value.drop { $0 == " " })))
        }
        return fields
    }

    private static func ruleOfEvent(_ ports: AdminPorts) -> Route {
        .ask(
            "/events/{id}/rule",
            .read,
            showsPersonalData: true,
            "Makes a rule file of an event and an approved template, checked and tried on it, as `hookline rules new` does.",
            body: BodyShape([
                .init("template", .text(1...500), required: true, "The template's name."),
                .init("language", .text(1...100), "The template's language; the first that is approved if left out."),
                .init("account", .text(1...200), "The account that the rule names; the first is asked if left out."),
                .init(
                    "fill",
                    .texts(1...100, each: 1...2_000),
                    "What to put into gaps, each as GAP=TEXT, such as `2={{ order.total }}`."
                ),
            ]),
            answer: .value(.ref("RuleDraft"))
        ) { call in
            let account = call.body["account"]?.string
            let wish = AdminPorts.DraftWish(
                template: call.body["template"]?.string ?? "",
                language: call.body["language"]?.string,
                account: account,
                catalogue: try catalogue(of: account, at: .pointer("#/account"), ports),
                fillings: Dictionary(try pairs(call.body, "fill", "=")) { $1 }
            )
            let event = try await whole(call, ports.store).event.id
            do {
                let draft = try await ports.draft(event, wish)
                return .json(draft.json).printed { draft.text }
            } catch let refusal as AdminPorts.Refusal {
                throw APIProblem(.badValue, "No such rule can be made of this event: \(refusal.reason).")
            }
        }
    }

    /// What stands before and behind the sign in each text of a list.
    private static func pairs(
        _ body: JSON,
        _ name: String,
        _ sign: Character
    ) throws(APIProblem) -> [(String, String)] {
        var (pairs, mistakes): ([(String, String)], [FieldMistake]) = ([], [])
        for (index, text) in (body[name]?.array ?? []).compactMap(\.string).enumerated() {
            if let place = text.firstIndex(of: sign) {
                pairs.append((String(text[..<place]), String(text[place...].dropFirst())))
            } else {
                mistakes.append(.init(.pointer("#/\(name)/\(index)"), "has no '\(sign)'"))
            }
        }
        guard mistakes.isEmpty else {
            throw APIProblem(.badValue, "The body has \(mistakes.count.counted("mistake")).", mistakes)
        }
        return pairs
    }

    private static func backtest(_ ports: AdminPorts) -> Route {
        .ask(
            "/rules/{name}/backtest",
            .operate,
            showsPersonalData: true,
            "What a rule would have done with events that are kept, as `hookline rules backtest` says it; for ten seconds at most.",
            body: BodyShape([
                .init("since", .time, "Events that came then or later; of the last week if left out."),
                .init("until", .time, "Events that came before then."),
                .init("limit", .number(0...1_000), "The most differences to list; 50 if left out. All are counted."),
            ]),
            answer: .value(.ref("Backtest"))
        ) { call in
            let name = call.path["name"] ?? ""
            guard ports.rule(name, call.masking) != nil else {
                throw APIProblem(.notFound, "No rule of this name runs.")
            }
            func time(_ name: String) -> Timestamp? { call.body[name]?.string.flatMap(Timestamp.init(rfc3339:)) }
            let wish = AdminPorts.BacktestWish(
                rule: name,
                since: time("since") ?? call.now.advanced(by: .seconds(-7 * 86_400)),
                until: time("until"),
                limit: call.body["limit"]?.number?.int ?? 50
            )
            do {
                let answer = try await ports.backtest(wish)
                return .json(answer.json).printed { answer.text }
            } catch let refusal as AdminPorts.Refusal {
                throw APIProblem(.tooManyRequests, refusal.reason, headers: [.retryAfter: "10"])
            }
        }
    }
}
