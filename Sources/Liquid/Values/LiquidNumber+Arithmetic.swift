// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import BigInt
internal import Events

/// The arithmetic of the language: exact, but for quotients that no decimal has.
extension LiquidNumber {
    static let zero = LiquidNumber(0)

    /// The most digits of a result.
    static let maxDigits = 1_000

    func adding(_ other: LiquidNumber) throws(LiquidError) -> LiquidNumber {
        if case .int(let left) = storage, case .int(let right) = other.storage {
            let (sum, hasOverflown) = left.addingReportingOverflow(right)
            if !hasOverflown { return LiquidNumber(sum) }
        }
        if let left = small, let right = other.small, let sum = left.adding(right) {
            return LiquidNumber(small: sum, isDecimal: isDecimal || other.isDecimal)
        }
        let (left, right, exponent) = try aligned(with: other)
        return try result(left + right, exponent, with: other)
    }

    func subtracting(_ other: LiquidNumber) throws(LiquidError) -> LiquidNumber {
        try adding(other.negated())
    }

    func multiplied(by other: LiquidNumber) throws(LiquidError) -> LiquidNumber {
        if case .int(let left) = storage, case .int(let right) = other.storage {
            let (product, hasOverflown) = left.multipliedReportingOverflow(by: right)
            if !hasOverflown { return LiquidNumber(product) }
        }
        if let left = small, let right = other.small, let product = left.multiplied(by: right) {
            return LiquidNumber(small: product, isDecimal: isDecimal || other.isDecimal)
        }
        let (left, right) = (try readable(), try other.readable())
        return try result(left.significand * right.significand, left.exponent + right.exponent, with: other)
    }

    /// Whole by whole is the floor of the quotient; anything else is decimal: exact where a decimal of 30 digits is,
    /// otherwise the nearest binary fraction, as the reference implementation has it.
    func divided(by other: LiquidNumber) throws(LiquidError) -> LiquidNumber {
        let divisor = try other.readable()
        guard !divisor.significand.isZero else { throw .argument("divided by 0") }
        guard isDecimal || other.isDecimal else {
            let (left, right, _) = try aligned(with: other)
            return LiquidNumber(ExactDecimal(Self.floor(left, right).quotient), isDecimal: false)
        }
        return LiquidNumber(try Self.quotient(try readable(), divisor), isDecimal: true)
    }

    /// The remainder, with the divisor's sign.
    func remainder(dividingBy other: LiquidNumber) throws(LiquidError) -> LiquidNumber {
        let (left, right, exponent) = try aligned(with: other)
        guard !right.isZero else { throw .argument("divided by 0") }
        return try result(Self.floor(left, right).remainder, exponent, with: other)
    }

    func negated() throws(LiquidError) -> LiquidNumber {
        if let small, small.significand != .min {
            return LiquidNumber(small: SmallDecimal(-small.significand, places: small.places), isDecimal: isDecimal)
        }
        let value = try readable()
        return LiquidNumber(
            ExactDecimal(significand: -value.significand, exponent: value.exponent),
            isDecimal: isDecimal
        )
    }

    /// The value rounded to a number of places, halves away from zero; a negative number rounds tens, hundreds, ….
    func rounded(places: Int, rule: LiquidRounding = .halfAwayFromZero) throws(LiquidError) -> ExactDecimal {
        let value = try readable()
        guard value.exponent < -places else { return value }
        guard -places - value.exponent <= Self.maxDigits * 2 else { return ExactDecimal(0) }
        let unit = BigInt(10).power(-places - value.exponent)
        return ExactDecimal(significand: rule.divide(value.significand, unit), exponent: -places)
    }

    /// The exact value, or an error when it is beyond what can be computed with.
    func readable() throws(LiquidError) -> ExactDecimal {
        guard let exact, abs(exact.exponent) <= Self.maxDigits * 2 else {
            throw LiquidError(.limit, "a number with more than \(Self.maxDigits) digits cannot be computed with")
        }
        return exact
    }

    private func aligned(with other: LiquidNumber) throws(LiquidError) -> (BigInt, BigInt, Int) {
        let (left, right) = (try readable(), try other.readable())
        let exponent = min(left.exponent, right.exponent)
        return (left.scaled(to: exponent), right.scaled(to: exponent), exponent)
    }

    private func result(_ significand: BigInt, _ exponent: Int, with other: LiquidNumber) throws(LiquidError)
        -> LiquidNumber
    {
        guard significand.bitWidth <= Self.maxDigits * 4, abs(exponent) <= Self.maxDigits * 2 else {
            throw LiquidError(.limit, "the result has more than \(Self.maxDigits) digits")
        }
        let value = ExactDecimal(significand: significand, exponent: exponent)
        return LiquidNumber(value, isDecimal: isDecimal || other.isDecimal)
    }

    private static func floor(_ left: BigInt, _ right: BigInt) -> (quotient: BigInt, remainder: BigInt) {
        let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
        guard !remainder.isZero, (remainder.signum() < 0) != (right.signum() < 0) else { return (quotient, remainder) }
        return (quotient - 1, remainder + right)
    }

    private static func quotient(_ left: ExactDecimal, _ right: ExactDecimal) throws(LiquidError) -> ExactDecimal {
        let digits = 30 + max(0, right.digitCount - left.digitCount)
        let scaled = left.significand * BigInt(10).power(digits)
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: right.significand)
        let value = ExactDecimal(significand: quotient, exponent: left.exponent - right.exponent - digits)
        guard !remainder.isZero, value.digitCount + value.exponent <= 15 else { return value }
        return ExactDecimal("\(value.double)") ?? value
    }
}

/// A direction of rounding.
enum LiquidRounding: Sendable {
    case halfAwayFromZero
    case up
    case down

    /// The whole quotient, rounded; the divisor is positive.
    func divide(_ value: BigInt, _ divisor: BigInt) -> BigInt {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        guard !remainder.isZero else { return quotient }
        switch self {
        case .halfAwayFromZero:
            return BigInt(remainder.magnitude) * 2 >= divisor ? quotient + BigInt(value.signum()) : quotient
        case .up: return remainder.signum() > 0 ? quotient + 1 : quotient
        case .down: return remainder.signum() < 0 ? quotient - 1 : quotient
        }
    }
}
