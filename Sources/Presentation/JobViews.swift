// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
internal import OrderedCollections

/// Jobs as the command line shows them.
package enum JobViews {
    /// Jobs, one a line.
    ///
    /// - Parameters:
    ///   - jobs: In the order to show.
    ///   - masking: What may be shown.
    /// - Returns: A table.
    package static func table(_ jobs: [Job], masking: Masking = .none) -> String {
        TextTable.render(
            titles: ["JOB", "BEGUN", "STATE", "DOES", "HANDLED", "WHICH", "NOTE"],
            rows: jobs.map { job in
                [
                    job.id.rawValue, job.createdAt.rfc3339, job.state.rawValue, job.order.action,
                    "\(job.handled) of \(job.total)", job.order.words, masking.reason(job.note ?? ""),
                ]
            }
        )
    }

    /// A job with all that is known of it.
    package static func text(_ job: Job, masking: Masking = .none) -> String {
        var fields: [FieldList.Field] = [
            ("job", "\(job.id)"), ("state", job.state.rawValue), ("does", job.order.action), ("which", job.order.words),
            ("begun", "\(job.createdAt.rfc3339) by \(job.order.who)"), ("why", masking.text(job.order.why ?? "-")),
            ("pace", job.order.sends ? "at most \(job.order.rate.counted("message")) a second" : "as fast as it can"),
            ("progress", progress(job)), ("touched", job.updatedAt.rfc3339),
        ]
        if let note = job.note { fields.append(("note", masking.reason(note))) }
        return FieldList.render(fields)
    }

    /// How far a job is, in one line.
    package static func progress(_ job: Job) -> String {
        var parts = ["\(job.handled) of \(job.total.counted(job.order.replay == nil ? "message" : "event"))"]
        for (result, words) in Self.words {
            if let count = job.tally[result] { parts.append("\(count) \(words)") }
        }
        if let passedBy = job.passedBy, passedBy > 0 { parts.append("\(passedBy) in another state by then") }
        return parts.joined(separator: ", ")
    }

    private static let words: [(Job.Result, String)] = [
        (.refused, "refused"), (.made, "made"), (.told, "told before"), (.held, "made, and kept from leaving"),
        (.notBuilt, "that cannot be built"), (.omitted, "left out"),
    ]

    /// What a decision would be about, before anybody decides: a line a rule and state, and the whole.
    package static func text(
        _ counts: [SelectionCount],
        to kind: Decision.Kind,
        _ selection: MessageSelection
    ) -> String {
        let (total, unsayable) = (counts.total, counts.unsayable)
        let table = TextTable.render(
            titles: ["RULE", "STATE", "MESSAGES"],
            rows: counts.filter { $0.count > 0 }.map { [$0.rule, $0.state.rawValue, String($0.count)] }
        )
        let rest =
            unsayable == 0
            ? ""
            : "\(unsayable) more cannot be retried: they were never built, or what they said is not kept any more; "
                + "mend the rule, and 'hookline events replay --failed'\n"
        let head = (total == 0 ? "" : table) + "\(total.counted("message")) to \(kind.rawValue): \(selection.words)\n"
        return head + rest
    }

    /// The same as data.
    package static func json(_ counts: [SelectionCount]) -> JSON {
        let rows = counts.filter { $0.count > 0 }.map { count -> JSON in
            [
                "rule": .string(count.rule), "state": .string(count.state.rawValue),
                "count": .number(JSONNumber(count.count)),
            ]
        }
        return [
            "count": .number(JSONNumber(counts.total)), "by_rule": .array(rows),
            "not_built": .number(JSONNumber(counts.unsayable)),
        ]
    }
}

extension Job {
    /// The job as `--json` shows it, as much of it as may be shown.
    package func json(_ masking: Masking = .none) -> JSON {
        let results = Result.allCases.compactMap { result in
            tally[result].map { (result.rawValue, JSON.number(JSONNumber($0))) }
        }
        return [
            "id": .string(id.rawValue), "state": .string(state.rawValue), "action": .string(order.action),
            "which": .string(order.words), "who": .string(order.who),
            "why": order.why.map { .string(masking.text($0)) } ?? .null,
            "key": order.key.map { .string(masking.text($0)) } ?? .null,
            "rate": order.sends ? .number(JSONNumber(order.rate)) : .null, "total": .number(JSONNumber(total)),
            "handled": .number(JSONNumber(handled)), "progress": .string(JobViews.progress(self)),
            "results": .object(.init(uniqueKeysWithValues: results)),
            "event": order.onlyEvent.map { .string($0.rawValue) } ?? .null,
            "passed_by": passedBy.map { .number(JSONNumber($0)) } ?? .null,
            "note": note.map { .string(masking.reason($0)) } ?? .null, "created_at": .string(createdAt.rfc3339),
            "updated_at": .string(updatedAt.rfc3339),
        ]
    }
}

extension JobOrder {
    /// The event of a replay that is about one alone.
    fileprivate var onlyEvent: EventID? { replay.flatMap { $0.events.count == 1 ? $0.events.first : nil } }
}
