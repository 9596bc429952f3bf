// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// A value of a row in the form that no engine has a say in: what a copy carries from one kind of store to another, and what
/// both are compared by.
///
/// Times are microseconds since 1970, flags are 0 and 1, ids are what people see (`evt_…`). A zero byte in a text is U+2400,
/// since not every engine's texts have one; what must be kept byte for byte is ``bytes(_:)``.
package enum CopiedValue: Hashable, Sendable {
    case null
    case number(Int64)
    case text(String)
    case bytes([UInt8])

    /// A text without zero bytes; `nil` is ``null``.
    package init(text: String?) {
        guard let text else {
            self = .null
            return
        }
        self = .text(text.utf8.contains(0) ? text.replacing("\0", with: "\u{2400}") : text)
    }

    package init(number: Int64?) {
        self = number.map(CopiedValue.number) ?? .null
    }

    package init(bytes: [UInt8]?) {
        self = bytes.map(CopiedValue.bytes) ?? .null
    }

    /// The number; `nil` for anything else.
    package var number: Int64? {
        if case .number(let number) = self { number } else { nil }
    }

    /// The text; `nil` for anything else.
    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The bytes; `nil` for anything else.
    package var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    /// About how much memory it takes, in bytes.
    package var size: Int {
        switch self {
        case .null, .number: 16
        case .text(let text): 16 + text.utf8.count
        case .bytes(let bytes): 16 + bytes.count
        }
    }

    /// Adds it to what is hashed: its kind, its length, itself.
    package func add(to encoding: inout [UInt8]) {
        switch self {
        case .null: encoding.append(0)
        case .number(let number):
            encoding.append(1)
            encoding.append(bits: UInt64(bitPattern: number))
        case .text(let text):
            encoding.append(2)
            encoding.append(bits: UInt64(text.utf8.count))
            encoding.append(contentsOf: text.utf8)
        case .bytes(let bytes):
            encoding.append(3)
            encoding.append(bits: UInt64(bytes.count))
            encoding.append(contentsOf: bytes)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bits: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }
}

/// A row as its table's ``CopiedTable/columns`` have it.
package typealias CopiedRow = [CopiedValue]

/// Where a store goes on with a table: values of its own by which its rows are in order, kept in the target as a text.
package struct CopiedPlace: Hashable, Sendable {
    /// The values, which mean something to the store alone that said them.
    package let values: [CopiedValue]

    package init(_ values: [CopiedValue]) {
        self.values = values
    }

    /// Reads ``text``; `nil` for anything else.
    package init?(_ text: String) {
        guard let values = (try? JSON(parsing: text))?.array else { return nil }
        var read: [CopiedValue] = []
        for value in values {
            guard let fields = value.array, let kind = fields.first?.string else { return nil }
            switch (kind, fields.last?.string) {
            case ("null", _): read.append(.null)
            case ("number", let text?): read.append(CopiedValue(number: Int64(text)))
            case ("text", let text?): read.append(.text(text))
            case ("bytes", let text?): read.append(CopiedValue(bytes: Self.bytes(text)))
            default: return nil
            }
        }
        self.init(read)
    }

    /// The values as JSON.
    package var text: String {
        let values = values.map { value -> JSON in
            switch value {
            case .null: [.string("null")]
            case .number(let number): [.string("number"), .string(String(number))]
            case .text(let text): [.string("text"), .string(text)]
            case .bytes(let bytes): [.string("bytes"), .string(Self.hex(bytes))]
            }
        }
        return JSON.array(values).text()
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
    }
}
