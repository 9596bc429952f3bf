// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
internal import OrderedCollections
package import PartnerAPI
package import Rules

/// The answer of `hookline explain`.
package struct ExplainReport: Sendable {
    package let explanation: Explanation
    private let catalogue: TemplateCatalogue?
    /// What is known of the recipients, by the place of their message; empty where nobody asked.
    private var notes: [Note?] = []
    /// What of the event may be shown.
    private var masking = Masking.none
    /// What came of the event when it came; `nil` for one that is not kept.
    private var made: Made?

    /// The messages that an event has caused.
    private struct Made: Sendable {
        /// The first of them.
        let messages: [Message]
        /// How many there are.
        let count: Int
    }

    /// What is known of a message's recipient.
    package struct Note: Hashable, Sendable {
        /// Why the recipient does not want it; `nil` when nothing stands against it.
        let objection: String?
        /// How the recipient's service window stands; `nil` for a template.
        let window: String?
        /// Whether it is closed.
        let isWindowClosed: Bool

        package init(objection: String?, window: String?, isWindowClosed: Bool) {
            self.objection = objection
            self.window = window
            self.isWindowClosed = isWindowClosed
        }

        /// Whether the message would not leave.
        var holds: Bool { objection != nil || isWindowClosed }
    }

    /// The same with what is known of the recipients.
    ///
    /// - Parameter notes: By the place of their message.
    /// - Returns: The report.
    package func with(_ notes: [Note?]) -> ExplainReport {
        var report = self
        report.notes = notes
        return report
    }

    /// The same with what came of the event: a rule that would send now may have told the same before, or been another one.
    ///
    /// - Parameters:
    ///   - messages: The first messages that it has caused.
    ///   - count: How many there are.
    /// - Returns: The report.
    package func with(_ messages: [Message], of count: Int) -> ExplainReport {
        var report = self
        report.made = Made(messages: messages, count: count)
        return report
    }

    /// The same for who may not see all of an event that is kept.
    ///
    /// - Parameter masking: What may be shown.
    /// - Returns: The report.
    package func masked(by masking: Masking) -> ExplainReport {
        var report = self
        report.masking = masking
        return report
    }

    private func note(_ place: Int) -> Note? { notes.indices.contains(place) ? notes[place] : nil }

    /// A report about one event.
    ///
    /// - Parameters:
    ///   - explanation: What every rule made of it.
    ///   - catalogue: The templates to show messages with, and to hold them against.
    package init(explanation: Explanation, catalogue: TemplateCatalogue?) {
        self.explanation = explanation
        self.catalogue = catalogue
    }

    /// Whether at least one message would leave, or the event is collected or calls something off.
    package var doesSomething: Bool {
        messages.indices.contains { note($0)?.holds != true } || explanation.entries.contains(where: \.callsOff)
            || results.contains { if case .collected = $0 { true } else { false } }
    }

    /// The answer for people: a line a rule, then each message, then its checks with their numbers.
    package var text: String {
        let type = explanation.type.isEmpty ? "without a type" : "of type '\(VisibleText.line(explanation.type))'"
        var text = "an event \(type) from the source '\(explanation.source)'\n\n\(answers)\(outcome)"
        for (place, message) in messages.enumerated() {
            let verb = note(place)?.holds == true ? "would send" : "sends"
            text += "\n\(message.rule) \(verb) to \(masking.recipient(message.request)):\n"
            if let rendering = rendering(message.request) {
                text += ChatBubble.draw(rendering) + "\n"
            } else {
                text += masking.request(message.request).text(.indented) + "\n"
            }
            let known = [note(place)?.objection.map { "suppressed: \($0)" }, note(place)?.window].compactMap(\.self)
            text += (known + checks(message.request)).map { "  \(VisibleText.line(masking.reason($0)))\n" }.joined()
        }
        return text
    }

    /// A line a rule.
    private var answers: String {
        guard !explanation.entries.isEmpty else { return explanation.text }
        return explanation.entries.map { "\($0.rule): \(VisibleText.line(answer($0)))\n" }.joined()
    }

    /// What came of the event, a line a message; nothing for one that is not kept.
    private var outcome: String {
        guard let made else { return "" }
        guard made.count > 0 else { return "\nno message came of it\n" }
        let lines = made.messages.map { message in
            "  \(message.rule) \(message.state.rawValue), \(message.id): \(VisibleText.line(masking.reason(message.reason)))\n"
        }
        let rest = made.count - made.messages.count
        return "\nwhat came of it:\n" + lines.joined() + (rest > 0 ? "  and \(rest.counted("message")) more\n" : "")
    }

    /// What a rule made of the event, as much as may be shown of it.
    private func answer(_ entry: Explanation.Entry) -> String {
        guard case .unmatched = entry.verdict else { return masking.reason(entry.sentence) }
        return masking.mismatch(entry.sentence)
    }

    /// The same as data.
    package var json: JSON {
        let rules = explanation.entries.map { entry -> JSON in
            ["rule": .string(entry.rule), "place": .string("\(entry.location)"), "answer": .string(answer(entry))]
        }
        let messages = messages.enumerated().map { place, message -> JSON in
            [
                "consent": note(place)?.objection.map(JSON.string) ?? .null,
                "service_window": note(place)?.window.map(JSON.string) ?? .null,
                "rule": .string(message.rule), "request": masking.request(message.request),
                "text": rendering(message.request).map { .string($0.body) } ?? .null,
                "checks": .array(checks(message.request).map { .string(masking.reason($0)) }),
                "country": message.country.map(Self.json) ?? .null,
            ]
        }
        let refusals = refusals.map { message -> JSON in
            [
                "rule": .string(message.rule), "code": .string(message.refusal.code.rawValue),
                "reason": .string(masking.reason(message.refusal.reason)),
                "country": message.refusal.country.map(Self.json) ?? .null,
            ]
        }
        let made = made?.messages.map { message -> JSON in
            [
                "id": .string(message.id.rawValue), "rule": .string(message.rule),
                "state": .string(message.state.rawValue), "reason": .string(masking.reason(message.reason)),
            ]
        }
        return [
            "source": .string(explanation.source), "type": .string(explanation.type), "rules": .array(rules),
            "made": made.map(JSON.array) ?? .null,
            "made_count": self.made.map { .number(JSONNumber($0.count)) } ?? .null,
            "messages": .array(messages), "refused": .array(refusals), "does_something": .bool(doesSomething),
        ]
    }

    /// The message as its customer reads it; `nil` where that is not known, or not all of it may be shown.
    private func rendering(_ request: MessageRequest) -> RenderedMessage? {
        masking == .none ? catalogue?.render(request) : nil
    }

    /// In which country a number was read, and who stated it.
    private static func json(_ use: CountryUse) -> JSON {
        [
            "code": use.code.map(JSON.string) ?? .null, "from": .string(use.origin.rawValue),
            "written": use.written.map(JSON.string) ?? .null,
        ]
    }

    /// The messages that the rules would send, in the order of the rules.
    package var messages: [PlannedMessage] {
        results.compactMap { if case .planned(let message) = $0 { message } else { nil } }
    }

    private var refusals: [RefusedMessage] {
        results.compactMap { if case .refused(let message) = $0 { message } else { nil } }
    }

    private var results: [RuleOutcome.Result] {
        explanation.entries.flatMap { entry -> [RuleOutcome.Result] in
            guard case .matched(let outcome) = entry.verdict else { return [] }
            return outcome.results
        }
    }

    /// How the message stands against its template, with the numbers.
    private func checks(_ request: MessageRequest) -> [String] {
        guard case .template(let message) = request.content else { return [] }
        guard let catalogue else { return ["not held against the template: give --templates FILE or --templates live"] }
        let problems = catalogue.check(request).map { "problem: \($0)" }
        guard let template = chosen(message, in: catalogue) else { return problems }
        var lines = ["template '\(template.name)' (\(template.language)): \(template.status)"]
        if case .variables(let variables) = message.payload {
            lines.append("variables: \(variables.count) given, \(template.bubble.variableCount) wanted")
        }
        if case .carousel(let carousel) = message.payload {
            lines.append("cards: \(carousel.cards.count) given, \(template.cards.count) wanted")
        }
        let length = template.render(message).body.unicodeScalars.count
        lines.append("body: \(length) of \(MessageTemplate.maxBodyLength) characters")
        return lines + problems
    }

    private func chosen(_ message: TemplateMessage, in catalogue: TemplateCatalogue) -> MessageTemplate? {
        guard case .found(let template) = catalogue.choose(message.name, languages: message.language.map { [$0] } ?? [])
        else { return nil }
        return template
    }
}

/// The answer of `hookline explain` for a whole body: every event in it.
package struct ExplainedBody: Sendable {
    /// One report an event, in the order in which they are received; at least one.
    package let reports: [ExplainReport]

    package init(reports: [ExplainReport]) {
        self.reports = reports
    }

    /// The same for who may not see all of an event that is kept.
    ///
    /// - Parameter masking: What may be shown.
    /// - Returns: The answer.
    package func masked(by masking: Masking) -> ExplainedBody {
        ExplainedBody(reports: reports.map { $0.masked(by: masking) })
    }

    /// Whether at least one message would leave, or an event calls something off.
    package var doesSomething: Bool { reports.contains(where: \.doesSomething) }

    /// The answer for people; of several events each with its number.
    package var text: String {
        guard reports.count != 1 else { return reports[0].text }
        let parts = reports.enumerated().map { "event \($0.offset + 1) of \(reports.count): \($0.element.text)" }
        return "the body holds \(reports.count) events\n\n" + parts.joined(separator: "\n")
    }

    /// The same as data: the event's report, of several `{"events": [report, …]}`.
    package var json: JSON {
        reports.count == 1 ? reports[0].json : ["events": .array(reports.map(\.json))]
    }
}
