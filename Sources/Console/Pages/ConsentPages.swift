// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import Outbox

// Who wants which messages.

extension Screens {
    /// Of those about whom a person should decide so many are on the page.
    private static let mostOpen = 50

    private static let consentList = Listing(
        place: "consent",
        filters: [("phone", "Number"), ("country", "Country"), ("contact", "Contact"), ("view", "View")]
    )

    static let consent = Screen(path: PathPattern("consent"), scope: .read, tab: .consent, template: "consent") {
        visit in
        let view = ConsentView(rawValue: visit.query["view"] ?? "") ?? .standing
        let query = consentList.query(visit).filter { $0.0 != "view" }
        let answer = try await visit.get(view.route, view.isOpen ? [("limit", "\(mostOpen + 1)")] : query)
        let found = answer["data"]?.array ?? []
        let rows = (view.isOpen ? Array(found.prefix(mostOpen)) : found).map {
            view.isOpen ? open($0, view, visit) : line($0)
        }
        let views = ConsentView.allCases.map { entry -> Shown in
            [
                "label": .text(entry.label), "current": .flag(entry == view),
                "place": .text(
                    entry.isOpen
                        ? "consent?view=\(entry.rawValue)"
                        : consentList.address(visit, changing: ["view": entry == .standing ? nil : entry.rawValue])
                ),
            ]
        }
        let isSought = !view.isOpen && ["phone", "contact"].contains { visit.query[$0] != nil }
        let shown: Shown = [
            "rows": .list(rows), "views": .list(views), "isLedger": .flag(!view.isOpen),
            "none": .text(isSought ? "Nothing is written down of whom you looked for." : view.none),
            "words": .optional(view.words.isEmpty ? nil : view.words), "mayChange": .flag(visit.may(.operate)),
            "more": .flag(view.isOpen && found.count > mostOpen),
            "cannotSee": .flag(view.isOpen && !visit.token.seesPersonalData),
        ]
        return .page(title: "Consent", shown.with(consentList.frame(visit, answer)))
    }

    private static func line(_ line: JSON) -> Shown {
        Shown(line).with([
            "look": line["state"]?.string == "opted-out"
                ? Look.badge("Opted out", tone: "warn", icon: "suppressed")
                : Look.badge("Opted in", tone: "good", icon: "accepted"),
            "whom": .optional(line["phone"]?.string ?? line["contact"]?.string.map { "contact \($0)" }),
            "isOpen": false,
        ])
    }

    /// Somebody about whom a person should decide, with the two forms that do.
    private static func open(_ entry: JSON, _ view: ConsentView, _ visit: Visit) -> Shown {
        let name = entry["recipient"]?.string ?? ""
        let contact = name.hasPrefix("contact ") ? String(name.dropFirst(8)) : nil
        let whom = contact.map { "contact=\(PercentEncoding.encode($0))" } ?? "phone=\(PercentEncoding.encode(name))"
        let place = "\(whom)&view=\(view.rawValue)"
        let isDoubt = view == .doubtful
        let may = visit.may(.operate) && visit.token.seesPersonalData
        return Shown(entry).with([
            "look": isDoubt
                ? Look.badge("In doubt", tone: "warn", icon: "uncertain")
                : Look.badge("Not reached", tone: "bad", icon: "failed"),
            "whom": .text(name), "isOpen": true,
            "text": .optional(entry["text"]?.string?.beginning(300)),
            "out": may ? .text("consent/add?\(place)") : .nothing,
            "in": may && isDoubt ? .text("consent/remove?\(place)") : .nothing,
        ])
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
    ) {
        "Messages leave again, whatever they said before. Do this only when they asked for it, or never meant to stop them."
    }

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
                    about: visit.query["phone"] ?? visit.query["contact"].map { "Contact \($0)" }
                        ?? "By phone number, in any spelling, or by the id of a contact of the partner's.",
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
                let view = visit.query["view"].flatMap(ConsentView.init)
                return Landing(place: view.map { "consent?view=\($0.rawValue)" } ?? "consent", note: note)
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

/// What a page of consent lists.
enum ConsentView: String, CaseIterable, Sendable {
    case standing, history, doubtful, suggested

    /// Whether a person should decide about each.
    var isOpen: Bool { self == .doubtful || self == .suggested }

    /// Where the API has it.
    var route: String {
        switch self {
        case .standing: "/consent"
        case .history: "/consent/history"
        case .doubtful, .suggested: "/consent/\(rawValue)"
        }
    }

    var label: String {
        switch self {
        case .standing: "What stands"
        case .history: "Everything that was said"
        case .doubtful: "In doubt"
        case .suggested: "Not reached"
        }
    }

    /// What is said when there is nothing.
    var none: String {
        switch self {
        case .standing:
            "Nobody has opted out. Whoever writes STOP, or sets it in WhatsApp, is written down here by itself, when a source of inbound messages is connected."
        case .history: "Nothing was ever said about messages."
        case .doubtful:
            "Nothing is in doubt. What looks like a STOP and is none, such as 'please stop sending me these', waits here for your word."
        case .suggested:
            "Every number is reached. Whom three messages in a row did not reach stands here until one does."
        }
    }

    /// What the list is of, and what is to be done about it.
    var words: String {
        switch self {
        case .standing, .history: ""
        case .doubtful:
            "What they wrote may be meant as a STOP, and may not: read it, and decide. Until then they get messages as before."
        case .suggested:
            "WhatsApp reaches none of these numbers. Nothing is held back because of that; an opt-out keeps messages from leaving for nobody."
        }
    }
}
