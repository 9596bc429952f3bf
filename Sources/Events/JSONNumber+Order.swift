// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import BigInt

/// A number's text taken apart for comparing: exact for any number of digits, and for exponents of up to a hundred
/// digits; larger ones count as the largest of these.
struct NumberOrder: Hashable, Comparable {
    /// -1, 0 or 1.
    private var sign = 0
    /// The power of ten of the first digit.
    private var magnitude = BigInt(0)
    /// The digits without zeros at either end.
    private var digits: ArraySlice<UInt8> = []

    private static let longestExponent = 100

    /// Takes a number of JSON's grammar apart.
    init(_ text: String) {
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
        let mantissa = bytes.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        let all = mantissa.filter { $0 != UInt8(ascii: ".") }
        guard let first = all.firstIndex(where: { $0 != UInt8(ascii: "0") }) else { return }
        let last = all.lastIndex { $0 != UInt8(ascii: "0") } ?? first
        sign = isNegative ? -1 : 1
        digits = ArraySlice(Array(all[first...last]))
        let whole = point - mantissa.startIndex
        magnitude = Self.exponent(bytes[mantissa.endIndex...].dropFirst()) + BigInt(whole - first - 1)
    }

    private static func exponent(_ text: ArraySlice<UInt8>) -> BigInt {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = text.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "0") }
        let value =
            digits.count <= longestExponent
            ? BigInt(String(decoding: digits, as: UTF8.self)) ?? 0 : BigInt(10).power(longestExponent)
        return isNegative ? -value : value
    }

    static func < (left: NumberOrder, right: NumberOrder) -> Bool {
        guard left.sign == right.sign else { return left.sign < right.sign }
        guard left.sign != 0, left != right else { return false }
        let isSmaller =
            left.magnitude == right.magnitude
            ? left.digits.lexicographicallyPrecedes(right.digits) : left.magnitude < right.magnitude
        return isSmaller == (left.sign > 0)
    }
}
