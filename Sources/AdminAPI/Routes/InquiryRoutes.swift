// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages
internal import Outbox
internal import PartnerAPI

// What is asked of rules and templates, while nothing is stored and nothing is sent.

extension RouteTable {
    static func inquiryRoutes(_ ports: AdminPorts) -> [Route] { [ruleOfEvent(ports)] }

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
                fillings: try fillings(call.body)
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

    /// What is to be put into gaps, by their ids.
    private static func fillings(_ body: JSON) throws(APIProblem) -> [String: String] {
        var (fillings, mistakes): ([String: String], [FieldMistake]) = ([:], [])
        for (index, text) in (body["fill"]?.array ?? []).compactMap(\.string).enumerated() {
            guard let end = text.firstIndex(of: "=") else {
                mistakes.append(.init(.pointer("#/fill/\(index)"), "has no '='; expected GAP=TEXT"))
                continue
            }
            fillings[String(text[..<end])] = String(text[end...].dropFirst())
        }
        guard mistakes.isEmpty else {
            throw APIProblem(.badValue, "The body has \(mistakes.count.counted("mistake")).", mistakes)
        }
        return fillings
    }
}
