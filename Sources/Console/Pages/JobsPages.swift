// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import OrderedCollections
internal import Outbox

// What people decided about many messages at once, and how far it is.

extension Screens {
    private static let jobList = Listing(place: "jobs", filters: [("state", "State")])

    static let jobs = Screen(path: PathPattern("jobs"), scope: .read, tab: .jobs, template: "jobs") { visit in
        let answer = try await visit.get("/jobs", jobList.query(visit))
        let states = [nil] + JobState.allCases.map(Optional.some)
        let shown: Shown = [
            "rows": .list((answer["data"]?.array ?? []).map { jobRow($0) }), "mayBegin": .flag(visit.may(.operate)),
            "states": .list(states.map { stateTab($0, visit) }),
        ]
        return .page(title: "Jobs", shown.with(jobList.frame(visit, answer)))
    }

    static let job = Screen(path: PathPattern("jobs/{id}"), scope: .read, tab: .jobs, template: "job") { visit in
        let job = try await visit.get("/jobs/\(Visit.segment(visit.id))")
        let results = (job["results"]?.object ?? [:]).map { name, count -> Shown in
            ["name": .text(Job.Result(rawValue: name).map(label) ?? name), "count": Shown(count)]
        }
        let state = job["state"]?.string ?? ""
        let changes: [JobChange] =
            state == "running" ? [.pause, .cancel] : state == "paused" ? [.resume, .cancel] : []
        let shown: Shown = [
            // In the place of the API's own member: what stands within a job is looked for there first.
            "job": jobRow(job).with(["results": .list(results)]),
            "actions": .list(
                (visit.may(.operate) ? changes : []).map { change in
                    [
                        "label": .text(changeWords(change).verb),
                        "place": .text("jobs/\(Visit.segment(visit.id))/\(change.rawValue)"),
                    ]
                }
            ),
        ]
        return .page(title: "Job: \(job["action"]?.string ?? "")", shown)
    }

    /// A tab of the list: the jobs of a state, or all.
    private static func stateTab(_ state: JobState?, _ visit: Visit) -> Shown {
        let look: Shown = state.map(look) ?? ["label": "All", "icon": .nothing]
        return look.with([
            "place": .text(jobList.address(visit, changing: ["state": state?.rawValue])),
            "current": .flag(visit.query["state"] == state?.rawValue),
        ])
    }

    private static func look(_ state: JobState) -> Shown {
        switch state {
        case .running: Look.badge("Running", tone: "calm", icon: "sending")
        case .paused: Look.badge("Paused", tone: "warn", icon: "deferred")
        case .done: Look.badge("Done", tone: "good", icon: "accepted")
        case .cancelled: Look.badge("Ended", tone: "dim", icon: "cancelled")
        }
    }

    /// What became of messages or events of a job, for people; the API's word is the result's raw value.
    private static func label(_ result: Job.Result) -> String {
        switch result {
        case .done: "Done"
        case .refused: "Refused"
        case .events: "Events gone through"
        case .made: "Made"
        case .told: "Told before"
        case .held: "Made, and kept from leaving"
        case .notBuilt: "Cannot be built"
        case .omitted: "Left out"
        }
    }

    private static func jobRow(_ job: JSON) -> Shown {
        let state = job["state"]?.string.flatMap(JobState.init)
        return Shown(job).with([
            "look": state.map(look) ?? .nothing, "what": .text((job["action"]?.string ?? "").replacing("_", with: " ")),
        ])
    }

    static let jobChange = Screen(
        path: PathPattern("jobs/{id}/{change}"),
        scope: .operate,
        tab: .jobs,
        template: "ask",
        show: { visit in
            let job = try await visit.get("/jobs/\(Visit.segment(visit.id))")
            let words = changeWords(try change(visit))
            return Ask(
                verb: words.verb,
                about: "\(job["action"]?.string ?? "") of \(job["which"]?.string ?? "")",
                consequence: words.consequence,
                back: "jobs/\(Visit.segment(visit.id))"
            ).showing(visit)
        },
        act: { visit in
            try Ask.check(visit)
            let change = try change(visit)
            _ = try await visit.post("/jobs/\(Visit.segment(visit.id))/\(change.rawValue)")
            return Landing(place: "jobs/\(Visit.segment(visit.id))", note: changeWords(change).done)
        }
    )

    private static func change(_ visit: Visit) throws(APIProblem) -> JobChange {
        guard let change = visit.path["change"].flatMap(JobChange.init) else {
            throw APIProblem(.notFound, "Nothing of this name can be done with a job.")
        }
        return change
    }

    private static func changeWords(_ change: JobChange) -> (verb: String, consequence: String, done: String) {
        switch change {
        case .pause: ("Pause the job", "It goes on where it stands when somebody says so.", "The job is paused.")
        case .resume: ("Go on with the job", "It goes on where it stands.", "The job goes on.")
        case .cancel: ("End the job", "What it has done stays done; the rest is left alone.", "The job is ended.")
        }
    }
}
