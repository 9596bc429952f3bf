// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import Console
internal import EventIntake
internal import Events
internal import Presentation
internal import Replays
internal import Rules
internal import ServiceConfiguration
internal import Webhooks

/// What rules make of an event that did not happen: the console's playground.
///
/// Nothing is stored, and nothing is sent.
struct Playground: Sendable {
    let settings: Settings
    let engine: RulesEngine
    let clock: any WallClock

    /// So many events of one payload are shown.
    private static let mostEvents = 5

    /// What comes of a trial.
    ///
    /// - Parameter trial: The payload, as if a sender had posted it, and the rules; those that run if left out.
    /// - Returns: The findings in the rules; and what each rule says of each event, as `hookline explain --json` says it.
    /// - Throws: ``ConsolePorts/Refusal`` where the payload cannot be read.
    func rehearse(_ trial: ConsolePorts.Trial) throws(ConsolePorts.Refusal) -> JSON {
        guard let source = settings.sources.first(where: { $0.name == trial.source }) else {
            throw ConsolePorts.Refusal("The configuration has no source of this name.")
        }
        let (rules, findings) = Self.rules(trial.rules)
        guard trial.rules == nil || rules != nil else { return ["events": [], "findings": .array(findings)] }
        let events = try events(trial, source)
        let reports = events.prefix(Self.mostEvents).map { event in
            let context = EvaluationContext(of: source, now: event.receivedAt)
            return ExplainReport(explanation: engine.explain(event, in: context, with: rules), catalogue: nil).json
        }
        return ["events": .array(Array(reports)), "findings": .array(findings)]
    }

    /// Rules that were typed, with what was found in them; none where they have an error.
    private static func rules(_ text: String?) -> (RuleSet?, [JSON]) {
        guard let text else { return (nil, []) }
        let (rules, diagnostics) = RuleFolder.load(texts: [("playground.yaml", text)])
        return (rules, diagnostics.map { .string("\($0)") })
    }

    /// What is wrong with a payload; where it is no JSON, and begins as such, at which place.
    private static func mistake(in payload: String) -> String {
        let looks = "look at its body, and at the headers that its sender adds."
        guard let first = payload.first(where: { !$0.isWhitespace }), "{[".contains(first) else { return looks }
        do throws(JSONError) {
            _ = try JSON(parsing: payload)
            return looks
        } catch {
            return "\(error)"
        }
    }

    private func events(_ trial: ConsolePorts.Trial, _ source: Source) throws(ConsolePorts.Refusal) -> [Event] {
        let events = source.reread(headers: trial.headers, body: Array(trial.payload.utf8), at: clock.now)
        guard let events, !events.isEmpty else {
            throw ConsolePorts.Refusal("'\(source.name)' cannot read this payload: \(Self.mistake(in: trial.payload))")
        }
        return events
    }
}
