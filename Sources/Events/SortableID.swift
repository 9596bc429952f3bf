// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOConcurrencyHelpers

/// Makes ids that sort by the time they were made: 48 bits of milliseconds and 80 random bits in Crockford's
/// base 32, 26 characters.
///
/// - SeeAlso: [ULID](https://github.com/ulid/spec)
package enum SortableID {
    private static let alphabet: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    private static let randomness = RandomStock()
    /// What each byte counts for as a digit; 255 for what is none.
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: .max, count: 256)
        for value in 0..<32 { digits[unsafe Int(alphabet.utf8Start[value])] = UInt8(value) }
        return digits
    }()

    /// A new id.
    ///
    /// - Parameters:
    ///   - prefix: What stands in front, such as `evt_`.
    ///   - time: When it was made.
    /// - Returns: The prefix and 26 upper-case letters and digits.
    package static func make(_ prefix: StaticString = "", at time: Timestamp) -> String {
        let milliseconds = UInt64(clamping: time.microseconds / 1_000)
        let (high, low) = randomness.pair()
        let start = prefix.utf8CodeUnitCount
        return unsafe String(unsafeUninitializedCapacity: start + 26) { text in
            for position in 0..<start { unsafe text[position] = prefix.utf8Start[position] }
            unsafe write(milliseconds, digits: 10, to: text, at: start)
            unsafe write(high, digits: 8, to: text, at: start + 10)
            unsafe write(low, digits: 8, to: text, at: start + 18)
            return start + 26
        }
    }

    /// Whether a text is such an id; one of digits alone, which chance does not make, is none.
    ///
    /// - Parameter text: The text behind the prefix.
    /// - Returns: Whether it has the length and the alphabet.
    package static func isOne(_ text: Substring) -> Bool {
        guard text.utf8.count == 26, text.contains(where: \.isLetter) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "O"), UInt8(ascii: "U"): false
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            default: false
            }
        }
    }

    /// The 128 bits of an id, for stores that keep it as such.
    ///
    /// - Parameter text: The text behind the prefix.
    /// - Returns: The first and the last 64 bits; `nil` for a text that ``make(_:at:)`` does not make.
    package static func bits(_ text: Substring) -> (high: UInt64, low: UInt64)? {
        guard text.utf8.count == 26 else { return nil }
        var (high, low): (UInt64, UInt64) = (0, 0)
        for (place, byte) in text.utf8.enumerated() {
            let digit = digits[Int(byte)]
            // The first digit has three bits.
            guard digit < (place > 0 ? 32 : 8) else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
        }
        return (high, low)
    }

    /// The id of that many bits.
    ///
    /// - Parameters:
    ///   - prefix: What stands in front.
    ///   - high: The first 64 bits.
    ///   - low: The last 64 bits.
    /// - Returns: The text whose ``bits(_:)`` they are, behind the prefix.
    package static func text(_ prefix: StaticString, high: UInt64, low: UInt64) -> String {
        let start = prefix.utf8CodeUnitCount
        return unsafe String(unsafeUninitializedCapacity: start + 26) { text in
            for position in 0..<start { unsafe text[position] = prefix.utf8Start[position] }
            unsafe write(high >> 16, digits: 10, to: text, at: start)
            unsafe write(high << 24 | low >> 40, digits: 8, to: text, at: start + 10)
            unsafe write(low, digits: 8, to: text, at: start + 18)
            return start + 26
        }
    }

    /// 128 random bits that nobody else gets.
    package static func randomBits() -> (UInt64, UInt64) { randomness.pair() }

    /// Writes the lowest bits of a number, five a digit.
    private static func write(_ bits: UInt64, digits: Int, to text: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        for digit in 0..<digits {
            let value = Int((bits >> UInt64(5 * (digits - 1 - digit))) & 31)
            unsafe text[start + digit] = alphabet.utf8Start[value]
        }
    }
}

/// Random numbers from the system, fetched a block at a time: a call to it takes longer than all else of an id.
///
/// What was handed out is gone from here, and no process goes on with another's stock.
private final class RandomStock: Sendable {
    /// The most that the system gives at once: 256 bytes, enough for sixteen ids.
    private static let block = 32

    private let rest = NIOLockedValueBox<[UInt64]>([])

    /// Two numbers that nobody else gets.
    func pair() -> (UInt64, UInt64) {
        rest.withLockedValue { rest in
            if rest.count < 2 { rest = Self.fetch() }
            return (rest.removeLast(), rest.removeLast())
        }
    }

    private static func fetch() -> [UInt64] {
        unsafe [UInt64](unsafeUninitializedCapacity: block) { numbers, count in
            count = block
            let bytes = UnsafeMutableRawBufferPointer(numbers)
            guard unsafe getentropy(bytes.baseAddress, bytes.count) != 0 else { return }
            // A system without the call: the library knows another way, a number at a time.
            for position in 0..<block {
                unsafe numbers.initializeElement(at: position, to: .random(in: 0...UInt64.max))
            }
        }
    }
}
