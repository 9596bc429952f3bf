// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages
internal import Outbox
internal import Presentation

// Events of the past through the rules as they are now.

extension RouteTable {
    private static let scope: [BodyShape.Field] = [
        .init("events", .texts(1...1_000), "The events' ids; left out to choose by the rest."),
        .init("since", .time, "Only events that came then or later."),
        .init("until", .time, "Only events that came before then."),
        .init("source", "Only events of this source."),
        .init("type", "Only events of this type."),
        .init("rule", "Only what this rule makes of them; goes with ids, too."),
        .init("failed", .flag, "Only events with a message that has failed or could not be built."),
        .init("all", .flag, "True where nothing restricts."),
        .init("again", .flag, "Whether what was told is told again."),
        .init("as_of", .choice(["event", "now"]), "From when delays and expiries count; event if left out."),
    ]

    static func replayRoutes(_ ports: AdminPorts) -> [Route] {
        [
            .ask(
                "/events/replay/plan",
                .operate,
                "Counts what a replay would come to now, and lists its first messages: as `hookline events replay` does before it asks.",
                body: BodyShape(scope),
                answer: .value(.ref("ReplayPlan"))
            ) { call in
                let scope = try read(call.body).bounded(by: call.now)
                let plan = try await ports.replayPlan(scope, call.masking)
                let until: JSON = ["until": scope.until.map { .string($0.rfc3339) } ?? .null]
                return .json(plan.json.adding(until)).printed { plan.text }
            },
            .post(
                "/events/replay",
                .operate,
                "Begins a job that sends what the rules as they are now make of events that are kept.",
                body: BodyShape(scope + ordering),
                answer: .begun("Job")
            ) { try await begin($0, ports) },
        ]
    }

    private static func begin(_ call: Call, _ ports: AdminPorts) async throws -> PlannedChange {
        let key = call.body["key"]?.string
        var (scope, isRepeated) = (try read(call.body), false)
        // What comes after the plan is not in it: it begins about the events that were planned, or not at all. An order that
        // was given before is answered as it was then, whatever has come since.
        var planned: Int?
        if let expected = call.body["expected"]?.number?.int {
            (scope, isRepeated) = try await ports.store.settled(scope, key: key, at: call.now)
            if !isRepeated { planned = try await count(scope, expected, ports, call.masking) }
        }
        return begun(.replay(scope, why: Decision(.retry, why: call.reason).why), ifAbout: planned, call)
    }

    /// How many events there are, where they come to as many messages as somebody looked at.
    private static func count(
        _ scope: ReplayScope,
        _ expected: Int,
        _ ports: AdminPorts,
        _ masking: Masking
    ) async throws -> Int? {
        let plan = try await ports.replayPlan(scope, masking).json
        let made = plan["made"]?.number?.int ?? 0
        guard made == expected else {
            throw APIProblem(.conflict, "It would make \(made.counted("message")) now, and not \(expected).")
        }
        return plan["events"]?.number?.int
    }

    /// The events that a body means.
    private static func read(_ body: JSON) throws(APIProblem) -> ReplayScope {
        func time(_ name: String) -> Timestamp? { body[name]?.string.flatMap(Timestamp.init(rfc3339:)) }
        let scope = ReplayScope(
            events: (body["events"]?.array ?? []).compactMap { $0.string.map(EventID.init(rawValue:)) },
            since: time("since"),
            until: time("until"),
            source: body["source"]?.string,
            type: body["type"]?.string,
            rule: body["rule"]?.string,
            isFailedOnly: body["failed"] == true,
            again: body["again"] == true,
            isAsOfNow: body["as_of"]?.string == "now"
        )
        if scope.isUnbounded == (body["all"] != true) {
            let detail = "does not go with the rest; expected true exactly where nothing restricts"
            throw APIProblem(.badValue, "The selection has 1 mistake.", [.init(.pointer("#/all"), detail)])
        }
        let filters = ["since", "until", "source", "type", "failed"]
        if !scope.events.isEmpty, let name = filters.first(where: { body[$0] != nil && body[$0] != false }) {
            let detail = "does not go with ids; of the filters 'rule' alone does"
            throw APIProblem(.badValue, "The selection has 1 mistake.", [.init(.pointer("#/\(name)"), detail)])
        }
        return scope
    }
}
