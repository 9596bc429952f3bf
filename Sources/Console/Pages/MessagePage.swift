// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import Outbox
internal import PartnerAPI

// One message: where it stands and why, what the customer reads, everything that happened, and what can be done.

extension Screens {
    /// So many entries of a timeline are shown at once; those before stand behind a line that opens.
    private static let newestEntries = 50

    static let message = Screen(path: PathPattern("messages/{id}"), scope: .read, tab: .messages, template: "message") {
        visit in
        let detail = try await visit.get("/messages/\(Visit.segment(visit.id))")
        let message = detail["message"] ?? .null
        let entries = (detail["timeline"]?.array ?? []).map(entry)
        let earlier = entries.dropLast(newestEntries)
        let origin = try await origin(message, visit)
        let shown: Shown = [
            "origin": origin.shown, "beside": try await beside(message, visit),
            "pace": try await pace(detail, origin.event, visit), "successor": Shown(detail["successor"]),
            "message": MessageRows.row(message), "gate": gate(message, visit), "bubble": try bubble(message, visit),
            "earlier": .list(Array(earlier)), "earlierCount": .number(earlier.count),
            "hasEarlier": .flag(!earlier.isEmpty),
            "timeline": .list(Array(entries.suffix(newestEntries))),
            "tries": .list((detail["attempts"]?.array ?? []).map { Shown($0).with(["look": outcome($0)]) }),
            "tried": .flag(detail["attempts"]?.array?.isEmpty == false), "replay": Shown(detail["replay"]),
            "digest": Shown(detail["digest"]), "unbuilt": .flag(wasNeverBuilt(message)),
            "canReplay": .flag(wasNeverBuilt(message) && visit.may(.operate)), "actions": actions(message, visit),
            "same": same(message),
        ]
        return .page(title: "Message to \(MessageRows.recipient(message["request"]) ?? "nobody")", shown)
    }

    private static func entry(_ entry: JSON) -> Shown {
        Shown(entry).with([
            "look": Look.ofMessage(entry["to"]), "changed": .flag(entry["from"] != entry["to"]),
            "mine": .flag(entry["who"]?.string != TimelineEntry.service),
        ])
    }

    /// Until when it waits, also by the clocks of who gets it.
    private static func gate(_ message: JSON, _ visit: Visit) -> Shown {
        guard let due = message["due_at"]?.string else { return .nothing }
        let digits = message["request"]?["phone"]?.string.map { String($0.drop { $0 == "+" }) }
        let there = digits.flatMap { digits in
            Timestamp(rfc3339: due).flatMap { visit.ports.localTime(digits, $0) }
        }
        return [
            "until": .time(due),
            "there": there.map { ["clock": .text($0.words), "zone": .text($0.zone)] } ?? .nothing,
        ]
    }

    private static func outcome(_ attempt: JSON) -> Shown {
        switch attempt["outcome"]?.string ?? "" {
        case "accepted": Look.badge("Accepted", tone: "good", icon: "accepted")
        case "uncertain": Look.badge("Uncertain", tone: "warn", icon: "uncertain")
        case "refused": Look.badge("Refused", tone: "bad", icon: "failed")
        case let other: Look.badge(other.prefix(1).uppercased() + other.dropFirst(), tone: "warn", icon: "retrying")
        }
    }

    /// The message as the customer's telephone shows it; a text of ours where the account's templates are not known.
    private static func bubble(_ message: JSON, _ visit: Visit) throws -> Shown {
        guard visit.token.seesPersonalData, let json = message["request"], let request = try? MessageRequest(json: json)
        else { return .nothing }
        let catalogue = visit.ports.templates(message["account"]?.string ?? "") ?? TemplateCatalogue([])
        guard let rendering = catalogue.render(request) else { return .nothing }
        return Bubble.shown(rendering)
    }

