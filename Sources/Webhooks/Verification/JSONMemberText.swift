// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The text of one member of a JSON object as it stood in a body, for signatures over a part of a body.
///
/// Only an object at the root is looked at, and only a name that is written without escapes.
enum JSONMemberText {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// The bytes of a member's value.
    ///
    /// - Parameters:
    ///   - name: The member's name, in plain ASCII.
    ///   - body: A valid JSON text.
    /// - Returns: The first such member's value without white space around it; `nil` when there is none.
    static func value(of name: String, in body: [UInt8]) -> [UInt8]? {
        let key = Array("\"\(name)\"".utf8)
        var depth = 0
        var position = 0
        while position < body.count {
            switch body[position] {
            case quote:
                let end = endOfString(at: position, body)
                if depth == 1, body[position..<end].elementsEqual(key), let start = afterColon(end, body) {
                    return Array(body[start..<endOfValue(at: start, body)])
                }
                position = end
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
        }
        return nil
    }

    /// Behind the closing quote of the string that begins at a position.
    private static func endOfString(at start: Int, _ body: [UInt8]) -> Int {
        var position = start + 1
        while position < body.count, body[position] != quote {
            position += body[position] == backslash ? 2 : 1
        }
        return min(position + 1, body.count)
    }

    /// Where the value begins when a colon follows, as it does behind a name and not behind a value.
    private static func afterColon(_ position: Int, _ body: [UInt8]) -> Int? {
        let colon = afterWhiteSpace(position, body)
        guard colon < body.count, body[colon] == UInt8(ascii: ":") else { return nil }
        return afterWhiteSpace(colon + 1, body)
    }

    /// Behind the value that begins at a position.
    private static func endOfValue(at start: Int, _ body: [UInt8]) -> Int {
        var depth = 0
        var position = start
        while position < body.count {
            switch body[position] {
            case quote:
                position = endOfString(at: position, body)
                if depth == 0 { return position }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // A number or a word ends where the object around it does.
                if depth == 0 { return position }
                depth -= 1
                if depth == 0 { return position + 1 }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return position }
            default: break
            }
            position += 1
        }
        return position
    }

    private static func afterWhiteSpace(_ start: Int, _ body: [UInt8]) -> Int {
        body[min(start, body.count)...].firstIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } ?? body.count
    }
}

/// The few HTML entities in which WordPress stores a secret.
///
/// - SeeAlso: `wp_specialchars_decode` and `esc_attr` of WordPress, which know these and no others.
enum HTMLEntities {
    private static let names = [
        "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#039;": "'", "&#39;": "'", "&apos;": "'",
        "&#x27;": "'", "&#038;": "&", "&#38;": "&",
    ]

    /// The text with its entities replaced, once and from left to right: `&amp;lt;` becomes `&lt;`.
    ///
    /// - Parameter text: A secret as a form shows it.
    /// - Returns: The secret as it signs.
    static func resolved(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            rest = rest[mark...]
            let entity = names.first { rest.hasPrefix($0.key) }
            result += entity?.value ?? "&"
            rest = rest.dropFirst(entity?.key.count ?? 1)
        }
        return result + rest
    }
}
