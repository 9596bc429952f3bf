// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// What may stand in one place of a file that people write.
///
/// The reader (`ShapeChecker`) and the JSON Schema (`ShapeSchema`) are both made from these values, so that they
/// cannot tell a user different things. What only one kind of file knows comes with its own ``TextRule`` or
/// ``ForeignMapping``.
package indirect enum Shape: Sendable {
    /// A text of a certain form; what looks like a number keeps its source text.
    case text(TextRule)
    /// Any text, also an empty one.
    case anyText
    /// `true` or `false`.
    case boolean
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    /// A time span such as `90s`, `15m`, `12h`, `30d`.
    case duration
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
    /// A mapping in a language of its own, which its own reader checks.
    case foreign(ForeignMapping)
    /// Any mapping or list, kept as JSON.
    case tree
    /// Any JSON value.
    case json
    /// One of several, told apart by whether a text, a list or a mapping was written.
    case anyOf([Shape])
}

/// What a text must look like beyond being one.
package struct TextRule: Sendable {
    /// What a diagnostic says is expected.
    package let expectation: String
    /// The same as a regular expression of JSON Schema; `nil` where it takes more than one.
    package let pattern: String?
    /// The schema of such a value, where it is not just the pattern.
    package let schema: JSON?
    /// What helps somebody who wrote a text that is none; `nil` where nothing does.
    package let hint: @Sendable (String) -> String?
    /// Whether a text is one.
    package let accepts: @Sendable (String) -> Bool

    /// A rule.
    ///
    /// - Parameters:
    ///   - expectation: What a diagnostic says is expected.
    ///   - pattern: The same as a regular expression of JSON Schema; `nil` where it takes more than one.
    ///   - schema: The schema of such a value, where it is not just the pattern.
    ///   - hint: What helps somebody who wrote a text that is none.
    ///   - accepts: Whether a text is one.
    package init(
        _ expectation: String,
        pattern: String?,
        schema: JSON? = nil,
        hint: @escaping @Sendable (String) -> String? = { _ in nil },
        accepts: @escaping @Sendable (String) -> Bool
    ) {
        self.expectation = expectation
        self.pattern = pattern
        self.schema = schema
        self.hint = hint
        self.accepts = accepts
    }

    /// Anything but nothing.
    package static let nonEmpty = TextRule("a text", pattern: "^[\\s\\S]+$") { !$0.isEmpty }
}

/// A mapping that something else reads and checks, such as an event pattern.
package struct ForeignMapping: Sendable {
    /// The name under which the schema defines it.
    package let name: String
    /// What a diagnostic says is expected where no mapping is.
    package let expectation: String
    /// Its schema, which may refer to itself by that name.
    package let schema: JSON

    package init(_ name: String, expectation: String, schema: JSON) {
        self.name = name
        self.expectation = expectation
        self.schema = schema
    }
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
    /// One of them as it may be written, for those who wrote something else in its place.
    package let example: String?
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
        example: String? = nil,
        exactlyOne: [[String]] = [],
        exclusive: [[String]] = [],
        needs: [(key: String, beside: [String])] = [],
        _ fields: [Field]
    ) {
        self.name = name
        self.summary = summary
        self.example = example
        self.fields = fields
        self.exactlyOne = exactlyOne
        self.exclusive = exclusive
        self.needs = needs
    }

    package subscript(name: String) -> Field? { fields.first { $0.name == name } }
}
