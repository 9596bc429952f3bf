// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A number as the sender wrote it.
///
/// The text survives unchanged (`499.00`, `1e400`, an id of thirty digits); equality and order go by the exact
/// decimal value, never through binary floating point.
public struct JSONNumber: Sendable, CustomStringConvertible {
    /// The source text, in the grammar of RFC 8259, section 6.
    public let text: String

    /// The exact value; `nil` when the text is longer or its exponent larger than ``ExactDecimal`` takes.
    public var decimal: ExactDecimal? { ExactDecimal(text) }

    /// The value as an `Int`; `nil` when it has a fraction or does not fit.
    public var int: Int? { Int(text) ?? decimal?.int }

    /// The source text.
    public var description: String { text }

    /// Checks a text against JSON's grammar for numbers.
    ///
    /// - Parameter text: What should be a number; `nil` comes back for anything else, `+1`, `.5` and `01` included.
    public init?(_ text: String) {
        guard ExactDecimal.isJSONNumber(text.utf8) else { return nil }
        self.text = text
    }

    /// A number without fraction.
    ///
    /// - Parameter value: Any integer.
    public init(_ value: some BinaryInteger) {
        text = String(value)
    }

    /// An exact decimal in its plain notation.
    ///
    /// - Parameter value: The value to write.
    public init(_ value: ExactDecimal) {
        text = value.description
    }

    /// Takes a text that the caller knows to be a number.
    package init(unchecked text: String) {
        self.text = text
    }
}

extension JSONNumber: Hashable, Comparable {
    /// Equality by exact value, however long the number or its exponent is.
    ///
    /// - Parameters:
    ///   - left: One number.
    ///   - right: The other.
    /// - Returns: Whether both are the same number.
    public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        left.text == right.text || NumberOrder(left.text) == NumberOrder(right.text)
    }

    /// Order by exact value, however long the number or its exponent is.
    ///
    /// - Parameters:
    ///   - left: One number.
    ///   - right: The other.
    /// - Returns: Whether the first is the smaller one.
    public static func < (left: JSONNumber, right: JSONNumber) -> Bool {
        NumberOrder(left.text) < NumberOrder(right.text)
    }

    /// Hashes the exact value, so that equal numbers hash alike.
    ///
    /// - Parameter hasher: Receives the value.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(NumberOrder(text))
    }
}
