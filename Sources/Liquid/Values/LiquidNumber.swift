// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import BigInt
public import Events

/// A number of the language: exact, of any size, printed as it was written.
///
/// A number is whole or decimal, as in the reference implementation: `3` and `3.0` are equal, but print differently
/// and divide differently. A decimal is kept exactly, never as a binary fraction.
public struct LiquidNumber: Sendable, CustomStringConvertible {
    enum Storage: Sendable {
        case int(Int)
        /// A decimal result that fits a machine word.
        case small(SmallDecimal)
        /// A result; `isDecimal` says whether it prints with a fraction.
        indirect case exact(ExactDecimal, isDecimal: Bool)
        /// A number as it was written, not read yet.
        case source(String)
    }

    let storage: Storage

    /// A whole number.
    ///
    /// - Parameter value: Any integer.
    public init(_ value: Int) {
        storage = .int(value)
    }

    /// A number with its text, as a payload or a template has it.
    ///
    /// - Parameter number: Whole when its text has neither a point nor an exponent.
    public init(_ number: JSONNumber) {
        self.init(source: number.text)
    }

    /// A result.
    ///
    /// - Parameters:
    ///   - value: The exact value.
    ///   - isDecimal: Whether it prints with a fraction even when that is zero.
    public init(_ value: ExactDecimal, isDecimal: Bool) {
        if !isDecimal, let int = value.int {
            storage = .int(int)
        } else {
            storage = .exact(value, isDecimal: isDecimal)
        }
    }

    init(source text: String) {
        if text.utf8.count <= 18, text != "-0", let int = Int(text) {
            storage = .int(int)
        } else {
            storage = .source(text)
        }
    }

    init(small value: SmallDecimal, isDecimal: Bool) {
        storage = isDecimal || value.places > 0 ? .small(value) : .int(value.significand)
    }

    /// The value, where it fits a machine word.
    var small: SmallDecimal? {
        switch storage {
        case .int(let value): SmallDecimal(value)
        case .small(let value): value
        case .exact: nil
        case .source(let text): SmallDecimal(text)
        }
    }

    /// Whether the number is decimal rather than whole.
    public var isDecimal: Bool {
        switch storage {
        case .int: false
        case .small: true
        case .exact(_, let isDecimal): isDecimal
        case .source(let text): text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
        }
    }

    /// The exact value; `nil` when it was written longer or with a larger exponent than ``ExactDecimal`` takes.
    public var exact: ExactDecimal? {
        switch storage {
        case .int(let value): ExactDecimal(value)
        case .small(let value): value.exact
        case .exact(let value, _): value
        case .source(let text): ExactDecimal(text)
        }
    }

    /// The value as an `Int`; `nil` when it has a fraction or does not fit.
    public var int: Int? {
        if case .int(let value) = storage { value } else { exact?.int }
    }

    /// The number as it is printed: as it was written, but without exponent; a decimal result has at least one place.
    public var description: String {
        var text = ""
        write(to: &text)
        return text
    }

    func write(to output: inout String) {
        switch storage {
        case .int(let value): output += String(value)
        case .small(let value): value.write(to: &output)
        case .source(let text): output += Self.plain(text)
        case .exact(let value, let isDecimal):
            output += value.description
            if isDecimal, value.isInteger { output += ".0" }
        }
    }

    /// A number's text in plain digits where it was written with an exponent, else as it was written.
    private static func plain(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return text }
        return ExactDecimal(text)?.description ?? text
    }

    /// The number for JSON.
    var json: JSONNumber {
        JSONNumber(description) ?? JSONNumber(0)
    }
}

extension LiquidNumber: Hashable, Comparable {
    /// Equality by value.
    ///
    /// - Parameters:
    ///   - left: One number.
    ///   - right: The other.
    /// - Returns: Whether both have the same value.
    public static func == (left: LiquidNumber, right: LiquidNumber) -> Bool {
        if case .int(let left) = left.storage, case .int(let right) = right.storage { return left == right }
        if let left = left.small, let right = right.small { return left == right }
        return left.json == right.json
    }

    /// Order by value.
    ///
    /// - Parameters:
    ///   - left: One number.
    ///   - right: The other.
    /// - Returns: Whether the first is the smaller one.
    public static func < (left: LiquidNumber, right: LiquidNumber) -> Bool {
        if case .int(let left) = left.storage, case .int(let right) = right.storage { return left < right }
        if let left = left.small, let right = right.small { return left < right }
        return left.json < right.json
    }

    /// Hashes the value.
    ///
    /// - Parameter hasher: Receives the value.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(json)
    }
}
