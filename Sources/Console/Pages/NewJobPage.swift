// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import Outbox

// Deciding about many messages: first which, and how many that are; then why, and yes.

extension Screens {
    /// So many are begun with a click; for more, their number is typed.
    private static let clickable = 100
    private static let names = ["rule", "source", "account", "since", "until"]

    static let newJob = Screen(
        path: PathPattern("jobs/new"),
        scope: .operate,
        tab: .jobs,
        template: "new-job",
        show: { visit in
            let kind = visit.query["action"].flatMap(Decision.Kind.init)
            let kinds = Decision.Kind.allCases.map { kind -> Shown in
                let words = DecisionWords(kind)
                let states = kind.states.map(\.rawValue).joined(separator: ", ")
                return [
                    "value": .text(kind.rawValue), "label": .text("\(words.verb) (\(states))"),
                    "chosen": .flag(visit.query["action"] == kind.rawValue),
                ]
            }
            let filter = Dictionary(uniqueKeysWithValues: names.map { ($0, Shown.optional(visit.query[$0])) })
            var shown: Shown = [
                "kinds": .list(kinds), "filter": .parts(filter), "chosen": .flag(kind != nil),
                "once": .text(Sessions.randomText()),
            ]
            if let kind { shown = shown.with(try await question(kind, visit)) }
            return .page(title: "Decide about many messages", shown)
        },
        act: { visit in
            guard let kind = visit.query["action"].flatMap(Decision.Kind.init) else {
                throw APIProblem(.badValue, "Choose first what is to be done.")
            }
            let count = visit.form["expected"].flatMap { Int($0) } ?? 0
            try Ask.check(visit, typed: count > clickable ? String(count) : nil)
            var body = selection(visit)
            body["action"] = .string(kind.rawValue)
            body["expected"] = .number(JSONNumber(count))
            if names.allSatisfy({ visit.query[$0] == nil }) { body["all"] = true }
            let job = try await visit.post("/jobs", body)
            return Landing(place: "jobs/\(job["id"]?.string ?? "")", note: "The job has begun.")
        }
    )

    private static func selection(_ visit: Visit) -> [String: JSON] {
        Dictionary(uniqueKeysWithValues: names.compactMap { name in visit.query[name].map { (name, .string($0)) } })
    }

    /// How many there are, by state, and what would become of them.
    private static func question(_ kind: Decision.Kind, _ visit: Visit) async throws -> [String: Shown] {
        let words = DecisionWords(kind)
        let query = names.map { ($0, visit.query[$0]) }
        let preview = try await visit.get("/jobs/preview", [("action", kind.rawValue)] + query)
        let count = preview["count"]?.number?.int ?? 0
        return [
            "verb": .text(words.verb), "consequence": .text(words.consequence), "count": .number(count),
            "expected": .text(String(count)), "none": .flag(count == 0), "danger": .flag(words.isRisky),
            "typed": .flag(count > clickable), "unbounded": .flag(selection(visit).isEmpty),
            "byRule": .list(
                (preview["by_rule"]?.array ?? []).map { Shown($0).with(["look": Look.ofMessage($0["state"])]) }
            ),
        ]
    }
}
