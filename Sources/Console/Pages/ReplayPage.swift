// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox
internal import PartnerAPI

// An event once more, through the rules as they are now: first what that would come to, and what it has sent; then why,
// and yes.

extension Screens {
    /// So many messages of each kind are on the page.
    private static let mostReplayed = 10
    /// Among so many of its messages those are looked for that have told the same.
    private static let mostSent = 100

    static let replay = Screen(
        path: PathPattern("events/{id}/replay"),
        scope: .operate,
        tab: .events,
        template: "replay",
        show: { visit in
            let event = try await visit.event(visit.id, messages: mostSent)
            let plan = try await visit.ask("/events/replay/plan", replayScope(visit))
            let sent = event["messages"]?.array ?? []
            let sentCount = event["message_count"]?.number?.int ?? 0
            let items = plan["messages"]?.array ?? []
            let (new, held) = (items.filter { $0["result"] == "made" }, items.filter { $0["result"] == "held" })
            let toldItems = items.filter { $0["result"] == "told" }
            let made = plan["made"]?.number?.int ?? 0
            let shown: Shown = [
                "event": Shown(event), "rows": MessageRows.of(Array(sent.prefix(mostReplayed))),
                "rest": rest(sentCount, shown: sent.count), "sent": .flag(!sent.isEmpty),
                "count": .text(made.counted("message")), "expected": .text(String(made)), "none": .flag(made == 0),
                "made": .list(new.prefix(mostReplayed).map { replayed($0, visit) }),
                "unshown": rest(made, shown: new.count),
                "kept": .flag(leavesOut(plan)),
                "told": .list(toldItems.prefix(mostReplayed).map { told($0, sent) }),
                "untold": rest(plan["told"]?.number?.int ?? 0, shown: toldItems.count),
                "held": .list(held.prefix(mostReplayed).map(kept)),
                "unheld": rest(plan["held"]?.number?.int ?? 0, shown: held.count),
                "unbuilt": rest(
                    plan["not_built"]?.number?.int ?? 0,
                    shown: plan["failures"]?.array?.count ?? 0
                ),
                "isHeld": .flag(!held.isEmpty), "wasTold": .flag(plan["told"]?.number?.int ?? 0 > 0),
                "failures": .list((plan["failures"]?.array ?? []).prefix(mostReplayed).map { Shown($0) }),
                "leftOut": .list((plan["left_out"]?.array ?? []).map { Shown($0) }),
                "renamed": .list((plan["renamed"]?.array ?? []).map { Shown($0) }),
                "digests": plan["digests"] == 0 ? .nothing : Shown(plan["digests"]),
                "again": .flag(visit.query["again"] != nil), "now": .flag(visit.query["as_of"] == "now"),
                "rule": .optional(visit.query["rule"]), "once": .text(Sessions.randomText()),
            ]
            return .page(title: "Replay an event", shown)
        },
        act: { visit in
            try Ask.check(visit)
            var body = replayScope(visit)
            body["expected"] = .number(JSONNumber(visit.form["expected"].flatMap { Int($0) } ?? 0))
            let job = try await visit.post("/events/replay", body)
            return Landing(place: "jobs/\(job["id"]?.string ?? "")", note: "The event goes through the rules again.")
        }
    )

    /// How many are not on the page; nothing where all are.
    private static func rest(_ count: Int, shown: Int) -> Shown {
        let shown = min(shown, mostReplayed)
        return count > shown ? .number(count - shown) : .nothing
    }

    private static func replayScope(_ visit: Visit) -> [String: JSON] {
        var scope: [String: JSON] = ["events": [.string(visit.id)], "again": .bool(visit.query["again"] != nil)]
        scope["rule"] = visit.query["rule"].map(JSON.string)
        scope["as_of"] = visit.query["as_of"].map(JSON.string)
        return scope
    }

    private static func leavesOut(_ plan: JSON) -> Bool {
        ["told", "held", "digests", "not_built", "omitted"].contains { plan[$0]?.number?.int ?? 0 > 0 }
    }

    /// A message that would be made, as the phone would show it.
    private static func replayed(_ item: JSON, _ visit: Visit) -> Shown {
        let catalogue = visit.ports.templates(item["account"]?.string ?? "") ?? TemplateCatalogue([])
        let shown = visit.token.seesPersonalData ? item["request"] : nil
        let request = shown.flatMap { try? MessageRequest(json: $0) }
        return [
            "rule": Shown(item["rule"]), "recipient": .optional(MessageRows.recipient(item["request"])),
            "bubble": request.flatMap(catalogue.render).map(Bubble.shown) ?? .nothing,
        ]
    }

    /// A message that would be made and not leave, with why.
    private static func kept(_ item: JSON) -> Shown {
        [
            "rule": Shown(item["rule"]), "recipient": .optional(MessageRows.recipient(item["request"])),
            "reason": Shown(item["reason"]),
        ]
    }

    /// A message that would not be made, with the one that has told the same.
    private static func told(_ item: JSON, _ sent: [JSON]) -> Shown {
        let before = sent.first { $0["id"] == item["told"] }
        return [
            "rule": Shown(item["rule"]), "recipient": .optional(MessageRows.recipient(item["request"])),
            "message": Shown(item["told"]), "look": Look.ofMessage(before?["state"]),
        ]
    }
}
