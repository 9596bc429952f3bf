// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
internal import PartnerAPI

/// Writes a drafted rule as the file that a shop owner reads.
struct RuleFileText {
    private let parts: RuleParts
    private var lines: [String] = []

    /// The file's text.
    ///
    /// - Parameter parts: The rule.
    /// - Returns: YAML with notes.
    static func text(_ parts: RuleParts) -> String {
        var text = RuleFileText(parts)
        text.writeHead()
        text.writeRule()
        text.writeSend()
        text.writeTest()
        return text.lines.joined(separator: "\n") + "\n"
    }

    private init(_ parts: RuleParts) { self.parts = parts }

    private mutating func note(_ text: String, _ indent: Int) { lines += YAMLText.comment(text, indent: indent) }

    private mutating func value(_ key: String, _ json: JSON, _ indent: Int) {
        lines.append(String(repeating: " ", count: indent) + "\(key): \(YAMLText.flow(json))")
    }

    // MARK: The file

    private mutating func writeHead() {
        let type = parts.type.isEmpty ? "an event" : "the event \(parts.type)"
        note(
            "A rule that `hookline rules new` made of \(type) of '\(parts.source)' and the template \(parts.template.name).",
            0
        )
        note("What stands behind a # is a note for you; the service passes it over.", 0)
        if !parts.todos.isEmpty {
            lines.append("#")
            note("Before a message can leave, put something in the place of:", 0)
            for todo in parts.todos {
                lines += YAMLText.comment("\(todo.name): \(todo.words)", indent: 0, hanging: "   - ")
            }
        }
        lines.append("version: 1")
        value("source", .string(parts.source), 0)
        if let preset = parts.preset {
            lines.append("preset: \(YAMLText.scalar(preset))   # what the test takes the source for")
        }
        if let country = parts.country {
            note("Where a phone number without country code is at home.", 0)
            lines += ["defaults:", "  country: \(YAMLText.scalar(country))"]
        }
        lines += ["", "rules:"]
    }

    // MARK: The rule

    private mutating func writeRule() {
        lines += YAMLText.comment("Template \(parts.template.name) (\(parts.template.language)):", indent: 2)
        lines += YAMLText.comment(parts.template.bubble.body?.text ?? "", indent: 2, hanging: "   ")
        lines.append("  - name: \(YAMLText.scalar(parts.name))")
        if parts.type.isEmpty {
            note("The sender gives its events no type: this rule sees all of them.", 4)
        } else {
            value("event", .string(parts.type), 4)
        }
        writeMatch()
        if !parts.lets.isEmpty {
            note("Short names for parts of the event.", 4)
            lines.append("    let:")
            for entry in parts.lets { value(YAMLText.scalar(entry.name), .string(entry.value), 6) }
        }
        note("Told once for the same value, however often the sender posts it.", 4)
        value("once_per", parts.oncePer, 4)
        note("Who gets it: \(parts.recipient.why).", 4)
        value("to", parts.recipient.to, 4)
    }

    private mutating func writeMatch() {
        if let match = parts.match {
            note("Only for events such as this one, as the rule that comes with Hookline has it.", 4)
            lines.append("    match:")
            lines += YAMLText.block(match, indent: 6)
        } else if let possible = parts.possibleMatch {
            note("Without the # in front, the next line lets only events through that say this.", 4)
            lines += YAMLText.comment("match: \(possible)", indent: 4)
        }
    }

    // MARK: What it sends

    private mutating func writeSend() {
        lines.append("    send:")
        value("template", .string(parts.template.name), 6)
        value("language", .string(parts.template.language), 6)
        if let account = parts.account { value("account", .string(account), 6) }
        for gap in parts.gaps {
            guard let header = parts.header(gap) else { continue }
            explain(gap, 6)
            value("header", header, 6)
        }
        let body = parts.gaps.filter { $0.gap.place == .body }
        if !body.isEmpty { lines.append("      variables:") }
        for gap in body {
            explain(gap, 8)
            let key = Int(gap.gap.id) == nil ? YAMLText.scalar(gap.gap.id) : gap.gap.id
            lines.append("        \(key): \(YAMLText.quoted(parts.expression(gap)))")
        }
        if !parts.buttons.isEmpty { lines.append("      buttons:") }
        for (position, gap) in parts.buttons {
            explain(gap, 8)
            lines.append("        \(position): \(YAMLText.quoted(parts.expression(gap)))")
        }
    }

    /// Why a gap has what it has, and what else there was.
    private mutating func explain(_ gap: RuleDraft.Gap, _ indent: Int) {
        let words = gap.gap.excerpt
        guard let chosen = gap.chosen else {
            note("\(words) — TODO: nothing in the event fits for sure.", indent)
            if !gap.suggestions.isEmpty {
                note("It could be: " + gap.suggestions.prefix(4).map(\.expression).joined(separator: " or "), indent)
            }
            return
        }
        note(chosen.origin == .person ? words : "\(words) — \(chosen.why).", indent)
        if let text = chosen.note { note("Look here: \(text).", indent) }
    }

    // MARK: The test

    private mutating func writeTest() {
        note(
            "The event in this test is the real one with invented people: names, numbers, addresses and keys are replaced.",
            4
        )
        lines.append("    tests:")
        lines.append("      - name: the event that this rule was made of")
        lines.append("        event:")
        if !parts.type.isEmpty { value("type", .string(parts.type), 10) }
        if case .object(let members) = parts.payload, !members.isEmpty {
            lines.append("          body:")
            lines += YAMLText.block(parts.payload, indent: 12)
        } else {
            value("body", parts.payload, 10)
        }
        guard !parts.expected.isEmpty else { return lines.append("        expect: []") }
        lines.append("        expect:")
        lines += YAMLText.block(.array(parts.expected), indent: 10)
    }
}
