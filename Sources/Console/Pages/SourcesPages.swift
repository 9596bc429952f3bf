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
        let secrets = try await secrets(source, visit)
        let times = events.compactMap { $0["received_at"]?.time }
        let shown: Shown = [
            "source": Shown(source), "secretRows": .list(secrets),
            "silence": .optional(Silence(times, at: visit.now)?.sentence),
            "events": .list(events.prefix(5).map { Shown($0).with(["look": result($0["result"])]) }),
            "silent": .flag(events.isEmpty), "refused": .list(refused.map { Shown($0) }),
            "wasRefused": .flag(!refused.isEmpty), "steps": .list((source["steps"]?.array ?? []).map { Shown($0) }),
            "hasSteps": .flag(source["steps"]?.array?.isEmpty == false),
            "unsigned": .flag(source["secrets"]?.array?.isEmpty != false),
        ]
        return .page(title: "Source \(name)", shown)
    }

    /// Its secrets by their names, with when each had signed an event last; never a value.
    private static func secrets(_ source: JSON, _ visit: Visit) async throws -> [Shown] {
        var rows: [Shown] = []
        for label in (source["secrets"]?.array ?? []).compactMap(\.string).prefix(10) {
            let query: [(String, String?)] = [("source", source["name"]?.string), ("secret", label), ("limit", "1")]
            let last = try await visit.get("/events", query)["data"]?.array?.first
            rows.append(["name": .text(label), "used": .time(last?["received_at"]?.string)])
        }
        return rows
    }
}
