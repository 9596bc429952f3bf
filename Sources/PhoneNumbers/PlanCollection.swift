// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Numbering plans in protobuf's wire format, as far as their reader must know them: regions and patterns.
///
/// libphonenumber itself ends up without any country when it cannot read its plans, so they are walked before.
///
/// - SeeAlso: [Protobuf encoding](https://protobuf.dev/programming-guides/encoding/), and
///   [phonemetadata.proto](https://github.com/google/libphonenumber/blob/master/resources/phonemetadata.proto)
struct PlanCollection {
    /// The regions' codes, in their order.
    private(set) var regions: [String] = []
    /// Every regular expression.
    private(set) var patterns: Set<String> = []

    init(_ bytes: ArraySlice<UInt8>) throws(NumberingPlansError) {
        var reader = WireReader(bytes)
        while let field = try reader.next() {
            guard field.number == 1, let plan = field.chunk else { throw .damaged(byte: reader.position) }
            try read(plan: plan)
        }
    }

    private mutating func read(plan: ArraySlice<UInt8>) throws(NumberingPlansError) {
        var reader = WireReader(plan)
        var region: String?
        while let field = try reader.next() {
            guard let chunk = field.chunk else { continue }
            switch field.number {
            case Field.id: region = String(decoding: chunk, as: UTF8.self)
            case Field.internationalPrefix, Field.prefixForParsing, Field.leadingDigits:
                patterns.insert(String(decoding: chunk, as: UTF8.self))
            case Field.nationalPrefix, Field.transformRule, Field.preferredPrefix: break
            default: try read(description: chunk)
            }
        }
        guard let region else { throw .damaged(byte: plan.startIndex) }
        regions.append(region)
    }

    private mutating func read(description: ArraySlice<UInt8>) throws(NumberingPlansError) {
        var reader = WireReader(description)
        while let field = try reader.next() {
            guard field.number == Field.pattern, let chunk = field.chunk else { continue }
            patterns.insert(String(decoding: chunk, as: UTF8.self))
        }
    }

    /// The numbers of the fields that are texts in `PhoneMetadata`, and of the pattern in `PhoneNumberDesc`.
    private enum Field {
        static let pattern = 2
        static let id = 9
        static let internationalPrefix = 11
        static let nationalPrefix = 12
        static let prefixForParsing = 15
        static let transformRule = 16
        static let preferredPrefix = 17
        static let leadingDigits = 23
    }
}

/// The fields of one message in protobuf's wire format, one after another.
struct WireReader {
    /// One field: its number, and its bytes where it has a length, else its value.
    struct Field {
        let number: Int
        var chunk: ArraySlice<UInt8>?
        var value: UInt64 = 0
    }

    /// Where the next field begins.
    private(set) var position: Int
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next field; `nil` at the end.
    mutating func next() throws(NumberingPlansError) -> Field? {
        guard position < bytes.endIndex else { return nil }
        let key = try varint()
        let number = Int(truncatingIfNeeded: key >> 3)
        switch key & 7 {
        case 0:
            return Field(number: number, value: try varint())
        case 2:
            let length = try varint()
            guard length <= UInt64(bytes.endIndex - position) else { throw .damaged(byte: position) }
            let end = position + Int(length)
            defer { position = end }
            return Field(number: number, chunk: bytes[position..<end])
        default: throw .damaged(byte: position)
        }
    }

    private mutating func varint() throws(NumberingPlansError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.endIndex else { throw .damaged(byte: position) }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .damaged(byte: position)
    }
}

/// Whether libphonenumber can read a pattern: its regular expressions are ICU's, and so are Foundation's.
enum PlanPattern {
    static func canBeRead(_ pattern: String) -> Bool {
        (try? NSRegularExpression(pattern: pattern)) != nil
    }
}

/// The checksum of zip files and PNGs: reflected, polynomial 0xEDB88320.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { row(UInt32($0)) }

    private static func row(_ byte: UInt32) -> UInt32 {
        var value = byte
        for _ in 0..<8 {
            let shifted = value >> 1
            value = value & 1 == 1 ? 0xEDB8_8320 ^ shifted : shifted
        }
        return value
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            let index = (value ^ UInt32(byte)) & 0xFF
            value = table[Int(index)] ^ (value >> 8)
        }
        return ~value
    }
}
