// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// 128 bits, as PostgreSQL keeps a `uuid`.
package struct PostgresUUID: Hashable, Sendable {
    /// The first eight bytes.
    package let high: UInt64
    /// The last eight bytes.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// The types of parameters and columns; the raw value is PostgreSQL's own number of the type.
enum PostgresType: UInt32 {
    case bool = 16
    case bytes = 17
    case number = 20
    case text = 25
    case texts = 1_009
    case blobs = 1_001
    case numbers = 1_016
    case time = 1_184
    case times = 1_185
    case uuid = 2_950
    case uuids = 2_951
}

/// The parameters of one run of a statement, in PostgreSQL's binary form: all bytes in one piece.
///
/// A zero byte, which PostgreSQL's texts do not have, becomes U+2400; what must be kept byte for byte is no text.
package struct PostgresParameters: Sendable {
    struct Slot: Sendable {
        let type: PostgresType
        let start: Int
        /// `nil` for a null.
        let length: Int?
    }

    private(set) var bytes: [UInt8] = []
    private(set) var slots: [Slot] = []

    /// From 1970 to PostgreSQL's year 2000, in microseconds.
    static let epoch: Int64 = 946_684_800_000_000

    package init() {}

    package mutating func add(_ number: Int64?) { add(.number, number) { $0.append(integer: $1) } }

    package mutating func add(_ number: Int) { add(Int64(number)) }

    package mutating func add(_ time: Timestamp?) { add(.time, time) { $0.append(time: $1) } }

    package mutating func add(_ text: String?) { add(.text, text) { $0.append(text: $1) } }

    package mutating func add(_ uuid: PostgresUUID?) { add(.uuid, uuid) { $0.append(uuid: $1) } }

    package mutating func add(blob: [UInt8]?) { add(.bytes, blob) { $0.append(contentsOf: $1) } }

    package mutating func add(_ flag: Bool) { add(.bool, flag) { $0.append($1 ? 1 : 0) } }

    package mutating func add(_ numbers: [Int64?]) { add(.numbers, of: .number, numbers) { $0.append(integer: $1) } }

    package mutating func add(_ times: [Timestamp?]) { add(.times, of: .time, times) { $0.append(time: $1) } }

    package mutating func add(_ texts: [String?]) { add(.texts, of: .text, texts) { $0.append(text: $1) } }

    package mutating func add(_ uuids: [PostgresUUID?]) { add(.uuids, of: .uuid, uuids) { $0.append(uuid: $1) } }

    package mutating func add(blobs: [[UInt8]?]) { add(.blobs, of: .bytes, blobs) { $0.append(contentsOf: $1) } }

    private mutating func add<Value>(
        _ type: PostgresType,
        _ value: Value?,
        _ append: (inout [UInt8], Value) -> Void
    ) {
        let start = bytes.count
        guard let value else {
            slots.append(Slot(type: type, start: start, length: nil))
            return
        }
        append(&bytes, value)
        slots.append(Slot(type: type, start: start, length: bytes.count - start))
    }

    /// An array of one dimension: how many dimensions, whether there are nulls, the element's type, how many, from which
    /// index on; then each element behind its length.
    private mutating func add<Value>(
        _ type: PostgresType,
        of element: PostgresType,
        _ values: [Value?],
        _ append: (inout [UInt8], Value) -> Void
    ) {
        let start = bytes.count
        bytes.append(integer: values.isEmpty ? 0 : 1 as Int32)
        bytes.append(integer: values.contains { $0 == nil } ? 1 : 0 as Int32)
        bytes.append(integer: element.rawValue)
        if !values.isEmpty {
            bytes.append(integer: Int32(clamping: values.count))
            bytes.append(integer: 1 as Int32)
        }
        for value in values {
            let place = bytes.count
            bytes.append(integer: -1 as Int32)
            guard let value else { continue }
            append(&bytes, value)
            bytes.put(integer: Int32(clamping: bytes.count - place - 4), at: place)
        }
        slots.append(Slot(type: type, start: start, length: bytes.count - start))
    }
}

extension [UInt8] {
    fileprivate mutating func append(integer: some FixedWidthInteger) {
        unsafe Swift.withUnsafeBytes(of: integer.bigEndian) { unsafe append(contentsOf: $0) }
    }

    fileprivate mutating func put(integer: Int32, at place: Int) {
        for index in 0..<4 { self[place + index] = UInt8(truncatingIfNeeded: integer >> (24 - 8 * index)) }
    }

    fileprivate mutating func append(time: Timestamp) {
        append(integer: time.microseconds.subtracting(saturating: PostgresParameters.epoch))
    }

    fileprivate mutating func append(uuid: PostgresUUID) {
        append(integer: uuid.high)
        append(integer: uuid.low)
    }

    fileprivate mutating func append(text: String) {
        var text = text
        let hasZero = text.withUTF8 { bytes in
            unsafe append(contentsOf: bytes)
            return unsafe bytes.contains(0)
        }
        guard hasZero else { return }
        removeLast(text.utf8.count)
        for byte in text.utf8 { byte == 0 ? append(contentsOf: "\u{2400}".utf8) : append(byte) }
    }
}
