// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import Outbox

// The first page: what needs a person, what waits, how the parts of the service fare, who sent what last.

extension Screens {
    /// So many senders are looked at for when they were last seen.
    private static let mostSources = 24

    static let overview = Screen(path: PathPattern("overview"), scope: .read, tab: .overview, template: "overview") {
        visit in
        let counts = try await visit.get("/messages/states")
        let health = try await visit.get("/health")
        let checks = health["checks"]?.array ?? []
        let sources = try await senders(visit)
        let needs = needs(counts, checks) + sources.compactMap(silenceNeed)
        let next = try await visit.get("/messages/next", [("limit", "5")])["data"]?.array ?? []
        let shown: Shown = [
            "needs": .list(needs), "calm": .flag(needs.isEmpty), "tiles": tiles(counts),
            "checks": .list(checks.map(check)),
            "senders": .list(sources), "noSenders": .flag(sources.isEmpty),
            "nothingYet": .flag(total(counts) == 0), "accounts": try await accounts(visit),
            "oldest": try await oldest(counts, visit), "portfolios": try await portfolios(visit),
            "rows": MessageRows.of(next), "noneNext": .flag(next.isEmpty),
        ]
        return .page(title: "Overview", shown)
    }

    private static func total(_ counts: JSON) -> Int {
        MessageState.allCases.reduce(0) { $0 + (counts[$1.rawValue]?.number?.int ?? 0) }
    }

    /// Since when the oldest message waits that could leave; nothing where none does.
    private static func oldest(_ counts: JSON, _ visit: Visit) async throws -> Shown {
        guard (counts[MessageState.queued.rawValue]?.number?.int ?? 0) > 0 else { return .nothing }
        let query: [(String, String?)] = [
            ("state", MessageState.queued.rawValue), ("limit", "1"), ("after", PageCursor.front.rawValue),
        ]
        guard let message = try await visit.get("/messages", query)["data"]?.array?.first else { return .nothing }
        return [
            "address": .text("messages/\(message["id"]?.string ?? "")"),
            "since": .time(message["due_at"]?.string ?? message["created_at"]?.string),
        ]
    }

    /// How many people each portfolio wrote to, of how many.
    private static func portfolios(_ visit: Visit) async throws -> Shown {
        .list(
            (try await visit.get("/portfolios")["data"]?.array ?? []).map { portfolio in
                let recipients = portfolio["recipients"]?.number?.int ?? 0
                let limit = portfolio["limit"]?.number?.int
                return Shown(portfolio).with([
                    "recipients": .number(recipients), "limit": limit.map { .number($0) } ?? .nothing,
                    "look": limit.map { recipients < $0 } ?? true
                        ? Look.badge("Has room", tone: "good", icon: "accepted")
                        : Look.badge("Used up", tone: "warn", icon: "deferred"),
                ])
            }
        )
    }

    /// What stays as it is until a person does something.
    private static func needs(_ counts: JSON, _ checks: [JSON]) -> [Shown] {
        func count(_ state: MessageState) -> Int { counts[state.rawValue]?.number?.int ?? 0 }
        var needs: [Shown] = []
        if count(.uncertain) > 0 {
            needs.append([
                "tone": "warn", "icon": "uncertain", "place": "messages?state=uncertain",
                "text": .sentence(
                    "\(count(.uncertain).counted("message")) may have arrived, or not: decide about each"
                ),
            ])
        }
        if count(.failed) > 0 {
            needs.append([
                "tone": "bad", "icon": "failed", "place": "messages?state=failed",
                "text": .sentence(
                    "\(count(.failed).counted("message")) failed: see why, and what can be done"
                ),
            ])
        }
        return needs
            + checks.filter { $0["passing"]?.bool == false }.map { check in
                let name = check["name"]?.string ?? ""
                return [
                    "tone": "bad", "icon": "failed", "place": .text(name == "rules" ? "rules" : "./#health"),
                    "text": .sentence("\(name): \(check["detail"]?.string ?? "")"),
                ]
            }
    }

    /// A sender that seems to have stopped, which nobody is told of by itself.
    private static func silenceNeed(_ sender: Shown) -> Shown? {
        guard case .text(let sentence) = sender["silence"], case .text(let name) = sender["name"] else { return nil }
        return [
            "tone": "warn", "icon": "deferred", "place": .text("sources/\(Visit.segment(name))"),
            "text": .sentence("The sender '\(name)' \(sentence)"),
        ]
    }

    private static func tiles(_ counts: JSON) -> Shown {
        .list(
            MessageState.allCases.map { state in
                let count = counts[state.rawValue]?.number?.int ?? 0
                return Look.of(state).with(["count": .number(count), "none": .flag(count == 0)])
            }
        )
    }

    private static func check(_ check: JSON) -> Shown {
        let isPassing = check["passing"]?.bool ?? false
        return Shown(check).with([
            "look": isPassing
                ? Look.badge("Works", tone: "good", icon: "accepted")
                : Look.badge("Trouble", tone: "bad", icon: "failed")
        ])
    }

    /// When each sender was last heard, and last refused.
    static func senders(_ visit: Visit) async throws -> [Shown] {
        let sources = try await visit.get("/sources")["data"]?.array ?? []
        var senders: [Shown] = []
        for (position, source) in sources.enumerated() {
            guard position < mostSources else {
                senders.append(
                    Shown(source).with([
                        "looked": .flag(false), "seen": .nothing, "refused": .nothing, "silence": .nothing,
                    ])
                )
                continue
            }
            let name = ("source", source["name"]?.string)
            let events = try await visit.get("/events", [name, ("limit", "\(Silence.events)")])["data"]?.array ?? []
            let refused = try await visit.get("/rejections", [name, ("limit", "1")])["data"]?.array?.first
            let times = events.compactMap { $0["received_at"]?.time }
            senders.append(
                Shown(source).with([
                    "looked": .flag(true), "seen": .time(times.max()), "refused": .time(refused?["at"]?.string),
                    "silence": .optional(Silence(times, at: visit.now)?.sentence),
                ])
            )
        }
        return senders
    }
}
