// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Up to sixteen decimal digits in one machine word, four bits each, the first in the lowest ones.
///
/// A phone number is looked at many times on its way through the plans: taking digits off its front, or feeding it to a
/// pattern, is a shift here, and nothing is allocated.
struct PackedDigits: Hashable {
    /// The most digits that fit.
    static let capacity = 16

    private(set) var word: UInt64 = 0
    private(set) var count = 0

    init() {}

    /// The digits of a text; `nil` where something else is in it, or too many.
    init?(_ digits: some Sequence<UInt8>) {
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10, append(digit) else { return nil }
        }
    }

    /// The digits of a number.
    init(value: Int) {
        let digits = String(value).utf8.map { $0 &- UInt8(ascii: "0") }
        for digit in digits { _ = append(digit) }
    }

    /// Appends a digit below ten.
    ///
    /// - Returns: Whether there was room.
    mutating func append(_ digit: UInt8) -> Bool {
        guard count < Self.capacity else { return false }
        word |= UInt64(digit) << UInt64(4 * count)
        count += 1
        return true
    }

    /// The first digit; 0 where there is none.
    var first: Int { Int(word & 15) }

    /// The number that the first digits are.
    func value(ofFirst length: Int) -> Int {
        (0..<length).reduce(0) { $0 * 10 + Int(word >> UInt64(4 * $1) & 15) }
    }

    /// The digits without the first ones, of which there must be so many.
    func dropFirst(_ length: Int) -> PackedDigits {
        var rest = PackedDigits()
        rest.word = length == Self.capacity ? 0 : word >> UInt64(4 * length)
        rest.count = count - length
        return rest
    }

    /// The digits with others behind them; `nil` where they are too many.
    func appending(_ others: PackedDigits) -> PackedDigits? {
        guard count + others.count <= Self.capacity else { return nil }
        var all = self
        all.word |= others.word << UInt64(4 * count)
        all.count += others.count
        return all
    }

    func starts(with prefix: PackedDigits) -> Bool {
        guard count >= prefix.count else { return false }
        return (word ^ prefix.word) & ((1 << UInt64(4 * prefix.count)) - 1) == 0
    }

    /// As ASCII.
    var text: String {
        unsafe String(unsafeUninitializedCapacity: count) { bytes in
            for position in 0..<count {
                unsafe bytes[position] = UInt8(ascii: "0") + UInt8(word >> UInt64(4 * position) & 15)
            }
            return count
        }
    }
}
