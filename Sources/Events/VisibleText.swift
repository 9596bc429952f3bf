// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Text of strangers on a terminal: what would move the cursor, hide or turn words, or speak to the terminal itself
/// becomes visible, such as `\u{1B}` for the escape character.
///
/// Payloads and the partner's answers can hold anything; printed as it stands, it could forge lines of ours.
package enum VisibleText {
    /// A value within a line: line breaks and tabs become visible, too.
    ///
    /// - Parameter text: Any text.
    /// - Returns: One line without control characters.
    package static func line(_ text: String) -> String {
        escaped(text) { isTreacherous($0) ? "\\u{\(hex($0))}" : nil }
    }

    /// Whole lines of a command: line breaks and tabs stay.
    ///
    /// - Parameter text: Any text.
    /// - Returns: The same lines without other control characters.
    package static func block(_ text: String) -> String {
        escaped(text) { isTreacherous($0) && $0 != "\n" && $0 != "\t" ? "\\u{\(hex($0))}" : nil }
    }

    /// A JSON text: the escapes are those of JSON, so that every reader finds the same values.
    ///
    /// - Parameters:
    ///   - json: JSON; outside of its strings such characters cannot stand, line breaks and tabs apart.
    ///   - others: What else is escaped.
    /// - Returns: The same JSON.
    package static func json(_ json: String, also others: (Unicode.Scalar) -> Bool = { _ in false }) -> String {
        func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
            others(scalar) || isTreacherous(scalar) && scalar != "\n" && scalar != "\t"
        }
        return escaped(json, where: isEscaped) { scalar in
            guard isEscaped(scalar) else { return nil }
            return scalar.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
    }

    /// A text as the content of an element, or of a quoted attribute, of HTML.
    ///
    /// It goes by Unicode scalar: by `Character` it would miss a quote or bracket that carries a combining mark, because such a
    /// pair is one character, and the browser sees two.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - others: What else is not shown as it stands, and as what; `nil` for what is.
    /// - Returns: The text, with nothing in it that is markup.
    package static func html(_ text: String, _ others: (Unicode.Scalar) -> String? = { _ in nil }) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let reference: String? =
                switch scalar {
                case "&": "&amp;"
                case "<": "&lt;"
                case ">": "&gt;"
                case "\"": "&quot;"
                case "'": "&#39;"
                default: others(scalar)
                }
            if let reference { result.append(contentsOf: reference.unicodeScalars) } else { result.append(scalar) }
        }
        return String(result)
    }

    /// Control characters, marks that turn the direction of writing, and separators of lines.
    private static func isTreacherous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true
        // UAX #9: ALM, LRM and RLM, embeddings and overrides, isolates.
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        case 0x2028, 0x2029: true
        // Tags, which no terminal shows.
        case 0xE0000...0xE007F: true
        default: false
        }
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        String(scalar.value, radix: 16, uppercase: true)
    }

    private static func escaped(
        _ text: String,
        where isEscaped: (Unicode.Scalar) -> Bool = isTreacherous,
        _ escape: (Unicode.Scalar) -> String?
    ) -> String {
        guard text.unicodeScalars.contains(where: isEscaped) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard let escape = escape(scalar) else {
                result.append(scalar)
                continue
            }
            for scalar in escape.unicodeScalars { result.append(scalar) }
        }
        return String(result)
    }
}
