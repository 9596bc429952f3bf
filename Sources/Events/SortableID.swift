// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Makes ids that sort by the time they were made: 48 bits of milliseconds and 80 random bits in Crockford's
/// base 32, 26 characters.
///
/// - SeeAlso: [ULID](https://github.com/ulid/spec)
package enum SortableID {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// A new id.
    ///
    /// - Parameter time: When it was made.
    /// - Returns: 26 upper-case letters and digits.
    package static func make(at time: Timestamp) -> String {
        let milliseconds = UInt64(clamping: time.microseconds / 1_000)
        let high = UInt64.random(in: 0...UInt64.max)
        let low = UInt64.random(in: 0...UInt64.max)
        var text: [UInt8] = []
        text.reserveCapacity(26)
        for (bits, first) in [(milliseconds, 45), (high, 35), (low, 35)] {
            for shift in stride(from: first, through: 0, by: -5) {
                text.append(alphabet[Int((bits >> UInt64(shift)) & 31)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
