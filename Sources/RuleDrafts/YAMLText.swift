// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

/// Writes values as YAML that a person can read and the rule files' reader takes for the same values.
enum YAMLText {
    /// Words that YAML takes for something else than a text.
    private static let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]

    /// A text in one line: as it is where that is safe, else in double quotes.
    ///
    /// - Parameter text: Any text.
    /// - Returns: The scalar.
    static func scalar(_ text: String) -> String {
        let isPlain =
            (text.utf8.first.map { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") } ?? false)
            && text.utf8.count <= 60 && text.utf8.last != UInt8(ascii: " ") && !words.contains(text.lowercased())
            && text.utf8.allSatisfy(isPlainByte)
        return isPlain ? text : quoted(text)
    }

    private static func isPlainByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: " "), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"): true
        default: false
        }
    }

    /// A text in double quotes; what no line can show is escaped.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where isShown(scalar): result.unicodeScalars.append(scalar)
            default: result += escape(scalar)
            }
        }
        return result + "\""
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
            // The joiner of an emoji, and of letters.
            scalar.value == 0x200D || scalar.value == 0x200C
        default: scalar.value < 0xFFFE || scalar.value > 0xFFFF
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let width = scalar.value > 0xFFFF ? 8 : 4
        return (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - hex.count) + hex
    }

    /// A value in flow style, on one line: `{phone: "{{ a }}", country: IN}`.
    static func flow(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): number.text
        case .string(let text): scalar(text)
        case .array(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(key($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    /// A value in lines below its key.
    ///
    /// - Parameters:
    ///   - value: An object or a list; anything else is a scalar of its own.
    ///   - indent: How far the lines are moved in.
    /// - Returns: The lines.
    static func block(_ value: JSON, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        switch value {
        case .object(let members) where !members.isEmpty:
            return members.flatMap { name, member in entry("\(margin)\(key(name)):", member, indent: indent) }
        case .array(let elements) where !elements.isEmpty:
            return elements.flatMap { element -> [String] in
                var lines = block(element, indent: indent + 2)
                guard isNested(element) else { return ["\(margin)- \(flow(element))"] }
                lines[0] = "\(margin)- " + lines[0].dropFirst(indent + 2)
                return lines
            }
        default: return [margin + flow(value)]
        }
    }

    private static func entry(_ head: String, _ value: JSON, indent: Int) -> [String] {
        isNested(value) ? [head] + block(value, indent: indent + 2) : ["\(head) \(flow(value))"]
    }

    private static func isNested(_ value: JSON) -> Bool {
        switch value {
        case .object(let members): !members.isEmpty
        case .array(let elements): !elements.isEmpty
        default: false
        }
    }

    private static func key(_ name: String) -> String {
        // A slot; what else looks like a number or a word of YAML's own is quoted.
        name.count <= 2 && !name.isEmpty && name.allSatisfy { $0.isASCII && $0.isNumber } ? name : scalar(name)
    }

    /// Lines of a comment, broken at spaces; nothing in them can end it.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - indent: How far the lines are moved in.
    ///   - hanging: What the lines begin with, behind the `#`.
    /// - Returns: The lines.
    static func comment(_ text: String, indent: Int, hanging: String = " ") -> [String] {
        let margin = String(repeating: " ", count: indent) + "#" + hanging
        var lines: [String] = []
        var line = ""
        for word in VisibleText.line(text.replacing("\n", with: " ")).split(separator: " ") {
            let word = word.unicodeScalars.filter(isShown)
            if !line.isEmpty, line.count + word.count > 108 - margin.count {
                lines.append(margin + line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + String(String.UnicodeScalarView(word))
        }
        return line.isEmpty ? lines : lines + [margin + line]
    }
}
