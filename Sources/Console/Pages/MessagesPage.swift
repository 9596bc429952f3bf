// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import Outbox

// The messages: by state, by whom, by order, by rule.

extension Screens {
    static let messageList = Listing(
        place: "messages",
        filters: [
            ("state", "State"), ("to", "To"), ("country", "Country"), ("contact", "Contact"), ("key", "Order or key"),
            ("rule", "Rule"), ("source", "Source"), ("event", "Event"), ("partner_id", "Partner's id"),
            ("delivery", "Delivery"), ("since", "Since"), ("until", "Before"),
        ]
    )

    static let messages = Screen(path: PathPattern("messages"), scope: .read, tab: .messages, template: "messages") {
        visit in
        let answer = try await visit.get("/messages", messageList.query(visit))
        let rows = answer["data"]?.array ?? []
        let newest = visit.query["after"] == nil ? rows.first?["id"]?.string : nil
        let shown: Shown = [
            "rows": MessageRows.of(rows), "states": try await tabs(visit), "newest": .optional(newest),
            "watch": .text(watched(visit)), "mayDecide": .flag(visit.may(.operate) && !rows.isEmpty),
            "says": says(visit),
            "decideAll": .text(Listing(place: "jobs/new", filters: messageList.filters).address(visit, changing: [:])),
        ]
        let choices = try await Choices.of(visit, .rule, .source)
        return .page(title: "Messages", shown.with(messageList.frame(visit, answer)).with(choices))
    }

    /// Where events are looked for that say what was looked for as a key: not all that a sender counts by is one, and where
    /// it stands in a payload alone it is still found there.
    private static func says(_ visit: Visit) -> Shown {
        guard let key = visit.query["key"], visit.token.seesPersonalData else { return .nothing }
        return .text("events?\(Listing.query([("says", key)]))")
    }

    /// What is about to leave, the soonest first.
    static let nextMessages = Screen(path: PathPattern("messages/next"), scope: .read, tab: .messages, template: "next")
    {
        visit in
        let messages = try await visit.get("/messages/next", [("limit", "\(mostNext)")])["data"]?.array ?? []
        let dues = messages.compactMap { $0["due_at"]?.time }
        let soon = dues.count { $0 < visit.now.advanced(by: .seconds(3_600)) }
        let shown: Shown = [
            "rows": MessageRows.of(messages), "empty": .flag(messages.isEmpty),
            "first": .optional(
                dues.first.map { first in
                    first <= visit.now ? "is due" : "may leave in \(DurationText.about(visit.now.duration(to: first)))"
                }
            ),
            "within": .text(soon.counted("of these leaves", "of these leave")),
            "waiting": .text(messages.count.counted("message waits", "messages wait")),
            "whole": .flag(messages.count < mostNext),
            "count": .number(messages.count),
        ]
        return .page(title: "About to leave", shown)
    }

    /// So many of what waits are on a page.
    private static let mostNext = 50

    /// How many messages have come that the list means, for the line "3 new": asked by the script.
    static let newMessages = Screen(path: PathPattern("messages/new"), scope: .read, tab: nil, template: "messages") {
        visit in
        let answer = try await visit.get("/messages", messageList.query(visit).filter { $0.0 != "after" })
        let rows = answer["data"]?.array ?? []
        let count = rows.prefix { $0["id"]?.string != visit.query["newest"] }.count
        return .data(["new": .number(JSONNumber(count)), "more": .bool(count == rows.count && count > 0)])
    }

    /// What changes, as it changes: for the script.
    static let live = Screen(path: PathPattern("live"), scope: .read, tab: nil, template: "messages") { visit in
        .live(try await visit.api.follow(after: visit.lastEventID, as: visit.token))
    }

    /// The address that ``newMessages`` has for the list as it is filtered.
    private static func watched(_ visit: Visit) -> String {
        messageList.address(visit, changing: [:]).replacing("messages", with: "messages/new", maxReplacements: 1)
    }

    /// The states as tabs with kept figures; with other filters without, for those figures are of all messages.
    private static func tabs(_ visit: Visit) async throws -> Shown {
        let current = visit.query["state"]
        let isWhole = messageList.filters.allSatisfy { $0.name == "state" || visit.query[$0.name] == nil }
        let counts: JSON? = isWhole ? try await visit.get("/messages/states") : nil
        let states = MessageState.allCases.filter { state in
            guard let counts else { return true }
            return state.rawValue == current || counts[state.rawValue]?.number?.int ?? 0 > 0
        }
        let all: Shown = [
            "label": "All", "place": .text(messageList.address(visit, changing: ["state": nil])),
            "current": .flag(current == nil),
        ]
        return .list(
            [all]
                + states.map { state in
                    Look.of(state).with([
                        "place": .text(messageList.address(visit, changing: ["state": state.rawValue])),
                        "current": .flag(state.rawValue == current),
                        "count": counts?[state.rawValue]?.number?.int.map(Shown.number) ?? .nothing,
                    ])
                }
        )
    }
}
