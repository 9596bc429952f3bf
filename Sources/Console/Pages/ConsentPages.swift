// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import Outbox

// Who wants which messages.

extension Screens {
    private static let consentList = Listing(
        place: "consent",
        filters: [("phone", "Number"), ("country", "Country"), ("contact", "Contact"), ("view", "View")]
    )

    static let consent = Screen(path: PathPattern("consent"), scope: .read, tab: .consent, template: "consent") {
        visit in
        let isHistory = visit.query["view"] == "history"
        let query = consentList.query(visit).filter { $0.0 != "view" }
        let answer = try await visit.get(isHistory ? "/consent/history" : "/consent", query)
        let rows = (answer["data"]?.array ?? []).map { line in
            Shown(line).with([
                "look": line["state"]?.string == "opted-out"
                    ? Look.badge("Opted out", tone: "warn", icon: "suppressed")
                    : Look.badge("Opted in", tone: "good", icon: "accepted"),
                "whom": .optional(line["phone"]?.string ?? line["contact"]?.string.map { "contact \($0)" }),
            ])
        }
        let shown: Shown = [
            "rows": .list(rows), "history": .flag(isHistory), "mayChange": .flag(visit.may(.operate)),
            "standingPlace": .text(consentList.address(visit, changing: ["view": nil])),
            "historyPlace": .text(consentList.address(visit, changing: ["view": "history"])),
        ]
        return .page(title: "Consent", shown.with(consentList.frame(visit, answer)))
    }

    static let optOut = consentChange(
        "add",
        to: "/consent",
        verb: "Write an opt-out",
        note: "The opt-out is written down."
    ) {
        "No message that it is about leaves any more; what waits is suppressed."
    }

    static let optIn = consentChange(
        "remove",
        to: "/consent/remove",
        verb: "Take an opt-out back",
        note: "It is written down that they want messages again."
    ) { "Messages leave again. Do this only when they asked for it." }

    private static func consentChange(
        _ word: String,
        to route: String,
        verb: String,
        note: String,
        consequence: @escaping @Sendable () -> String
    ) -> Screen {
        Screen(
            path: PathPattern("consent/\(word)"),
            scope: .operate,
            tab: .consent,
            template: "ask",
            show: { visit in
                Ask(
                    verb: verb,
                    about: "By phone number, in any spelling, or by the id of a contact of the partner's.",
                    consequence: consequence(),
                    back: "consent",
                    fields: consentFields(visit)
                ).showing(visit)
            },
            act: { visit in
                try Ask.check(visit)
                var body: [String: JSON] = [:]
                if let phone = visit.form["phone"] { body["phones"] = [.string(phone)] }
                if let contact = visit.form["contact"] { body["contacts"] = [.string(contact)] }
                for name in ["country", "category"] { body[name] = visit.form[name].map(JSON.string) }
                _ = try await visit.post(route, body)
                return Landing(place: "consent", note: note)
            }
        )
    }

    private static func consentFields(_ visit: Visit) -> [Ask.Field] {
        let choices = ConsentScope.allCases.reversed().map { (value: $0.rawValue, label: scopeWords($0)) }
        return [
            .init(name: "phone", label: "Phone number", value: visit.query["phone"], hint: "+91 98450 61237"),
            .init(name: "country", label: "Its country, where the number has no code", hint: "IN"),
            .init(name: "contact", label: "Or contact", value: visit.query["contact"]),
            .init(name: "category", label: "About", value: ConsentScope.all.rawValue, choices: choices),
        ]
    }

    private static func scopeWords(_ scope: ConsentScope) -> String {
        switch scope {
        case .all: "All messages"
        case .allButAuthentication: "All messages but codes to sign in"
        case .marketing: "Marketing alone"
        }
    }
}
