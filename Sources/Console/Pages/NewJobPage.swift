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
            let choice = MessageChoice(visit)
            var shown: Shown = [
                "kinds": .list(kinds), "filter": choice.filter, "kept": choice.kept, "unchosen": .flag(choice.isEmpty),
                "ticked": .number(choice.ids.count), "named": .flag(!choice.ids.isEmpty), "chosen": .flag(kind != nil),
                "once": .text(Sessions.randomText()), "seenAt": .text(visit.form["seen_at"] ?? visit.now.rfc3339),
            ]
            shown = shown.with(try await Choices.of(visit, .rule, .source, .account))
            if let kind, !choice.isEmpty { shown = shown.with(try await question(kind, choice)) }
            return .page(title: "Decide about many messages", shown)
        },
        act: { visit in
            guard let kind = visit.query["action"].flatMap(Decision.Kind.init) else {
                throw APIProblem(.badValue, "Choose first what is to be done.")
            }
            let count = visit.form["expected"].flatMap { Int($0) } ?? 0
            try Ask.check(visit, typed: count > clickable ? String(count) : nil)
            guard var body = try await MessageChoice(visit).selection(for: kind) else {
                throw APIProblem(.conflict, "No message stands so any more.")
            }
            body["expected"] = .number(JSONNumber(count))
            let job = try await visit.post("/jobs", body)
            return Landing(place: "jobs/\(job["id"]?.string ?? "")", note: "The job has begun.")
        }
    )

    /// How many there are, by state, and what would become of them.
    private static func question(_ kind: Decision.Kind, _ choice: MessageChoice) async throws -> [String: Shown] {
        let words = DecisionWords(kind)
        let selection = try await choice.selection(for: kind)
        let preview: JSON = if let selection { try await choice.visit.ask("/jobs/plan", selection) } else { .null }
        let count = preview["count"]?.number?.int ?? 0
        return [
            "verb": .text(words.verb), "consequence": .text(words.consequence), "count": .number(count),
            "stand": .text(count == 1 ? "message stands" : "messages stand"),
            "unbuilt": preview["not_built"]?.number?.int.flatMap { $0 > 0 ? .number($0) : nil } ?? .nothing,
            "expected": .text(String(count)), "none": .flag(count == 0), "danger": .flag(words.isRisky),
            "typed": .flag(count > clickable), "unbounded": .flag(selection?["all"] == true),
            "byRule": .list(
                (preview["by_rule"]?.array ?? []).map { Shown($0).with(["look": Look.ofMessage($0["state"])]) }
            ),
        ]
    }
}

/// Which messages somebody means, as it stands in the address of the page: ticked ones (`m.ID`), or filters.
struct MessageChoice: Sendable {
    let visit: Visit
    /// Those that were ticked.
    let ids: [String]

    /// What jobs choose by themselves.
    private static let names = ["rule", "source", "account", "since", "until"]
    /// What lists choose by beside: their messages are found first, and named.
    private static let lookedUp: [(name: String, label: String)] = [
        ("to", "To"), ("country", "Country"), ("contact", "Contact"), ("key", "Order or key"), ("event", "Event"),
        ("partner_id", "Partner's id"), ("delivery", "Delivery"),
    ]
    /// So many are named at most.
    private static let most = 1_000

    init(_ visit: Visit) {
        self.visit = visit
        ids = visit.query.keys.filter { $0.hasPrefix("m.") }.map { String($0.dropFirst(2)) }.sorted()
    }

    /// Whether messages were to be ticked, and none is.
    var isEmpty: Bool { visit.query["chosen"] != nil && ids.isEmpty }

    /// What can be filled in.
    var filter: Shown {
        .parts(Dictionary(uniqueKeysWithValues: Self.names.map { ($0, .optional(visit.query[$0])) }))
    }

    /// What stays in the address beside, with words for what people should see of it.
    var kept: Shown {
        let filters = (Self.lookedUp + [("state", "State")]).compactMap { name, label in
            visit.query[name].map { (name, $0, Optional(label)) }
        }
        let chosen = ids.isEmpty ? [] : [("chosen", "1", String?.none)]
        return .list(
            (filters + chosen + ids.map { ("m.\($0)", "1", nil) }).map { name, value, label in
                ["name": .text(name), "value": .text(value), "label": .optional(label)]
            }
        )
    }

    /// What the API takes for it; `nil` where no message can be meant.
    ///
    /// - Parameter kind: What is decided.
    /// - Returns: Members of a body.
    /// - Throws: ``APIProblem``, also where more match than can be named.
    func selection(for kind: Decision.Kind) async throws(APIProblem) -> [String: JSON]? {
        guard !isEmpty else { return nil }
        var selection: [String: JSON] = ["action": .string(kind.rawValue)]
        for name in Self.names { selection[name] = visit.query[name].map(JSON.string) }
        if let state = visit.query["state"] {
            guard kind.states.contains(where: { $0.rawValue == state }) else { return nil }
            selection["states"] = [.string(state)]
        }
        var named = ids
        if ids.isEmpty, Self.lookedUp.contains(where: { visit.query[$0.name] != nil }) {
            named = try await matching()
            guard !named.isEmpty else { return nil }
            // What comes after the page was made is not meant.
            if selection["until"] == nil { selection["until"] = visit.form["seen_at"].map(JSON.string) }
        }
        if !named.isEmpty { selection["messages"] = .array(named.map(JSON.string)) }
        if selection.count == 1 { selection["all"] = true }
        return selection
    }

    /// The ids of those that filters of lists mean.
    private func matching() async throws(APIProblem) -> [String] {
        let names = Self.lookedUp.map(\.name) + ["state", "rule", "source", "since", "until"]
        let query = names.map { ($0, visit.query[$0]) } + [("limit", String(Self.most))]
        let answer = try await visit.get("/messages", query)
        guard answer["next"]?.string == nil else {
            throw APIProblem(.badValue, "More than 1,000 messages match; narrow the filter, such as by a time.")
        }
        return (answer["data"]?.array ?? []).compactMap { $0["id"]?.string }
    }
}
