// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes

/// Where in a request a value stands.
///
/// Written as `header.X-Shopify-Topic`, `query.kind`, `body.data.id`, `'a constant'`, or `body_hash` for the
/// SHA-256 of the whole body. A header is not covered by most signatures, a constant tells nothing apart: both are
/// for naming, not for trusting.
package enum Place: Hashable, Sendable {
    /// A request header; of repeated lines, all joined with `, `.
    case header(HeaderName)
    /// A parameter of the query.
    case query(String)
    /// A scalar of the decoded body.
    case body(FieldPath)
    /// The same text always.
    case constant(String)
    /// The SHA-256 of the body as received, in hex.
    case bodyHash

    /// Reads the written form.
    ///
    /// - Parameter text: As above, optionally within `{{ }}`; `nil` comes back for anything else.
    package init?(_ text: String) {
        let text = Self.withoutBraces(text)
        if text == "body_hash" {
            self = .bodyHash
            return
        }
        if text.hasPrefix("'"), text.hasSuffix("'"), text.count > 1 {
            self = .constant(String(text.dropFirst().dropLast()))
            return
        }
        guard let dot = text.firstIndex(of: ".") else { return nil }
        let rest = String(text[text.index(after: dot)...])
        switch text[..<dot] {
        case "header":
            guard let name = HeaderName(rest) else { return nil }
            self = .header(name)
        case "query":
            guard !rest.isEmpty else { return nil }
            self = .query(rest)
        case "body":
            guard let path = FieldPath(rest) else { return nil }
            self = .body(path)
        default: return nil
        }
    }

    private static func withoutBraces(_ text: String) -> String {
        let text = trimmed(text[...])
        guard text.hasPrefix("{{"), text.hasSuffix("}}"), text.count >= 4 else { return String(text) }
        return String(trimmed(text.dropFirst(2).dropLast(2)))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

extension Place: ExpressibleByStringLiteral, CustomStringConvertible {
    /// A place that stands in our own source text.
    package init(stringLiteral text: String) {
        guard let place = Place(text) else { preconditionFailure("'\(text)' names no place in a request") }
        self = place
    }

    /// The written form.
    package var description: String {
        switch self {
        case .header(let name): "header.\(name)"
        case .query(let name): "query.\(name)"
        case .body(let path): "body.\(path)"
        case .constant(let text): "'\(text)'"
        case .bodyHash: "body_hash"
        }
    }
}
