// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// The ledger of consent as the command line shows it.
package enum ConsentViews {
    /// Lines of the ledger, one a line.
    ///
    /// - Parameters:
    ///   - entries: In the order to show.
    ///   - masking: What may be shown.
    /// - Returns: A table.
    package static func table(_ entries: [ConsentEntry], masking: Masking = .none) -> String {
        TextTable.render(
            titles: ["RECIPIENT", "STATE", "CATEGORY", "ACCOUNT", "SINCE", "ORIGIN", "WHO", "WHY"],
            rows: entries.map { entry in
                [
                    masking.recipient(shown(entry.recipient)), entry.decision.rawValue, entry.scope.rawValue,
                    entry.account ?? "(every one)", entry.at.rfc3339, entry.origin.rawValue, entry.who,
                    masking.text(entry.reason ?? ""),
                ]
            }
        )
    }

    /// What recipients wrote that may be meant as a STOP, one a line.
    ///
    /// - Parameters:
    ///   - doubts: In the order to show.
    ///   - masking: What may be shown.
    /// - Returns: A table.
    package static func table(_ doubts: [ConsentDoubt], masking: Masking = .none) -> String {
        TextTable.render(
            titles: ["RECIPIENT", "WROTE", "AT", "SOURCE", "EVENT"],
            rows: doubts.map { doubt in
                [
                    masking.recipient(shown(doubt.recipient)), masking.said(doubt.text), doubt.at.rfc3339,
                    doubt.source, doubt.event.rawValue,
                ]
            }
        )
    }

    /// Whom several messages in a row did not reach, one a line.
    ///
    /// - Parameters:
    ///   - suggestions: In the order to show.
    ///   - masking: What may be shown.
    /// - Returns: A table.
    package static func table(_ suggestions: [ConsentSuggestion], masking: Masking = .none) -> String {
        TextTable.render(
            titles: ["RECIPIENT", "NOT REACHED", "LAST"],
            rows: suggestions.map { suggestion in
                [
                    masking.recipient(shown(suggestion.recipient)), suggestion.failures.counted("time"),
                    suggestion.at.rfc3339,
                ]
            }
        )
    }

    /// A recipient's name in the ledger, for people.
    static func shown(_ recipient: String) -> String {
        if ErasedSubject.isName(recipient) { return "(erased)" }
        if recipient.hasPrefix("phone:") { return "+" + recipient.dropFirst(6) }
        return recipient.hasPrefix("contact:") ? "contact \(recipient.dropFirst(8))" : recipient
    }
}

extension Erasure {
    /// What was found or erased, for people.
    ///
    /// - Parameter isErased: Whether it is gone.
    /// - Returns: A sentence.
    package func text(isErased: Bool) -> String {
        let list = [
            messages.counted("message"), events.counted("event"),
            lines.counted("line of the ledger", "lines of the ledger"),
            others.counted("other record"),
        ].joined(separator: ", ")
        return isErased ? "erased: \(list)" : "would erase: \(list); --yes does so"
    }

    /// The same as `--json` shows it.
    ///
    /// - Parameter isErased: Whether it is gone.
    /// - Returns: An object.
    package func json(isErased: Bool) -> JSON {
        [
            "erased": .bool(isErased), "messages": .number(JSONNumber(messages)), "events": .number(JSONNumber(events)),
            "lines": .number(JSONNumber(lines)), "others": .number(JSONNumber(others)),
        ]
    }
}

extension ConsentSuggestion {
    /// Somebody whom messages do not reach as `--json` shows it, as much of it as may be shown.
    package func json(_ masking: Masking = .none) -> JSON {
        [
            "recipient": .string(masking.recipient(ConsentViews.shown(recipient))),
            "failures": .number(JSONNumber(failures)),
            "at": .string(at.rfc3339),
        ]
    }
}

extension ConsentDoubt {
    /// What a recipient wrote as `--json` shows it, as much of it as may be shown.
    package func json(_ masking: Masking = .none) -> JSON {
        [
            "recipient": .string(masking.recipient(ConsentViews.shown(recipient))),
            "text": .string(masking.said(text)), "at": .string(at.rfc3339),
            "source": .string(source), "event": .string(event.rawValue),
        ]
    }
}

extension ConsentEntry {
    /// The number that it is about, with a plus; `nil` where it is about a contact.
    package var phone: String? { recipient.hasPrefix("phone:") ? "+" + recipient.dropFirst(6) : nil }

    /// The id of the contact that it is about; `nil` where it is about a number.
    package var contact: String? { recipient.hasPrefix("contact:") ? String(recipient.dropFirst(8)) : nil }

    /// The line as `--json` shows it, as much of it as may be shown.
    package func json(_ masking: Masking = .none) -> JSON {
        [
            "phone": phone.map { .string(masking.recipient($0)) } ?? .null,
            "contact": contact.map { .string(masking.recipient($0)) } ?? .null,
            "state": .string(decision.rawValue), "category": .string(scope.rawValue),
            "account": account.map(JSON.string) ?? .null, "at": .string(at.rfc3339),
            "origin": .string(origin.rawValue), "who": .string(who),
            "reason": reason.map { .string(masking.text($0)) } ?? .null,
            "event": event.map { .string($0.rawValue) } ?? .null,
        ]
    }
}

extension ConsentReceipt {
    /// What became of lines, for people.
    package var text: String {
        var parts = ["wrote \(added.counted("line"))"]
        if known > 0 { parts.append("\(known.counted("line")) said nothing new") }
        if suppressed > 0 {
            parts.append("\(suppressed.counted("message that waited", "messages that waited")) suppressed")
        }
        if tooLate > 0 { parts.append("too late for \(tooLate.counted("message")) on the way") }
        return parts.joined(separator: "; ")
    }

    /// The same as `--json` shows it.
    package var json: JSON {
        [
            "written": .number(JSONNumber(added)), "known": .number(JSONNumber(known)),
            "suppressed": .number(JSONNumber(suppressed)), "too_late": .number(JSONNumber(tooLate)),
        ]
    }
}
