// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

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
