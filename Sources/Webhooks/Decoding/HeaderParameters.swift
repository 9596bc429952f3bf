// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Reads the parameters behind a header's value, such as `charset` of a content type.
///
/// - SeeAlso: [RFC 9110, section 5.6.6](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.6)
enum HeaderParameters {
    /// The first parameter of that name, without quotes; `nil` when there is none, or it is empty.
    ///
    /// - Parameters:
    ///   - name: In lower case.
    ///   - header: The header's value.
    /// - Returns: The value.
    static func value(of name: String, in header: String?) -> String? {
        guard let header else { return nil }
        for part in parts(of: header).dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            guard trimmed(part[..<equals]).lowercased() == name else { continue }
            let value = unquoted(trimmed(part[part.index(after: equals)...]))
            return value.isEmpty ? nil : value
        }
        return nil
    }

    /// What stands between the semicolons that are not quoted.
    private static func parts(of header: String) -> [Substring] {
        var parts: [Substring] = []
        var start = header.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in header.indices {
            let character = header[index]
            if isEscaped {
                isEscaped = false
            } else if character == "\\", isQuoted {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ";", !isQuoted {
                parts.append(header[start..<index])
                start = header.index(after: index)
            }
        }
        return parts + [header[start...]]
    }

    /// Browsers escape a quote as `%22`, others with a backslash.
    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return String(text) }
        return String(text.dropFirst().dropLast()).replacing(#"\""#, with: "\"").replacing("%22", with: "\"")
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
