// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox

// What people did by hand, and programs of theirs.

extension Screens {
    private static let auditList = Listing(
        place: "audit",
        filters: [("who", "Who"), ("action", "Action"), ("subject", "On"), ("since", "Since")]
    )

    static let audit = Screen(path: PathPattern("audit"), scope: .admin, tab: .audit, template: "audit") { visit in
        let answer = try await visit.get("/audit", auditList.query(visit))
        let rows = (answer["data"]?.array ?? []).map { line -> Shown in
            let isDone = line["result"]?.string == "done"
            return Shown(line).with([
                "look": isDone
                    ? Look.badge("Done", tone: "good", icon: "accepted")
                    : Look.badge("Refused", tone: "bad", icon: "failed"),
                "place": .optional(place(of: line["subject"]?.string ?? "")),
                "many": .flag(line["count"]?.number?.int ?? 1 != 1),
                "byWho": .text(auditList.address(visit, changing: ["who": line["who"]?.string])),
            ])
        }
        let shown: Shown = ["rows": .list(rows)]
        return .page(title: "Audit log", shown.with(auditList.frame(visit, answer)))
    }

    /// The page of what was changed, where it has one.
    private static func place(of subject: String) -> String? {
        let places = [("msg_", "messages"), ("evt_", "events"), ("job_", "jobs")]
        return places.first { subject.hasPrefix($0.0) }.map { "\($0.1)/\(Visit.segment(subject))" }
    }
}
