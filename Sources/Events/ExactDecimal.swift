// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import BigInt

/// A decimal number of any size without rounding: `significand × 10^exponent`.
///
/// Always in lowest terms (the significand has no trailing zero; zero is `0 × 10^0`), so equality and hashing
/// are by value. Money and ids pass through this type and never through `Double`.
public struct ExactDecimal: Hashable, Sendable {
    /// The digits and the sign.
    public let significand: BigInt
    /// The power of ten.
    public let exponent: Int

    /// The longest significand that is read from a text, in digits; beyond it reading answers `nil`.
    public static let maxDigits = 1_000
    /// The largest distance of the exponent from zero that is read from a text; beyond it reading answers `nil`.
    public static let maxExponent = 100_000

    /// Reduces to lowest terms.
    ///
    /// - Parameters:
    ///   - significand: The digits and the sign.
    ///   - exponent: The power of ten.
    public init(significand: BigInt, exponent: Int) {
        var digits = significand
        var power = exponent
        while !digits.isZero {
            let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: 10)
            guard remainder.isZero else { break }
            digits = quotient
            power += 1
        }
        self.significand = digits
        self.exponent = digits.isZero ? 0 : power
    }

    /// An integer.
    ///
    /// - Parameter value: Any integer.
    public init(_ value: some BinaryInteger) {
        self.init(significand: BigInt(value), exponent: 0)
    }

    /// Reads a decimal number: JSON's grammar for numbers, leading zeros and a plus sign allowed.
    ///
    /// - Parameter text: Such as `499.00`, `-1e3`, `007`. `nil` comes back for anything else (spaces, `1.`, `.5`,
    ///   `1,000`) and for numbers beyond ``maxDigits`` or ``maxExponent``.
    public init?(_ text: some StringProtocol) {
        self.init(utf8: text.utf8)
    }

    /// Reads a decimal number from UTF-8; see ``init(_:)``.
    ///
    /// - Parameter utf8: The bytes of the text.
    public init?(utf8: some Sequence<UInt8>) {
        guard let scan = DecimalScan(utf8) else { return nil }
        self.init(scan)
    }

    private init?(_ scan: DecimalScan) {
        guard scan.digits.count <= Self.maxDigits, abs(scan.exponent) <= Self.maxExponent else { return nil }
        if let small = scan.smallSignificand {
            self.init(smallSignificand: small, exponent: scan.exponent)
            return
        }
        guard let magnitude = BigUInt(String(decoding: scan.digits, as: UTF8.self)) else { return nil }
        self.init(
            significand: BigInt(sign: scan.isNegative ? .minus : .plus, magnitude: magnitude),
            exponent: scan.exponent
        )
    }

    private init(smallSignificand: Int, exponent: Int) {
        var digits = smallSignificand
        var power = exponent
        while digits != 0, digits % 10 == 0 {
            digits /= 10
            power += 1
        }
        significand = BigInt(digits)
        self.exponent = digits == 0 ? 0 : power
    }

    static func isJSONNumber(_ utf8: some Sequence<UInt8>) -> Bool {
        DecimalScan(utf8)?.isJSON ?? false
    }
}

