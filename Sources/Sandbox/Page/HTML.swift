// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// A piece of HTML that cannot forget to escape: literals stand as they are, every interpolated text is escaped.
struct HTML: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// The markup.
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }

    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    /// Pieces one after the other.
    init(_ pieces: some Sequence<HTML>) { text = pieces.map(\.text).joined() }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }

        mutating func appendInterpolation(_ value: HTML) { text += value.text }

        /// Nothing where there is no piece.
        mutating func appendInterpolation(_ value: HTML?) { text += value?.text ?? "" }
    }

    /// A text for element content and for quoted attributes.
    static func escaped(_ text: String) -> String {
        // HTML has no way to write it, and parsers differ in what they make of it.
        VisibleText.html(text) { $0 == "\0" ? "\u{FFFD}" : nil }
    }
}
