// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

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
