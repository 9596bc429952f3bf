// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// An exact number that is cheap to compare: nearly every number of a payload fits 18 digits.
///
/// Trailing zeros are taken into the exponent, so one value has one form and equality is by value.
enum PatternNumber: Hashable, Sendable {
    /// `significand × 10^exponent` with at most 18 digits.
    case small(Int64, exponent: Int)
    /// More than 18 digits.
    case big(ExactDecimal)

    /// The longest text that is read, in bytes; a longer one is no number to a pattern.
    private static let maxLength = 1_000

    /// Reads JSON's grammar for numbers; leading zeros and a plus sign are allowed, which JSON's own numbers never have.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let first = text.first, text.count <= Self.maxLength else { return nil }
        guard first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || Self.isDigit(first) else { return nil }
        var scan = NumberScan()
        guard scan.read(text) else { return nil }
        if scan.significantDigits > 18 {
            guard let decimal = ExactDecimal(utf8: text) else { return nil }
            self = .big(decimal)
        } else {
            guard abs(scan.exponent) <= ExactDecimal.maxExponent else { return nil }
            self = .small(scan.isNegative ? -scan.significand : scan.significand, exponent: scan.reducedExponent)
        }
    }

    init?(_ text: String) {
        let number = Array(text.utf8).withUnsafeBufferPointer { PatternNumber($0) }
        guard let number else { return nil }
        self = number
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}

extension PatternNumber: Comparable {
    static func < (left: PatternNumber, right: PatternNumber) -> Bool {
        guard case .small(let one, let power) = left, case .small(let other, let otherPower) = right else {
            guard let left = left.decimal, let right = right.decimal else { return false }
            return left < right
        }
        if power == otherPower { return one < other }
        guard one.signum() == other.signum(), one != 0 else { return one < other }
        let magnitude = digitCount(one) + power
        let otherMagnitude = digitCount(other) + otherPower
        guard magnitude == otherMagnitude else { return (magnitude < otherMagnitude) == (one > 0) }
        // Equal magnitudes: the exponents are less than 18 apart, so the scaled value fits 128 bits.
        let shared = min(power, otherPower)
        return scaled(one, by: power - shared) < scaled(other, by: otherPower - shared)
    }

    /// Only numbers of which one is big are compared this way.
    private var decimal: ExactDecimal? {
        switch self {
        case .small(let significand, let exponent): ExactDecimal("\(significand)e\(exponent)")
        case .big(let decimal): decimal
        }
    }

    private static func digitCount(_ value: Int64) -> Int {
        var rest = value.magnitude
        var count = 1
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }

    private static func scaled(_ value: Int64, by power: Int) -> Int128 {
        (0..<power).reduce(Int128(value)) { value, _ in value * 10 }
    }
}

/// The parts of a number's text, gathered in one pass without allocation.
private struct NumberScan {
    var isNegative = false
    /// The digits without the trailing zeros that stand in ``trailingZeros``; meaningful up to 18 digits.
    var significand: Int64 = 0
    var significantDigits = 0
    var exponent = 0
    private var trailingZeros = 0
    private var at = 0

    var reducedExponent: Int { significand == 0 ? 0 : exponent + trailingZeros }

    mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if text[0] == UInt8(ascii: "-") { isNegative = true }
        if !PatternNumber.isDigit(text[0]) { at = 1 }
        guard readDigits(text) > 0 else { return false }
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            let places = readDigits(text)
            guard places > 0 else { return false }
            exponent = -places
        }
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            guard readExponent(text) else { return false }
        }
        return at == text.count
    }

    private mutating func readDigits(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        let start = at
        while at < text.count, PatternNumber.isDigit(text[at]) {
            append(Int64(text[at] &- UInt8(ascii: "0")))
            at += 1
        }
        return at - start
    }

    private mutating func append(_ digit: Int64) {
        guard digit != 0 else {
            if significantDigits > 0 { trailingZeros += 1 }
            return
        }
        significantDigits += trailingZeros + 1
        guard significantDigits <= 18 else { return }
        for _ in 0...trailingZeros { significand *= 10 }
        significand += digit
        trailingZeros = 0
    }

    /// Saturates far beyond what a number may have.
    private mutating func readExponent(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var isNegative = false
        if at < text.count, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
            isNegative = text[at] == UInt8(ascii: "-")
            at += 1
        }
        let start = at
        var value = 0
        while at < text.count, PatternNumber.isDigit(text[at]) {
            value = min(value * 10 + Int(text[at] &- UInt8(ascii: "0")), 1_000_000_000)
            at += 1
        }
        exponent += isNegative ? -value : value
        return at > start
    }
}
