// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
package import Events
internal import PartnerAPI
internal import Rehearsal
package import RuleDrafts

/// A rule that was made of an event, for people and as data; what it says of the event is masked as the configuration says.
package enum RuleDraftViews {
    /// The draft as data.
    ///
    /// - Parameters:
    ///   - draft: The draft.
    ///   - masking: What is shown of the event.
    /// - Returns: The rule file, every gap with what could stand in it, what is left to do, and how check and test ended,
    ///   and whether it can send as it is; the message as the telephone shows it.
    package static func json(_ draft: RuleDraft, masking: Masking) -> JSON {
        [
            "name": .string(draft.name), "source": .string(draft.source), "event": .string(draft.eventType),
            "template": .string(draft.template.name), "language": .string(draft.template.language),
            "gaps": .array(draft.gaps.map { json($0, masking) }), "rule": .string(draft.text),
            "todo": .array(draft.todos.map { ["name": .string($0.name), "what": .string($0.words)] }),
            "findings": .array(draft.findings.map(\.wordedJSON)), "test": draft.test.json,
            "whole": .bool(draft.isWhole),
            "preview": draft.preview.map { .string(masking.made($0.body)) } ?? .null,
            "bubble": draft.preview.map { json(masked($0, masking)) } ?? .null,
        ]
    }

    private static func json(_ message: RenderedMessage) -> JSON {
        let header: JSON =
            switch message.header {
            case nil: .null
            case .text(let text): ["text": .string(text)]
            case .media(let format, let reference):
                [
                    "media": .string(format), "reference": reference.map(JSON.string) ?? .null,
                ]
            case .location: ["media": "location", "reference": .null]
            }
        let buttons = message.buttons.map { button -> JSON in
            ["text": .string(button.text), "target": button.target.map(JSON.string) ?? .null]
        }
        return [
            "header": header, "body": .string(message.body), "footer": message.footer.map(JSON.string) ?? .null,
            "buttons": .array(buttons),
        ]
    }

    private static func json(_ gap: RuleDraft.Gap, _ masking: Masking) -> JSON {
        let suggestions = gap.suggestions.map { suggestion -> JSON in
            [
                "expression": .string(suggestion.expression), "value": .string(masking.made(suggestion.value)),
                "why": .string(suggestion.why),
            ]
        }
        return [
            "gap": .string(gap.gap.id), "words": .string(gap.gap.excerpt),
            "chosen": gap.chosen.map { .string($0.expression) } ?? .null,
            "note": gap.chosen?.note.map { .string($0) } ?? .null, "suggestions": .array(suggestions),
        ]
    }

    /// What became of each gap, how check and test ended, and the message as the telephone shows it.
    ///
    /// - Parameters:
    ///   - draft: The draft.
    ///   - masking: What is shown of the event.
    /// - Returns: Lines for a terminal, without the rule file itself.
    package static func text(_ draft: RuleDraft, masking: Masking) -> String {
        let rows = draft.gaps.map { gap in
            let value = gap.chosen.map { VisibleText.line(masking.made($0.value)) } ?? "nothing fits for sure"
            return [gap.gap.id, VisibleText.line(gap.chosen?.expression ?? gap.todo), value]
        }
        let table = TextTable.render(titles: ["GAP", "GETS", "WHICH IS HERE"], rows: rows)
        var text = draft.gaps.isEmpty ? "the template has no gaps\n" : table
        text += "\n" + verdict(draft)
        if let preview = draft.preview {
            text += "\nas the telephone shows it for this event:\n\(bubble(preview, masking))\n"
        }
        return text
    }

    private static func verdict(_ draft: RuleDraft) -> String {
        let findings = DiagnosticFormat.text.render(draft.findings)
        let count = draft.findings.isEmpty ? "nothing" : draft.findings.count.counted("finding")
        var text = "the check found \(count), its test \(draft.test.isPassed ? "holds" : "does not hold")\n" + findings
        if !draft.test.isPassed { text += draft.test.text }
        guard !draft.todos.isEmpty else { return text }
        text += "\nnothing is sent before this is done:\n"
        return text + draft.todos.map { VisibleText.line("  \($0.name): \($0.words)") + "\n" }.joined()
    }

    private static func bubble(_ message: RenderedMessage, _ masking: Masking) -> String {
        ChatBubble.draw(masked(message, masking))
    }

    /// The message without what is not shown of the event.
    private static func masked(_ message: RenderedMessage, _ masking: Masking) -> RenderedMessage {
        let buttons = message.buttons.map {
            RenderedMessage.Button(text: $0.text, target: $0.target.map(masking.made))
        }
        let header: RenderedMessage.Header? =
            switch message.header {
            case .text(let text): .text(masking.made(text))
            case .media(let format, let reference): .media(format: format, reference: reference.map(masking.made))
            case let other: other
            }
        return RenderedMessage(
            header: header,
            body: masking.made(message.body),
            footer: message.footer,
            buttons: buttons
        )
    }
}
