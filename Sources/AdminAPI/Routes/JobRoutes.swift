// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages
internal import Outbox
internal import Presentation

// What people decide about many messages at once.

extension RouteTable {
    private static let selection: [BodyShape.Field] = [
        .init("action", .choice(Decision.Kind.allCases.map(\.rawValue)), required: true, "What is decided."),
        .init("messages", .texts(1...1_000), "Only those of these ids."),
        .init(
            "states",
            .texts(1...10),
            "Only messages in these states; every state that the action takes if left out."
        ),
        .init("rule", "Only those of this rule."),
        .init("source", "Only those of this source."),
        .init("account", "Only those through this account."),
        .init("since", .time, "Only those stored then or later."),
        .init("until", .time, "Only those stored before then."),
        .init("all", .flag, "True where nothing restricts."),
    ]

    static func jobRoutes(_ ports: AdminPorts) -> [Route] {
        let store = ports.store
        let looks: [Route] = [
            .get(
                "/jobs",
                .read,
                "Jobs, the newest first.",
                query: [Parameter("state", .choice(JobState.allCases.map(\.rawValue)), "Only those in this state.")]
                    + Parameter.paging,
                answer: .page("Job")
            ) { call in
                let filter = JobFilter(state: call.word("state"), limit: call.limit, cursor: call.cursor)
                let page = try await store.jobs(filter)
                return .page(page) { $0.json(call.masking) }
                    .printed { JobViews.table(page.elements, masking: call.masking) }
            },
            .get("/jobs/{id}", .read, "A job.", answer: .resource("Job")) { call in
                let job = try found(try await store.job(JobID(rawValue: call.id)), "job")
                return .resource(job.json(call.masking)).printed { JobViews.text(job, masking: call.masking) }
            },
        ]
        return looks + [preview(store), plan(store), beginning] + JobChange.allCases.map(change)
    }

    private static let previewed = [
        Parameter(
            "action",
            .choice(Decision.Kind.allCases.map(\.rawValue)),
            required: true,
            "What would be decided."
        ),
        Parameter(
            "states",
            .choices(Set(Decision.Kind.allCases.flatMap(\.states)).map(\.rawValue).sorted()),
            "Only messages in these states; every state that the action takes if left out."
        ),
        Parameter("rule", "Only those of this rule."), Parameter("source", "Only those of this source."),
        Parameter("account", "Only those through this account."), Parameter.since,
        Parameter("until", .time, "Only those stored before then."),
    ]

    private static func preview(_ store: any ServiceStore) -> Route {
        .get(
            "/jobs/preview",
            .read,
            "What a job would be about if it began now: how many messages, by rule and state.",
            query: previewed,
            answer: .value(.ref("JobPreview"))
        ) { call in
            let kind = try found(call.word("action") as Decision.Kind?, "action")
            let states = (call.query["states"] ?? "").split(separator: ",").map { MessageState(rawValue: String($0)) }
            guard states.allSatisfy({ $0.map(kind.states.contains) ?? false }) else {
                throw APIProblem(
                    .badValue,
                    "The selection has 1 mistake.",
                    [.init(.parameter("states"), taken(by: kind))]
                )
            }
            let selection = MessageSelection(
                states: Set(states.compactMap(\.self)),
                rule: call.query["rule"],
                source: call.query["source"],
                account: call.query["account"],
                since: call.time("since"),
                until: call.time("until")
            )
            let counts = try await store.counts(selection, for: kind)
            return .json(JobViews.json(counts)).printed { JobViews.text(counts, to: kind, selection) }
        }
    }

    private static func plan(_ store: any ServiceStore) -> Route {
        .ask(
            "/jobs/plan",
            .read,
            "What a job of this body would be about if it began now: as /jobs/preview, by ids and states, too.",
            body: BodyShape(selection),
            answer: .value(.ref("JobPreview"))
        ) { call in
            let (kind, chosen) = try read(call.body)
            let counts = try await store.counts(chosen, for: kind)
            return .json(JobViews.json(counts)).printed { JobViews.text(counts, to: kind, chosen) }
        }
    }

