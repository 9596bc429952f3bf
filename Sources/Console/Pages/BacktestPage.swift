// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox

// What a rule would have done with the events that are kept: a rehearsal, for which nothing is stored or sent.

extension Screens {
    /// So many differences are on the page; all are counted.
    private static let mostDifferences = 30

    static let backtest = Screen(
        path: PathPattern("rules/{name}/backtest"),
        scope: .operate,
        tab: .rules,
        template: "backtest",
        show: { visit in
            let name = visit.path["name"] ?? ""
            let days = visit.form["days"].flatMap { Int($0) } ?? 7
            let spans = [1, 7, 30].map { count -> Shown in
                [
                    "value": .text(String(count)),
                    "label": .text(count == 1 ? "the last day" : "the last \(count) days"),
                    "chosen": .flag(count == days),
                ]
            }
            var shown: Shown = [
                "name": .text(name), "address": .text(PercentEncoding.encode(name)), "spans": .list(spans),
                "hidden": .flag(!visit.token.seesPersonalData),
            ]
            if visit.form["days"] != nil {
                shown["answer"] = rehearsed(try await ask(name, days: min(max(days, 1), 366), visit))
            }
            return .page(title: "Rehearse \(name)", shown)
        },
        showsForm: true
    )

    private static func ask(_ name: String, days: Int, _ visit: Visit) async throws -> JSON {
        let since = visit.now.advanced(by: .seconds(-days * 86_400))
        return try await visit.post(
            "/rules/\(Visit.segment(name))/backtest",
            ["since": .string(since.rfc3339), "limit": .number(JSONNumber(mostDifferences))]
        )
    }

    private static func rehearsed(_ answer: JSON) -> Shown {
        func count(_ kind: String) -> Int { answer["counts"]?[kind]?.number?.int ?? 0 }
        let differences = (answer["differences"]?.array ?? []).map { difference -> Shown in
            let kinds = (difference["kinds"]?.array ?? []).compactMap(\.string)
            return Shown(difference).with([
                "look": kindLook(kinds.first ?? ""), "kinds": .text(kinds.joined(separator: ", ")),
                "moved": .flag(kinds.contains("moved")),
                "was": .sentence(difference["before"]?.string), "becomes": .sentence(difference["after"]?.string),
                "changes": .list(
                    (difference["changes"]?.array ?? []).map { change in
                        Shown(change).with([
                            "before": .optional(change["before"]?.string?.beginning(200)),
                            "after": .optional(change["after"]?.string?.beginning(200)),
                        ])
                    }
                ),
            ])
        }
        let events = answer["events"] ?? .null
        return [
            "rehearsed": .number(events["rehearsed"]?.number?.int ?? 0),
            "kept": .number(events["kept"]?.number?.int ?? 0),
            "first": .time(events["first"]?.string), "last": .time(events["last"]?.string),
            "none": .flag(events["kept"]?.number?.int ?? 0 == 0), "cut": .flag(answer["complete"]?.bool == false),
            "full": .flag(answer["ended_by"]?.string == "events"),
            "verdict": .text(verdict(count)), "differences": .list(differences),
            "note": .sentence(answer["rules"]?.array?.first?["note"]?.string),
            "omitted": answer["omitted"]?.number?.int.flatMap { $0 > 0 ? Shown.number($0) : nil } ?? .nothing,
        ]
    }

    /// What it would have done, in a sentence.
    private static func verdict(_ count: (String) -> Int) -> String {
        let (same, added, removed) = (count("same"), count("added"), count("removed"))
        let (changed, moved, undecided) = (count("changed"), count("moved"), count("undecided"))
        guard same + added + removed + changed + moved + undecided > 0 else {
            return "It would have sent nothing, as it did."
        }
        var parts = ["\(same.counted("message")) as \(same == 1 ? "it was" : "they were")"]
        if added > 0 { parts.append("\(added) more that did not leave") }
        if changed > 0 { parts.append("\(changed) with other words") }
        if moved > 0 { parts.append("\(moved) at another time") }
        var words = "It would have sent " + parts.joined(separator: ", ") + "."
        if removed > 0 { words += " \(removed.counted("message that left", "messages that left")) would not have." }
        if undecided > 0 { words += " Of \(undecided) nobody knows: what decides about them is not kept any more." }
        return words
    }

    private static func kindLook(_ kind: String) -> Shown {
        switch kind {
        case "added": Look.badge("More", tone: "good", icon: "sending")
        case "removed": Look.badge("Gone", tone: "bad", icon: "cancelled")
        case "changed": Look.badge("Other words", tone: "calm", icon: "messages")
        default: Look.badge("Other time", tone: "calm", icon: "scheduled")
        }
    }
}
