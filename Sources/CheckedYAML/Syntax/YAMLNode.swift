// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import OrderedCollections

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

/// Which JSON value a plain scalar is, by the core schema of YAML 1.2: `no`, `on` and `12:30` are texts.
///
/// - SeeAlso: [YAML 1.2.2, section 10.3.2](https://yaml.org/spec/1.2.2/#1032-tag-resolution)
package enum CoreSchema {
    /// Resolves a scalar.
    ///
    /// - Parameter scalar: Quoted and block scalars are always strings.
    /// - Returns: Numbers keep their source text where JSON can write it.
    package static func resolve(_ scalar: YAMLScalar) -> JSON {
        guard scalar.style == .plain else { return .string(scalar.text) }
        switch scalar.text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return number(scalar.text).map(JSON.number) ?? .string(scalar.text)
        }
    }

    /// The truth value that a plain scalar is.
    package static func bool(_ scalar: YAMLScalar) -> Bool? {
        resolve(scalar).bool
    }

    /// A plain scalar's text as a JSON number: decimal, octal (`0o17`) or hexadecimal (`0x1F`).
    package static func number(_ text: String) -> JSONNumber? {
        if let number = JSONNumber(text) { return number }
        if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8).map { JSONNumber($0) } }
        if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16).map { JSONNumber($0) } }
        return loose(text).flatMap { ExactDecimal($0) }.map { JSONNumber($0) }
    }

    /// YAML's spellings that JSON's grammar lacks: `+5`, `007`, `.5`, `5.`; `nil` when the text is no number.
    private static func loose(_ text: String) -> String? {
        let signless = text.drop { $0 == "+" || $0 == "-" }
        guard text.count - signless.count <= 1, let first = signless.first else { return nil }
        guard first.isASCII, first.isNumber || first == ".", signless.contains(where: \.isNumber) else { return nil }
        var digits = String(signless)
        if first == "." { digits = "0" + digits }
        if digits.hasSuffix(".") { digits += "0" }
        digits = digits.replacing(".e", with: ".0e").replacing(".E", with: ".0E")
        return (text.hasPrefix("-") ? "-" : "") + digits
    }
}

extension YAMLNode {
    /// The value as JSON; keys are texts, broken parts are `null`.
    package var json: JSON {
        switch content {
        case .scalar(let scalar): CoreSchema.resolve(scalar)
        case .sequence(let elements): .array(elements.map(\.json))
        case .mapping(let entries): .object(.init(entries.map { ($0.key, $0.value.json) }) { $1 })
        case .broken: .null
        }
    }
}