    /// What can be decided about it as it stands, by who looks.
    private static func actions(_ message: JSON, _ visit: Visit) -> Shown {
        guard visit.may(.operate), let state = message["state"]?.string.flatMap(MessageState.init) else { return [] }
        return .list(
            Decision.Kind.allCases.filter { canBe($0, message, state) }.map { kind in
                let words = DecisionWords(kind)
                return [
                    "label": .text(words.verb), "place": .text("messages/\(message["id"]?.string ?? "")/\(words.path)"),
                    "icon": .text(words.icon),
                ]
            }
        )
    }

    /// Whether something can be decided about a message: what has no content, because it was never built or is erased, never
    /// leaves.
    static func canBe(_ kind: Decision.Kind, _ message: JSON, _ state: MessageState) -> Bool {
        let sends = kind == .retry || kind == .release
        return kind.states.contains(state) && (!sends || message["request"].map { $0 != .null } ?? false)
    }

    /// Whether nothing but the reason is there of it: what was built has an account, also when its contents are erased.
    private static func wasNeverBuilt(_ message: JSON) -> Bool {
        message["state"]?.string == MessageState.failed.rawValue && message["account"]?.string?.isEmpty != false
    }

    /// Where to look for others like it: of the same event, to the same recipient, of the same rule.
    private static func same(_ message: JSON) -> Shown {
        func link(_ label: String, _ name: String, _ value: String?) -> Shown? {
            value.map { ["label": .text(label), "place": .text("messages?\(name)=\(PercentEncoding.encode($0))")] }
        }
        let request = message["request"]
        return .list(
            [
                link(
                    "All messages to this number",
                    "to",
                    request?["phone"]?.string.map { "+\($0.drop { $0 == "+" })" }
                ),
                link("All messages to this contact", "contact", request?["contactId"]?.string),
                link("All messages of this event", "event", message["event"]?.string),
                link("All messages of this rule", "rule", message["rule"]?.string),
            ].compactMap(\.self)
        )
    }
}

/// A bubble, its buttons and its cards for the partial `bubble`.
enum Bubble {
    static func shown(_ message: RenderedMessage) -> Shown {
        [
            "header": header(message.header), "body": .text(message.body), "footer": .optional(message.footer),
            "buttons": buttons(message.buttons), "hasButtons": .flag(!message.buttons.isEmpty),
            "cards": .list(
                message.cards.map { card in
                    [
                        "header": header(card.header), "body": .text(card.body), "buttons": buttons(card.buttons),
                        "hasButtons": .flag(!card.buttons.isEmpty), "footer": .nothing,
                    ]
                }
            ),
            "hasCards": .flag(!message.cards.isEmpty),
        ]
    }

    /// A bubble that the API told.
    static func shown(_ bubble: JSON) -> Shown {
        guard bubble != .null else { return .nothing }
        let header: Shown =
            switch bubble["header"] {
            case nil, .null: .nothing
            case let header?:
                [
                    "text": Shown(header["text"]),
                    "media": .optional(
                        header["media"]?.string.map { "\($0) \(header["reference"]?.string ?? "")" }
                    ),
                ]
            }
        let buttons = bubble["buttons"]?.array ?? []
        return [
            "header": header, "body": Shown(bubble["body"]), "footer": Shown(bubble["footer"]),
            "buttons": .list(buttons.map { ["text": Shown($0["text"]), "target": Shown($0["target"])] }),
            "hasButtons": .flag(!buttons.isEmpty), "cards": [], "hasCards": false,
        ]
    }

    private static func header(_ header: RenderedMessage.Header?) -> Shown {
        switch header {
        case nil: .nothing
        case .text(let text): ["text": .text(text), "media": .nothing]
        case .media(let format, let reference):
            ["text": .nothing, "media": .text(reference.map { "\(format) \($0)" } ?? format)]
        case .location: ["text": .nothing, "media": "location"]
        }
    }

    /// Targets are shown and lead nowhere: a message is looked at here, not used.
    private static func buttons(_ buttons: [RenderedMessage.Button]) -> Shown {
        .list(buttons.map { ["text": .text($0.text), "target": .optional($0.target)] })
    }
}
