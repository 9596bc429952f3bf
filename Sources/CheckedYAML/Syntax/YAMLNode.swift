// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A value of a YAML file with its place; scalars keep their source text.
package struct YAMLNode: Sendable {
    /// What the value is.
    package enum Content: Sendable {
        /// A text, number, truth value or nothing: which one is decided by whoever reads it.
        case scalar(YAMLScalar)
        /// A list.
        case sequence([YAMLNode])
        /// A mapping, in its order; keys are unique.
        case mapping([YAMLEntry])
        /// Something that was reported already and is to be passed over in silence.
        case broken
    }

    /// What the value is.
    package let content: Content
    /// Where it begins; of a quoted text, its opening quote.
    package let location: SourceLocation

    package init(content: Content, location: SourceLocation) {
        self.content = content
        self.location = location
    }
}

/// One key of a mapping with its value.
package struct YAMLEntry: Sendable {
    package let key: String
    package let keyLocation: SourceLocation
    package let value: YAMLNode

    package init(key: String, keyLocation: SourceLocation, value: YAMLNode) {
        self.key = key
        self.keyLocation = keyLocation
        self.value = value
    }
}

/// A scalar as it was written.
package struct YAMLScalar: Sendable {
    /// How it was written.
    package enum Style: Sendable {
        case plain
        case singleQuoted
        case doubleQuoted
        case literal
        case folded
    }

    /// The text without quotes, escapes decoded.
    package let text: String
    package let style: Style

    package init(text: String, style: Style) {
        self.text = text
        self.style = style
    }
}

extension YAMLNode {
    /// The scalar, if the value is one.
    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The text of a scalar that is not left empty; `null`, `true` and `1` are texts here.
    package var text: String? {
        guard let scalar, !isNothing else { return nil }
        return scalar.text
    }

    /// The elements, if the value is a list.
    package var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    /// The entries, if the value is a mapping.
    package var entries: [YAMLEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// Whether the value was reported already.
    package var isBroken: Bool {
        if case .broken = content { true } else { false }
    }

    /// Whether nothing was written, or one of YAML's words for it.
    package var isNothing: Bool {
        guard let scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
    }

    /// The value of a key; `nil` when there is none, when nothing is written there, or when this is no mapping.
    package subscript(key: String) -> YAMLNode? {
        guard let value = entries?.first(where: { $0.key == key })?.value, !value.isNothing else { return nil }
        return value
    }

    /// What a diagnostic calls the value.
    package var found: String {
        switch content {
        case .scalar(let scalar): isNothing ? "nothing" : "'\(Self.shortened(scalar.text))'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .broken: "something unreadable"
        }
    }

    private static func shortened(_ text: String) -> String {
        let line = text.replacing("\n", with: "\\n")
        return line.count <= 40 ? line : line.prefix(39) + "…"
    }
}