extension ExactDecimal: Comparable {
    /// Order by value; the size of the exponents does not matter to its cost.
    ///
    /// - Parameters:
    ///   - left: One number.
    ///   - right: The other.
    /// - Returns: Whether the first is the smaller one.
    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        let leftSign = left.significand.signum()
        let rightSign = right.significand.signum()
        guard leftSign == rightSign else { return leftSign < rightSign }
        guard leftSign != 0 else { return false }
        if left.exponent == right.exponent { return left.significand < right.significand }
        let (leftMagnitude, rightMagnitude) = (left.magnitude, right.magnitude)
        guard leftMagnitude == rightMagnitude else { return (leftMagnitude < rightMagnitude) == (leftSign > 0) }
        let shared = min(left.exponent, right.exponent)
        return left.scaled(to: shared) < right.scaled(to: shared)
    }

    /// The power of ten of the first digit: `12.5` has 1.
    private var magnitude: Int { digitCount - 1 + exponent }

    /// The digits of the significand.
    public var digitCount: Int { significand.magnitude.description.utf8.count }

    /// The significand that the number has at a smaller exponent.
    ///
    /// - Parameter exponent: At most ``exponent``.
    /// - Returns: `significand × 10^(self.exponent - exponent)`.
    public func scaled(to exponent: Int) -> BigInt {
        precondition(exponent <= self.exponent, "a decimal can be scaled to a smaller exponent alone")
        return significand * BigInt(10).power(self.exponent - exponent)
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// Whether the number has no fraction.
    public var isInteger: Bool { exponent >= 0 }

    /// The value as an `Int`; `nil` when it has a fraction or does not fit.
    public var int: Int? {
        guard exponent >= 0, exponent <= 19 else { return nil }
        return Int(exactly: scaled(to: 0))
    }

    /// The nearest `Double`, for what is defined in floating point alone.
    public var double: Double { Double("\(significand)e\(exponent)") ?? .nan }

    /// Plain notation without exponent, such as `499`, `-0.05`; beyond 400 places, scientific notation.
    public var description: String {
        let sign = significand.sign == .minus ? "-" : ""
        let digits = significand.magnitude.description
        guard abs(exponent) <= 400 else { return "\(sign)\(digits)e\(exponent)" }
        if exponent >= 0 { return sign + digits + String(repeating: "0", count: exponent) }
        let places = -exponent
        if digits.count > places {
            return sign + digits.dropLast(places) + "." + digits.suffix(places)
        }
        return sign + "0." + String(repeating: "0", count: places - digits.count) + digits
    }
}

/// The parts of a decimal number's text.
private struct DecimalScan {
    var isNegative = false
    /// The digits before and after the point, leading zeros left out.
    var digits: [UInt8] = []
    var exponent = 0
    /// Whether the text is in JSON's grammar: no plus sign in front, no leading zeros.
    var isJSON = true

    /// The signed significand when it fits an `Int`.
    var smallSignificand: Int? {
        guard digits.count <= 18 else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 &- 48) }
        return isNegative ? -value : value
    }

    init?(_ utf8: some Sequence<UInt8>) {
        var bytes = Cursor(utf8)
        if bytes.take(UInt8(ascii: "-")) { isNegative = true } else if bytes.take(UInt8(ascii: "+")) { isJSON = false }
        guard let whole = takeDigits(&bytes) else { return nil }
        if whole.count > 1, whole.startedWithZero { isJSON = false }
        if bytes.take(UInt8(ascii: ".")) {
            guard let fraction = takeDigits(&bytes) else { return nil }
            exponent -= fraction.count
        }
        if bytes.take(UInt8(ascii: "e")) || bytes.take(UInt8(ascii: "E")) {
            guard let power = Self.takeExponent(&bytes) else { return nil }
            exponent += power
        }
        guard bytes.isAtEnd else { return nil }
    }

    private mutating func takeDigits(_ bytes: inout Cursor<some Sequence<UInt8>>) -> (
        count: Int, startedWithZero: Bool
    )? {
        var count = 0
        var startedWithZero = false
        while let digit = bytes.takeDigit() {
            if count == 0 { startedWithZero = digit == UInt8(ascii: "0") }
            count += 1
            if !digits.isEmpty || digit != UInt8(ascii: "0") { digits.append(digit) }
        }
        return count == 0 ? nil : (count, startedWithZero)
    }

    /// The power of ten; saturates far beyond what a decimal may have.
    private static func takeExponent(_ bytes: inout Cursor<some Sequence<UInt8>>) -> Int? {
        var isNegative = false
        if bytes.take(UInt8(ascii: "-")) { isNegative = true } else { _ = bytes.take(UInt8(ascii: "+")) }
        var value: Int?
        while let digit = bytes.takeDigit() {
            value = min((value ?? 0) * 10 + Int(digit &- 48), 1_000_000_000)
        }
        return value.map { isNegative ? -$0 : $0 }
    }
}

/// One byte of look-ahead over any sequence.
private struct Cursor<Bytes: Sequence<UInt8>> {
    private var iterator: Bytes.Iterator
    private var next: UInt8?

    init(_ bytes: Bytes) {
        iterator = bytes.makeIterator()
        next = iterator.next()
    }

    var isAtEnd: Bool { next == nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        next = iterator.next()
        return true
    }

    mutating func takeDigit() -> UInt8? {
        guard let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        next = iterator.next()
        return byte
    }
}
