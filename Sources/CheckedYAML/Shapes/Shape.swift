// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PartnerAPI

/// What may stand in one place of a rule file.
///
/// The reader (`ShapeChecker`) and the JSON Schema (`JSONSchema`) are both made from these values, so that they
/// cannot tell a user different things.
package indirect enum Shape: Sendable {
    /// A text; what looks like a number keeps its source text.
    case text(TextRule)
    /// A text that may hold Liquid.
    case liquid
    /// `true` or `false`.
    case boolean
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    /// A time span such as `90s`, `15m`, `12h`, `30d`.
    case duration
    /// A time span, or Liquid that gives one or an instant.
    case durationOrLiquid
    /// An instant as RFC 3339 writes it.
    case instant
    /// One of a few words.
    case choice([String])
    /// A list with at least so many elements.
    case list(Shape, atLeast: Int = 1)
    /// One value, or a list of them.
    case oneOrMany(Shape)
    /// A mapping from keys of the user's choice.
    case map(TextRule, Shape)
    /// A mapping with known keys.
    case object(ObjectShape)
    /// An event pattern.
    case pattern
    /// Any YAML mapping or list whose texts may hold Liquid, kept as JSON.
    case tree
    /// Any JSON value.
    case json
    /// One of several, told apart by whether a text, a list or a mapping was written.
    case anyOf([Shape])
}

/// What a text must look like beyond being one.
package enum TextRule: Sendable {
    /// Anything but nothing.
    case nonEmpty
    /// The name of a rule: letters, digits, `-` and `_`.
    case ruleName
    /// A name that Liquid can read: letters, digits and `_`, no digit in front.
    case variableName
    /// The name of a gap of a template: `1`, `2`, … or `c0_1`.
    case slot
    /// The name of a gap of a template: a slot, or letters, digits and `_`, no digit in front.
    case gap
    /// The position of a button, from `0`.
    case buttonIndex
    /// A country by a code, a name or a calling code; which ones there are is not known here.
    case country
    /// A language code, such as `en` or `en_US`.
    case language
    /// A time of day, such as `21:00`.
    case timeOfDay
    /// A time zone's name, or `recipient`.
    case timeZone
    /// The format's version, which is `1`.
    case version
}

/// One key of a mapping with known keys.
package struct Field: Sendable {
    package let name: String
    package let shape: Shape
    package let isRequired: Bool
    /// One sentence for the schema, which editors show.
    package let summary: String

    package init(_ name: String, _ shape: Shape, required: Bool = false, _ summary: String) {
        self.name = name
        self.shape = shape
        isRequired = required
        self.summary = summary
    }
}

/// A mapping with known keys.
package struct ObjectShape: Sendable {
    /// The name under which the schema defines it.
    package let name: String
    /// One sentence for the schema.
    package let summary: String
    package let fields: [Field]
    /// Sets of keys of which exactly one has to be there.
    package let exactlyOne: [[String]]
    /// Keys that exclude each other.
    package let exclusive: [[String]]
    /// Keys that make sense beside another one alone: the key, and what it needs.
    package let needs: [(key: String, beside: [String])]

    package init(
        _ name: String,
        _ summary: String,
        exactlyOne: [[String]] = [],
        exclusive: [[String]] = [],
        needs: [(key: String, beside: [String])] = [],
        _ fields: [Field]
    ) {
        self.name = name
        self.summary = summary
        self.fields = fields
        self.exactlyOne = exactlyOne
        self.exclusive = exclusive
        self.needs = needs
    }

    package subscript(name: String) -> Field? { fields.first { $0.name == name } }
}

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
