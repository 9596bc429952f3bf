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
        let query: [(String, String?)] = [("source", name), ("limit", "5")]
        let events = try await visit.get("/events", query)["data"]?.array ?? []
        let refused = try await visit.get("/rejections", query)["data"]?.array ?? []
        let shown: Shown = [
            "source": Shown(source), "events": .list(events.map { Shown($0).with(["look": result($0["result"])]) }),
            "silent": .flag(events.isEmpty), "refused": .list(refused.map { Shown($0) }),
            "wasRefused": .flag(!refused.isEmpty), "steps": .list((source["steps"]?.array ?? []).map { Shown($0) }),
            "hasSteps": .flag(source["steps"]?.array?.isEmpty == false),
            "unsigned": .flag(source["secrets"]?.array?.isEmpty != false),
        ]
        return .page(title: "Source \(name)", shown)
    }
}
