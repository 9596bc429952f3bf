// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import OrderedCollections

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
