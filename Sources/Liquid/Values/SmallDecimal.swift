// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import BigInt
internal import Events

/// A decimal number whose digits fit a machine word: the numbers of nearly every payload, without allocations.
///
/// What does not fit answers `nil`, and the caller computes with ``ExactDecimal``.
struct SmallDecimal: Sendable, Comparable {
    /// The digits and the sign.
    let significand: Int
    /// How many of the digits are decimal places; no zero at the end is one of them.
    let places: Int

    private static let maxPlaces = 18
    private static let powers = (0...maxPlaces).map { places in (0..<places).reduce(1) { power, _ in power * 10 } }

    init(_ significand: Int, places: Int = 0) {
        var (digits, rest) = (significand, places)
        while rest > 0, digits % 10 == 0 { (digits, rest) = (digits / 10, rest - 1) }
        self.significand = digits
        self.places = rest
    }

    /// Digits with an optional minus sign and an optional point between them; no exponent.
    init?(_ text: String) {
        var (value, places, digits) = (0, 0, 0)
        var (isNegative, hasPoint, endsInDigit) = (false, false, false)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                guard digits <= Self.maxPlaces else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
                if hasPoint { places += 1 }
                endsInDigit = true
            case UInt8(ascii: "."):
                guard endsInDigit, !hasPoint else { return nil }
                (hasPoint, endsInDigit) = (true, false)
            case UInt8(ascii: "-"):
                guard digits == 0, !isNegative else { return nil }
                isNegative = true
            default: return nil
            }
        }
        guard endsInDigit else { return nil }
        self.init(isNegative ? -value : value, places: places)
    }

    var exact: ExactDecimal { ExactDecimal(significand: BigInt(significand), exponent: -places) }

    func adding(_ other: SmallDecimal) -> SmallDecimal? {
        let places = max(places, other.places)
        guard let left = scaled(to: places), let right = other.scaled(to: places) else { return nil }
        let (sum, hasOverflown) = left.addingReportingOverflow(right)
        return hasOverflown ? nil : SmallDecimal(sum, places: places)
    }

    func multiplied(by other: SmallDecimal) -> SmallDecimal? {
        let (product, hasOverflown) = significand.multipliedReportingOverflow(by: other.significand)
        guard !hasOverflown, places + other.places <= Self.maxPlaces else { return nil }
        return SmallDecimal(product, places: places + other.places)
    }

    /// How many units of so many decimal places that is, the sign left out, halves rounded up; `nil` where they are too
    /// many.
    func units(places wanted: Int) -> UInt? {
        guard (0...Self.maxPlaces).contains(wanted) else { return nil }
        guard places > wanted else {
            let (units, hasOverflown) = significand.magnitude.multipliedReportingOverflow(
                by: UInt(Self.powers[wanted - places])
            )
            return hasOverflown ? nil : units
        }
        let unit = UInt(Self.powers[places - wanted])
        let (units, rest) = significand.magnitude.quotientAndRemainder(dividingBy: unit)
        return rest >= unit - rest ? units + 1 : units
    }

    /// -1, 0 or 1.
    func order(_ other: SmallDecimal) -> Int? {
        let places = max(places, other.places)
        guard let left = scaled(to: places), let right = other.scaled(to: places) else { return nil }
        return (left > right ? 1 : 0) - (left < right ? 1 : 0)
    }

    static func < (left: SmallDecimal, right: SmallDecimal) -> Bool {
        left.order(right).map { $0 < 0 } ?? (left.exact < right.exact)
    }

    private func scaled(to places: Int) -> Int? {
        let (value, hasOverflown) = significand.multipliedReportingOverflow(by: Self.powers[places - self.places])
        return hasOverflown ? nil : value
    }

    /// Plain notation, with a place at least.
    func write(to output: inout String) {
        guard places > 0 else {
            output += String(significand)
            output += ".0"
            return
        }
        let (whole, fraction) = significand.magnitude.quotientAndRemainder(dividingBy: UInt(Self.powers[places]))
        if significand < 0 { output += "-" }
        output += String(whole)
        output += "."
        let digits = String(fraction)
        for _ in digits.utf8.count..<places { output += "0" }
        output += digits
    }
}
