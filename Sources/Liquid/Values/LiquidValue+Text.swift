// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

extension LiquidValue {
    /// The value as it is printed: nil prints nothing, a list its elements one after the other, an object in the
    /// notation of the reference implementation.
    public var string: String {
        switch self {
        case .string(let text): return text
        case .number(let number): return number.description
        default:
            var text = ""
            write(to: &text)
            return text
        }
    }

    /// Appends what ``string`` is.
    func write(to output: inout String) {
        switch self {
        case .nil, .blank, .empty: break
        case .bool(let value): output += value ? "true" : "false"
        case .number(let number): number.write(to: &output)
        case .string(let text): output += text
        case .array(let elements): for element in elements { element.write(to: &output) }
        case .range(let range): output += "\(range.first)..\(range.last)"
        case .node(let node) where node.kind == .array:
            for element in node.elements { LiquidValue(element).write(to: &output) }
        case .object, .node: inspect(to: &output)
        }
    }

    /// The text that a text filter works on: as ``string``, but lists in brackets.
    var filterText: String {
        switch self {
        case .string(let text): return text
        case .array, .node: return inspected
        default: return string
        }
    }

    /// The value in Ruby's notation, such as `{"a"=>[1, nil]}`.
    var inspected: String {
        var text = ""
        inspect(to: &text)
        return text
    }

    private func inspect(to output: inout String) {
        if case .nil = self {
            output += "nil"
        } else if case .string(let text) = self {
            Self.quote(text, to: &output)
        } else if let elements = asArray {
            output += "["
            for (position, element) in elements.enumerated() {
                if position > 0 { output += ", " }
                element.inspect(to: &output)
            }
            output += "]"
        } else if let members = asObject {
            inspect(members, to: &output)
        } else {
            write(to: &output)
        }
    }

    private func inspect(_ members: OrderedDictionary<String, LiquidValue>, to output: inout String) {
        output += "{"
        for (position, member) in members.enumerated() {
            if position > 0 { output += ", " }
            Self.quote(member.key, to: &output)
            output += "=>"
            member.value.inspect(to: &output)
        }
        output += "}"
    }

    private static func quote(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\t": output += "\\t"
            case "\r": output += "\\r"
            case "\u{1B}": output += "\\e"
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
