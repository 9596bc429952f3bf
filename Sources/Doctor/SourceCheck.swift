// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Outbox

/// One source: its secrets, and what came from it lately.
struct SourceCheck: Sendable {
    /// What the store knows of a source.
    struct History: Hashable, Sendable {
        /// When its last event came; `nil` when none is kept.
        let lastEvent: Timestamp?
        /// When an event came last that this secret had signed, by label.
        let lastUses: [String: Timestamp]
        /// Events that wait for a look-up, and why the last of them does; `nil` when none waits.
        let pending: Pending?
        /// Requests that were refused in the last day, by code.
        let refusals: [String: Int]
        /// Whether there were more refusals than were counted.
        let hasMore: Bool
        /// Signed bodies of the last day that could not be read, and why the last of them could not; `nil` for none.
        var parked: Parked?
        /// That it seems to have stopped; `nil` while it sends as before.
        var silence: Silence?
    }

    /// Events that wait for a look-up.
    struct Pending: Hashable, Sendable {
        let count: Int
        let reason: String
    }

    /// Bodies that were kept and are no events.
    struct Parked: Hashable, Sendable {
        let count: Int
        /// Whether there were more than were counted.
        let hasMore: Bool
        let reason: String
        /// The last one, for `hookline events show`.
        let id: EventID
    }

    /// The name in the configuration.
    let name: String
    /// The path that it posts to.
    let path: String
    /// The labels of the live secrets, the newest first.
    let secrets: [String]
    /// When the files of secrets were last written, by label; those of variables are not in it.
    var written: [String: Timestamp] = [:]
    /// What the store knows; `nil` when there is none.
    let history: History?

    private var area: String { "source \(name)" }

    var findings: [DoctorReport.Finding] {
        [secretFinding] + (history.map { uses($0) + [lastEvent($0)] + pending($0) + parked($0) + [refusals($0)] } ?? [])
    }

    private var secretFinding: DoctorReport.Finding {
        switch secrets.count {
        case 0: .init(area, .note, "\(path) has no secret: whoever knows the address can post; give it 'secrets'")
        case 1: .init(area, .fine, "\(path) has a secret\(age(of: secrets[0]))")
        default: .init(area, .fine, "\(path) has \(secrets.count) secrets; remove the old ones after a rotation")
        }
    }

    /// Of several secrets, when each was used last: one that is used no more can go.
    private func uses(_ history: History) -> [DoctorReport.Finding] {
        guard secrets.count > 1 else { return [] }
        return secrets.map { label in
            let use = history.lastUses[label].map { "signed an event last at \($0.rfc3339)" }
            return DoctorReport.Finding(
                area,
                .fine,
                "secret \(label) \(use ?? "signed no event that is kept")\(age(of: label))"
            )
        }
    }

    /// Since when a secret stands in its file; nothing where nobody knows.
    private func age(of label: String) -> String {
        written[label].map { "; its file was written at \($0.rfc3339)" } ?? ""
    }

    private func lastEvent(_ history: History) -> DoctorReport.Finding {
        guard let last = history.lastEvent else {
            let next = "'hookline post --source \(name) FILE' posts one for a try"
            return .init(area, .note, "no event from it is in the store; \(next)")
        }
        guard let silence = history.silence else { return .init(area, .fine, "it last sent at \(last.rfc3339)") }
        let next = "look into the sender's dashboard whether it is switched off, or posts elsewhere"
        return .init(area, .note, "it last sent at \(last.rfc3339), and \(silence.sentence); \(next)")
    }

    private func pending(_ history: History) -> [DoctorReport.Finding] {
        guard let pending = history.pending else { return [] }
        let next = "'hookline events list --source \(name) --result pending' shows them"
        return [.init(area, .note, "\(pending.count) of its events wait for a look-up: \(pending.reason); \(next)")]
    }

    /// What could not be read sent nothing, and nobody but us knows: its sender was told that all is well.
    private func parked(_ history: History) -> [DoctorReport.Finding] {
        guard let parked = history.parked else { return [] }
        let count = "\(parked.count)\(parked.hasMore ? " or more" : "")"
        let bodies = count == "1" ? "1 body" : "\(count) bodies"
        let sentence =
            "\(bodies) of the last day could not be read and sent nothing; the last, \(parked.id): \(parked.reason)"
        let next = "'hookline events show \(parked.id)' shows it as it came"
        return [.init(area, .wrong, "\(sentence); \(next)")]
    }

    /// Refusals beside events are strangers or retries; refusals alone mean that the source cannot get in.
    private func refusals(_ history: History) -> DoctorReport.Finding {
        guard !history.refusals.isEmpty else { return .init(area, .fine, "nothing was refused in the last day") }
        let total = history.refusals.values.reduce(0, +)
        let reasons = history.refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            "\($0.key) \($0.value)"
        }
        let count =
            history.hasMore ? "\(total) or more requests were" : total.counted("request was", "requests were")
        let sentence = "\(count) refused in the last day: \(reasons.joined(separator: ", "))"
        let next = "'hookline events list --rejected --source \(name)' says why"
        return .init(area, history.lastEvent == nil ? .wrong : .note, "\(sentence); \(next)")
    }
}
