// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import Outbox

// What came in, and what was refused.

extension Screens {
    private static let eventList = Listing(
        place: "events",
        filters: [
            ("source", "Source"), ("type", "Type"), ("result", "Result"), ("to", "To"), ("country", "Country"),
            ("contact", "Contact"), ("secret", "Secret"), ("since", "Since"), ("says", "Payload says"),
        ]
    )

    private static let refusedList = Listing(
        place: "events/refused",
        filters: [("source", "Source"), ("since", "Since")]
    )

    static let events = Screen(path: PathPattern("events"), scope: .read, tab: .events, template: "events") { visit in
        // What a payload says is looked for a piece of the list at a time.
        let says = visit.query["says"]
        let query = eventList.query(visit).filter { $0.0 != "says" }
        let answer = try await visit.get(says == nil ? "/events" : "/events/search", query + [("text", says)])
        let looked: Shown =
            says == nil
            ? .nothing
            : [
                "count": .number(answer["looked"]?.number?.int ?? 0), "back": .time(answer["back_to"]?.string),
                "more": .flag(answer["next"]?.string != nil),
            ]
        let rows = (answer["data"]?.array ?? []).map(row)
        let results = Disposition.Name.allCases.map { name in
            result(.string(name.rawValue)).with([
                "place": .text(eventList.address(visit, changing: ["result": name.rawValue])),
                "current": .flag(visit.query["result"] == name.rawValue),
            ])
        }
        let all: Shown = [
            "label": "All", "place": .text(eventList.address(visit, changing: ["result": nil])),
            "current": .flag(visit.query["result"] == nil), "icon": .nothing,
        ]
        let shown: Shown = [
            "rows": .list(rows), "results": .list([all] + results), "looked": looked,
            "maySearch": .flag(visit.token.seesPersonalData),
        ]
        let choices = try await Choices.of(visit, .source)
        return .page(title: "Events", shown.with(eventList.frame(visit, answer)).with(choices))
    }

    static let refused = Screen(path: PathPattern("events/refused"), scope: .read, tab: .events, template: "refused") {
        visit in
        let answer = try await visit.get("/rejections", refusedList.query(visit))
        let rows = (answer["data"]?.array ?? []).map {
            Shown($0).with(["many": .flag($0["count"]?.number?.int ?? 1 > 1)])
        }
        let shown: Shown = ["rows": .list(rows)]
        return .page(title: "Refused requests", shown.with(refusedList.frame(visit, answer)))
    }

    private static func row(_ event: JSON) -> Shown {
        let count = event["messages"]?.number?.int ?? 0
        return Shown(event).with([
            "look": result(event["result"]),
            "made": .text(count == 0 ? "no message" : count.counted("message")),
            "repeated": .flag(event["duplicates"]?.number?.int ?? 0 > 0),
        ])
    }

    /// How an event's result looks.
    static func result(_ name: JSON?) -> Shown {
        switch name?.string ?? "" {
        case "matched": Look.badge("Matched", tone: "good", icon: "accepted")
        case "unmatched": Look.badge("No rule", tone: "dim", icon: "cancelled")
        case "pending": Look.badge("Looked up", tone: "calm", icon: "scheduled")
        case "parked": Look.badge("Parked", tone: "warn", icon: "deferred")
        case let other: Look.badge(other.prefix(1).uppercased() + other.dropFirst(), tone: "bad", icon: "failed")
        }
    }
}
