// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PartnerAPI

extension TextRule {
    /// What a diagnostic says is expected.
    package var expectation: String {
        switch self {
        case .nonEmpty: "a text"
        case .ruleName: "a name of letters, digits, '-' and '_'"
        case .variableName: "a name of letters, digits and '_' that does not begin with a digit"
        case .slot: "a slot such as '1', '2', or 'c0_1' for a card"
        case .gap: "a slot such as '1', 'c0_1' for a card, or a gap's name such as 'customer'"
        case .buttonIndex: "the position of a button, from 0"
        case .country: "a country, such as 'IN' or 'India'"
        case .language: "a language code, such as 'en' or 'en_US'"
        case .timeOfDay: "a time of day, such as '21:00'"
        case .timeZone: "'recipient' or a time zone, such as 'Asia/Kolkata'"
        case .version: "1"
        }
    }

    /// Whether a text is one.
    package func accepts(_ text: String) -> Bool {
        switch self {
        case .nonEmpty: !text.isEmpty
        case .ruleName: Self.isName(text, beyond: "-_") && text.utf8.count <= 100
        case .variableName: Self.isName(text, beyond: "_") && text.first?.isNumber == false
        case .slot: Slot(text) != nil
        case .gap: Slot(text) != nil || Self.variableName.accepts(text)
        case .buttonIndex: text.utf8.count == 1 && text.first.map { $0.isASCII && $0.isNumber } == true
        case .country: !text.isEmpty
        case .language: Self.isName(text, beyond: "_-") && (2...16).contains(text.utf8.count)
        case .timeOfDay: TimeOfDay(text) != nil
        case .timeZone: text == "recipient" || TimeZone(identifier: text) != nil
        case .version: text == "1"
        }
    }

    /// The same as a regular expression of JSON Schema; `nil` where it takes more than one.
    package var pattern: String? {
        switch self {
        case .nonEmpty: "^[\\s\\S]+$"
        case .ruleName: "^[A-Za-z0-9_-]{1,100}$"
        case .variableName: "^[A-Za-z_][A-Za-z0-9_]*$"
        case .slot: "^(c[0-9]_)?[1-9][0-9]{0,2}$"
        case .gap: "^((c[0-9]_)?[1-9][0-9]{0,2}|[A-Za-z_][A-Za-z0-9_]*)$"
        case .buttonIndex: "^[0-9]$"
        case .country: "[^0-9]"
        case .language: "^[A-Za-z0-9_-]{2,16}$"
        case .timeOfDay: "^([01][0-9]|2[0-3]):[0-5][0-9]$"
        case .timeZone: nil
        case .version: "^1$"
        }
    }

    private static func isName(_ text: String, beyond more: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || more.contains($0) }
    }
}

/// A time of day on the clock of some zone.
package struct TimeOfDay: Hashable, Sendable, CustomStringConvertible {
    /// Minutes since midnight, below 1,440.
    package let minutes: Int

    /// Reads `HH:MM`.
    ///
    /// - Parameter text: Such as `21:00`; `nil` comes back for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), hours < 24, minutes < 60
        else { return nil }
        self.minutes = hours * 60 + minutes
    }

    /// The text `HH:MM`.
    package var description: String {
        let (hours, rest) = minutes.quotientAndRemainder(dividingBy: 60)
        return (hours < 10 ? "0" : "") + "\(hours)" + (rest < 10 ? ":0" : ":") + "\(rest)"
    }
}
