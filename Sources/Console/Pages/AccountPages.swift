// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox

// The accounts: how they fare, and letting one go on that stopped until a person says so.

extension Screens {
    static let resumeAccount = Screen(
        path: PathPattern("accounts/{name}/resume"),
        scope: .operate,
        tab: .overview,
        template: "ask",
        show: { visit in
            let name = visit.path["name"] ?? ""
            let accounts = try await visit.get("/accounts")["data"]?.array ?? []
            guard let account = accounts.first(where: { $0["name"]?.string == name }) else {
                throw APIProblem(.notFound, "The configuration has no account of this name.")
            }
            let stops = (account["stopped"]?.array ?? []).compactMap { $0["reason"]?.string }
            return Ask(
                verb: "Let the account go on",
                about: "\(name): " + (stops.isEmpty ? "nothing has stopped" : stops.joined(separator: "; ")),
                consequence: "What waits for it leaves, paced as ever. If the partner refuses again, it stops again.",
                back: "./"
            ).showing(visit)
        },
        act: { visit in
            try Ask.check(visit)
            _ = try await visit.post("/accounts/\(Visit.segment(visit.path["name"] ?? ""))/resume")
            return Landing(place: "./", note: "The account goes on.")
        }
    )

    /// Whether a stop is of the whole account.
    static func isWhole(_ stop: JSON) -> Bool { stop["part"]?.string == "account" }

    /// How each account fares.
    static func accounts(_ visit: Visit) async throws -> Shown {
        let accounts = try await visit.get("/accounts")["data"]?.array ?? []
        return .list(
            accounts.map { account in
                let stops = account["stopped"]?.array ?? []
                let isHeld = ["paused_since", "failing_since"].contains { account[$0]?.string != nil }
                let holdsSome =
                    account["uncertain_held_since"]?.string != nil || account["held"]?.array?.isEmpty == false
                return Shown(account).with([
                    "look": !stops.isEmpty
                        ? Look.badge("Stopped", tone: "bad", icon: "failed")
                        : isHeld
                            ? Look.badge("Waits", tone: "warn", icon: "deferred")
                            : holdsSome
                                ? Look.badge("Holds some", tone: "warn", icon: "deferred")
                                : Look.badge("Sends", tone: "good", icon: "accepted"),
                    "stops": .list(stops.filter(isWhole).map { Shown($0) }),
                    "holds": .list(holds(account).map(Shown.sentence)),
                    "canResume": .flag(!stops.isEmpty && visit.may(.operate)),
                    "address": .text(PercentEncoding.encode(account["name"]?.string ?? "")),
                ])
            }
        )
    }
}
