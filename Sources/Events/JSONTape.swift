// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// One entry of a parsed text's tape: `cjson_entry` of `cjson.h`, field for field.
@frozen @usableFromInline
package struct JSONTapeEntry: Sendable {
    /// Offset of the token's first byte; of a string, the byte after its opening quote.
    package let start: UInt32
    /// Bytes of the token, elements of an array, or members of an object.
    package let length: UInt32
    /// Index of the first entry that is not inside this value.
    package let next: UInt32
    /// The raw value of a ``JSONKind``.
    package let kind: UInt32
}

/// What a value is, and how its token is to be read.
public enum JSONKind: UInt32, Sendable {
    /// The literal `null`.
    case null = 0
    /// The literal `false`.
    case `false` = 1
    /// The literal `true`.
    case `true` = 2
    /// A number.
    case number = 3
    /// A string whose bytes stand for themselves.
    case string = 4
    /// A string with escapes.
    case escapedString = 5
    /// An array.
    case array = 6
    /// An object.
    case object = 7
}

/// A view of a parsed text for code that walks it once and fast, such as the pattern matcher.
///
/// Entry 0 is the root. An array's first element is the entry after it, the following one is at ``next(_:)``; an
/// object's members are key, value, key, value. Valid only inside ``JSONDocument/withTape(_:)``.
@safe @frozen
package struct JSONTape {
    /// The first entry, for walks so hot that even an accessor shows.
    package let entries: UnsafePointer<JSONTapeEntry>
    /// The text's first byte.
    package let text: UnsafePointer<UInt8>
    /// How many entries there are; at least 1.
    package let count: Int

    @inlinable
    init(entries: UnsafePointer<JSONTapeEntry>, count: Int, text: UnsafePointer<UInt8>) {
        unsafe self.entries = entries
        unsafe self.text = text
        self.count = count
    }

    /// The raw kind of an entry; compare it with ``JSONKind``'s raw values.
    @inlinable @inline(__always)
    package func kind(_ index: Int) -> UInt32 { unsafe entries[index].kind }

    /// Bytes of a scalar's token, elements of an array, members of an object.
    @inlinable @inline(__always)
    package func length(_ index: Int) -> Int { unsafe Int(entries[index].length) }

    /// The entry after a value and everything in it.
    @inlinable @inline(__always)
    package func next(_ index: Int) -> Int { unsafe Int(entries[index].next) }

    /// The bytes of a scalar's token; of a string, what stands between the quotes, escapes undecoded.
    @inlinable @inline(__always)
    package func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let entry = unsafe entries[index]
        return unsafe UnsafeBufferPointer(start: text + Int(entry.start), count: Int(entry.length))
    }
}
