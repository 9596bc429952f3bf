// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A fast hash of short texts for tables whose contents come from rule files.
///
/// The tables are built once from trusted input and only looked up with an event's text, so nobody can fill them with
/// colliding keys, and a seed is not needed.
enum ByteHash {
    @inline(__always)
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard let base = bytes.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(base)
        let count = bytes.count
        var state = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        if count >= 8 {
            var at = 0
            while at + 8 < count {
                state = mix(state ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                at += 8
            }
            return mix(state ^ raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        }
        if count >= 4 {
            let head = UInt64(raw.loadUnaligned(as: UInt32.self))
            let tail = UInt64(raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
            return mix(state ^ head ^ tail << 32)
        }
        guard count > 0 else { return mix(state) }
        let ends = UInt64(bytes[0]) | UInt64(bytes[count / 2]) << 8 | UInt64(bytes[count - 1]) << 16
        return mix(state ^ ends)
    }

    /// Spreads every bit over the word: the two halves of a product with an odd constant.
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
