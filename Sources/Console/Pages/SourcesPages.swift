// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox

// The senders: where they post to, how they are verified, when they were heard.

extension Screens {
    static let sources = Screen(path: PathPattern("sources"), scope: .read, tab: .sources, template: "sources") {
        visit in
        let senders = try await senders(visit)
        return .page(title: "Sources", ["senders": .list(senders), "empty": .flag(senders.isEmpty)])
    }

    static let source = Screen(path: PathPattern("sources/{name}"), scope: .read, tab: .sources, template: "source") {
        visit in
        let name = visit.path["name"] ?? ""
        let all = try await visit.get("/sources")["data"]?.array ?? []
        guard let source = all.first(where: { $0["name"]?.string == name }) else {
            throw APIProblem(.notFound, "The configuration has no source of this name.")
        }
        let last: [(String, String?)] = [("source", name), ("limit", "\(Silence.events)")]
        let events = try await visit.get("/events", last)["data"]?.array ?? []
        let refused = try await visit.get("/rejections", [("source", name), ("limit", "5")])["data"]?.array ?? []
        let uses = try await visit.get("/sources/\(Visit.segment(name))/secrets")
        let times = events.compactMap { $0["received_at"]?.time }
        let shown: Shown = [
            "source": Shown(source), "secretRows": .list(secrets(uses, visit.now)),
            "looked": uses["complete"] == true ? .nothing : Shown.number(uses["events"]?.number?.int ?? 0),
            "silence": .optional(Silence(times, at: visit.now)?.sentence),
            "events": .list(events.prefix(5).map { Shown($0).with(["look": result($0["result"])]) }),
            "silent": .flag(events.isEmpty), "refused": .list(refused.map { Shown($0) }),
            "wasRefused": .flag(!refused.isEmpty), "steps": .list((source["steps"]?.array ?? []).map { Shown($0) }),
            "hasSteps": .flag(source["steps"]?.array?.isEmpty == false),
            "unsigned": .flag(source["secrets"]?.array?.isEmpty != false),
        ]
        return .page(title: "Source \(name)", shown)
    }

    /// Its secrets by their names, with how old each is and when it had signed an event first and last; never a value.
    ///
    /// Those that are gone from the configuration follow.
    private static func secrets(_ uses: JSON, _ now: Timestamp) -> [Shown] {
        (uses["secrets"]?.array ?? []).prefix(20).map { use in
            let count = use["events"]?.number?.int ?? 0
            return Shown(use).with([
                "age": age(use, now), "used": .flag(count > 0), "gone": .flag(use["configured"] != true),
                "count": .text(count.counted("event")),
            ])
        }
    }

    /// How old a secret is: as its file, where it is in one; else it is in use since its first event at the latest.
    private static func age(_ use: JSON, _ now: Timestamp) -> Shown {
        guard use["configured"] == true else { return .nothing }
        func span(_ since: Timestamp) -> String { DurationText.about(max(.zero, since.duration(to: now))) }
        if let written = use["written_at"]?.time {
            return .sentence("\(span(written)) old: its file was written at \(written.rfc3339).")
        }
        guard let first = use["first_at"]?.time else {
            return .sentence("Of unknown age: where it stands there is no date, and it has signed nothing yet.")
        }
        return .sentence("At least \(span(first)) old: where it stands there is no date, but it signed an event then.")
    }
}
