// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Foundation
import PartnerAPI
import TimeZones

// What only rule files and their tests have in their places, beside what any checked file has.

extension Shape {
    /// A text that may hold Liquid.
    static let liquid = Shape.anyText

    /// A time span, or Liquid that gives one or an instant.
    static let durationOrLiquid = Shape.text(
        TextRule(
            DurationText.expectation + ", or Liquid",
            pattern: nil,
            hint: { DurationText.advice(for: $0) },
            accepts: { $0.contains("{{") || $0.contains("{%") || DurationText.parse($0) != nil }
        )
    )

    /// An event pattern: as far as a schema can tell, objects of fields, lists of alternatives, bare scalars.
    static let pattern = Shape.foreign(
        ForeignMapping(
            "pattern",
            expectation: "a mapping of fields, an event pattern",
            schema: [
                "type": "object", "description": "An event pattern.", "minProperties": 1,
                "additionalProperties": [
                    "anyOf": [
                        ["$ref": "#/$defs/pattern"], ["type": "array", "minItems": 1],
                        ["type": ["string", "number", "boolean", "null"]],
                    ]
                ],
            ]
        )
    )
}

extension TextRule {
    /// The name of a rule.
    static let ruleName = TextRule("a name of letters, digits, '-' and '_'", pattern: "^[A-Za-z0-9_-]{1,100}$") {
        isName($0, beyond: "-_") && $0.utf8.count <= 100
    }

    /// A name that Liquid can read.
    static let variableName = TextRule(
        "a name of letters, digits and '_' that does not begin with a digit",
        pattern: "^[A-Za-z_][A-Za-z0-9_]*$"
    ) { isName($0, beyond: "_") && $0.first?.isNumber == false }

    /// The name of a gap of a template: `1`, `2`, … or `c0_1`.
    static let slot = TextRule(
        "a slot such as '1', '2', or 'c0_1' for a card",
        pattern: "^(c[0-9]_)?[1-9][0-9]{0,2}$"
    ) { Slot($0) != nil }

    /// The name of a gap of a template: a slot, or a name that Liquid can read.
    static let gap = TextRule(
        "a slot such as '1', 'c0_1' for a card, or a gap's name such as 'customer'",
        pattern: "^((c[0-9]_)?[1-9][0-9]{0,2}|[A-Za-z_][A-Za-z0-9_]*)$"
    ) { Slot($0) != nil || variableName.accepts($0) }

    /// The position of a button, from `0`.
    static let buttonIndex = TextRule("the position of a button, from 0", pattern: "^[0-9]$") {
        $0.utf8.count == 1 && $0.first.map { $0.isASCII && $0.isNumber } == true
    }

    /// A country by a code, a name or a calling code; which ones there are is asked later.
    static let country = TextRule("a country, such as 'IN' or 'India'", pattern: "[^0-9]") { !$0.isEmpty }

    /// A language code.
    static let language = TextRule("a language code, such as 'en' or 'en_US'", pattern: "^[A-Za-z0-9_-]{2,16}$") {
        isName($0, beyond: "_-") && (2...16).contains($0.utf8.count)
    }

    /// A time of day.
    static let timeOfDay = TextRule(
        "a time of day, such as '21:00'",
        pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        hint: { text in
            let digits = text.filter(\.isNumber)
            let isClock = text.allSatisfy { $0.isASCII && ($0.isNumber || ":.".contains($0)) }
            let padded = digits.count == 3 ? "0\(digits)" : digits.count < 3 ? "\(digits)00".leftPadded(to: 4) : digits
            let meant = "\(padded.prefix(2)):\(padded.dropFirst(2))"
            if text == "24:00" { return "midnight is '00:00'" }
            return isClock && TimeOfDay(meant) != nil ? "write '\(meant)'" : nil
        },
        accepts: { TimeOfDay($0) != nil }
    )

    /// A time zone's name, or `recipient`.
    static let timeZone = TextRule(
        "'recipient' or a time zone, such as 'Asia/Kolkata'",
        pattern: nil,
        hint: { nearZone($0, or: ["recipient"]) },
        accepts: { $0 == "recipient" || TimeZone(identifier: $0) != nil }
    )

    /// A time zone's name.
    static let zoneName = TextRule(
        "a time zone, such as 'Asia/Kolkata'",
        pattern: nil,
        hint: { nearZone($0) },
        accepts: { ZoneDatabase.system.canonicalName(of: $0) != nil }
    )

    private static func nearZone(_ name: String, or others: [String] = []) -> String? {
        let nearest = NearMiss.nearest(to: name, among: others) ?? ZoneDatabase.system.nearest(to: name)
        return nearest.map { "did you mean '\($0)'?" }
    }

    /// The format's version.
    static let version = TextRule("1", pattern: "^1$", schema: ["enum": [1, "1"]]) { $0 == "1" }

    private static func isName(_ text: String, beyond more: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || more.contains($0) }
    }
}

extension String {
    /// The text with zeros before it, up to a length.
    fileprivate func leftPadded(to length: Int) -> String {
        String(repeating: "0", count: Swift.max(0, length - count)) + self
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