    private static var beginning: Route {
        .post(
            "/jobs",
            .operate,
            "Begins a job: retries, releases, marks or cancels all messages that stand so now.",
            body: BodyShape(
                selection + ordering
            ),
            answer: .begun("Job")
        ) { call in
            let (kind, chosen) = try read(call.body)
            let expected = call.body["expected"]?.number?.int
            return begun(.decide(Decision(kind, why: call.reason), chosen), ifAbout: expected, call)
        }
    }

    /// How a job is ordered.
    static let ordering: [BodyShape.Field] = [
        .init("rate", .number(1...10_000), "How many messages a second go into the queue at most; 10 if left out."),
        .init(
            "key",
            .text(1...200),
            "A key by which the same order given twice is one job, for as long as it is kept."
        ),
        .init(
            "expected",
            .number(0...1_000_000_000),
            "The count that was looked at: with another the job does not begin."
        ),
    ]

    /// A job that begins, about so many and no others where that is said.
    static func begun(_ work: JobOrder.Work, ifAbout count: Int?, _ call: Call) -> PlannedChange {
        let masking = call.masking
        let order = JobOrder(
            work,
            by: Operator(.token, call.token.name).description,
            key: call.body["key"]?.string,
            rate: call.body["rate"]?.number?.int ?? JobOrder.defaultRate
        )
        return PlannedChange(place: .store(.beginJob(order), ifAbout: count, answer: job(masking)), status: 202) {
            if case .job(let job) = $0 { JobViews.text(job, masking: masking) } else { "" }
        }
    }

    private static func taken(by kind: Decision.Kind) -> String {
        "is no state that this takes; expected \(kind.states.map(\.rawValue).joined(separator: ", "))"
    }

    private static func change(_ change: JobChange) -> Route {
        .post(
            "/jobs/{id}/\(change.rawValue)",
            .operate,
            summary(change),
            answer: .value(.ref("Job"))
        ) { call in
            return PlannedChange(place: .store(.changeJob(change, JobID(rawValue: call.id)), answer: job(call.masking)))
        }
    }

    /// The job that something was done with.
    static func job(_ masking: Masking) -> @Sendable (Changed) -> JSON {
        { changed in
            guard case .job(let job) = changed else { return .null }
            return job.json(masking)
        }
    }

    private static func summary(_ change: JobChange) -> String {
        switch change {
        case .pause: "Holds a job where it is."
        case .resume: "Lets a paused job go on."
        case .cancel: "Ends a job; what it has done stays done."
        }
    }

    /// The messages that a body means.
    private static func read(_ body: JSON) throws(APIProblem) -> (Decision.Kind, MessageSelection) {
        var mistakes: [FieldMistake] = []
        guard let kind = body["action"]?.string.flatMap(Decision.Kind.init) else {
            throw APIProblem(.badBody, "The body says nothing to do.", [.init(.pointer("#/action"), "is missing")])
        }
        let states = (body["states"]?.array ?? []).enumerated().compactMap { index, name -> MessageState? in
            let state = name.string.flatMap(MessageState.init)
            if state.map(kind.states.contains) != true {
                mistakes.append(.init(.pointer("#/states/\(index)"), taken(by: kind)))
            }
            return state
        }
        func time(_ name: String) -> Timestamp? { body[name]?.string.flatMap(Timestamp.init(rfc3339:)) }
        let selection = MessageSelection(
            messages: (body["messages"]?.array ?? []).compactMap { $0.string.map(MessageID.init(rawValue:)) },
            states: Set(states),
            rule: body["rule"]?.string,
            source: body["source"]?.string,
            account: body["account"]?.string,
            since: time("since"),
            until: time("until")
        )
        if selection.isUnbounded == (body["all"] != true) {
            mistakes.append(
                .init(.pointer("#/all"), "does not go with the rest; expected true exactly where nothing restricts")
            )
        }
        guard mistakes.isEmpty else {
            throw APIProblem(.badValue, "The selection has \(mistakes.count.counted("mistake")).", mistakes)
        }
        return (kind, selection)
    }
}
