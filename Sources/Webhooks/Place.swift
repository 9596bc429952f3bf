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

/// How a value is put together from places: the first of several alternatives whose parts are all there.
///
/// Written as a literal, `"body.type"` is one place, `["header.A", "body.b"]` are alternatives; parts that
/// belong together are ``joined(_:separator:)``.
package struct Extraction: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    /// Parts that stand for something only together.
    struct Composite: Hashable, Sendable {
        let parts: [Place]
        let separator: String
    }

    let alternatives: [Composite]

    /// Places that count together, joined by a text.
    ///
    /// - Parameters:
    ///   - places: All of them must have a value.
    ///   - separator: What stands between two values.
    /// - Returns: One alternative.
    package static func joined(_ places: [Place], separator: String = "/") -> Extraction {
        Extraction(alternatives: [Composite(parts: places, separator: separator)])
    }

    /// Tries one way after the other.
    ///
    /// - Parameter ways: The best one first.
    /// - Returns: All their alternatives.
    package static func first(of ways: Extraction...) -> Extraction {
        Extraction(alternatives: ways.flatMap(\.alternatives))
    }

    /// A value that nobody sends.
    package static let none: Extraction = []

    private init(alternatives: [Composite]) {
        self.alternatives = alternatives
    }

    /// One place.
    package init(_ place: Place) {
        alternatives = [Composite(parts: [place], separator: "")]
    }

    /// One place.
    package init(stringLiteral text: String) {
        self.init(Place(stringLiteral: text))
    }

    /// Alternatives of one place each.
    package init(arrayLiteral places: Place...) {
        alternatives = places.map { Composite(parts: [$0], separator: "") }
    }
}

extension Extraction: CustomStringConvertible {
    /// The alternatives in their written form, such as `header.X-Id or body.id`.
    package var description: String {
        alternatives.map { $0.parts.map(\.description).joined(separator: " + ") }.joined(separator: " or ")
    }
}

/// Reads what settings write for a value: one place, or several in one text such as `{{ body.id }}-{{ body.status }}`.
///
/// Text outside of the braces is kept as it is; inside of them stands a place and nothing else.
struct PlaceTemplate: Hashable, Sendable {
    /// In the order of the text, with a constant for what stands between two of them.
    let places: [Place]

    /// What settings may write, for messages.
    static let form =
        "a place such as body.type, header.X-Topic, query.kind, 'a constant' or body_hash, or several in braces such as "
        + "{{ body.id }}-{{ body.status }}"

    /// Reads a text; `nil` comes back for what is neither a place nor has one in braces.
    ///
    /// - Parameter text: As configuration writes it.
    init?(_ text: String) {
        guard text.contains("{{") else {
            guard !text.contains("}}"), let place = Place(text) else { return nil }
            places = [place]
            return
        }
        var places: [Place] = []
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}"),
                let place = Self.place(rest[open.upperBound..<close.lowerBound])
            else { return nil }
            Self.append(rest[..<open.lowerBound], to: &places)
            places.append(place)
            rest = rest[close.upperBound...]
        }
        guard !rest.contains("}}") else { return nil }
        Self.append(rest, to: &places)
        self.places = places
    }

    /// The value of all parts in a row; there only when every part is.
    var extraction: Extraction {
        places.count == 1 ? Extraction(places[0]) : .joined(places, separator: "")
    }

    /// What stands in braces; a filter of Liquid would be read as a part of the field's name.
    private static func place(_ text: Substring) -> Place? {
        text.contains { "{|".contains($0) } ? nil : Place("{{\(text)}}")
    }

    private static func append(_ literal: Substring, to places: inout [Place]) {
        if !literal.isEmpty { places.append(.constant(String(literal))) }
    }
}
