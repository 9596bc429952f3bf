// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why a text is not JSON, and where.
///
/// Two errors are equal when reason and byte are; line and column only say the byte in the words of an editor.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of mistakes; the raw values are those of `cjson.h`.
    public enum Reason: Int32, Hashable, Sendable {
        /// Nothing but white space.
        case empty = 1
        /// Bytes that are not UTF-8.
        case invalidUTF8 = 2
        /// A control character inside a string, which JSON wants escaped.
        case controlCharacter = 3
        /// A string without its closing quote.
        case unclosedString = 4
        /// A backslash followed by something that JSON has no escape for.
        case badEscape = 5
        /// Something that starts like a number and is none.
        case badNumber = 6
        /// A character that cannot stand here.
        case unexpected = 7
        /// Something after the end of the value.
        case trailing = 8
        /// More arrays and objects inside each other than allowed.
        case tooDeep = 9
        /// The text ends inside an array or object.
        case unexpectedEnd = 10
        /// A text over two gigabytes.
        case tooLong = 11
        /// No memory for the parser's buffers.
        case noMemory = 12
    }

    /// What is wrong.
    public let reason: Reason
    /// The byte at which it was found, from 0.
    public let offset: Int

    /// Line and column of the byte, both from 1, a column for each character; `nil` where the text is not known.
    public let position: TextPosition?

    package init(reason: Reason, offset: Int, in text: ArraySlice<UInt8>? = nil) {
        self.reason = reason
        self.offset = offset
        position = text.map { TextPosition(offset: offset, in: $0) }
    }

    /// Equal when reason and offset are; the text that it was found in does not count.
    public static func == (left: JSONError, right: JSONError) -> Bool {
        left.reason == right.reason && left.offset == right.offset
    }

    /// Hashes reason and offset.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(reason)
        hasher.combine(offset)
    }

    /// One sentence with the place.
    public var description: String {
        switch reason {
        case .empty: "the text is empty; expected a JSON value"
        case .invalidUTF8: "invalid UTF-8 at \(place)"
        case .controlCharacter: "unescaped control character in a string at \(place)"
        case .unclosedString: "the string that starts at \(place) has no closing quote"
        case .badEscape: "unknown escape in a string at \(place)"
        case .badNumber: "malformed number at \(place)"
        case .unexpected: "unexpected character at \(place)"
        case .trailing: "unexpected text after the JSON value at \(place)"
        case .tooDeep: "more than the allowed levels of nesting at \(place)"
        case .unexpectedEnd: "the text ends inside a value, at \(place)"
        case .tooLong: "the text is too long to parse"
        case .noMemory: "no memory to parse the text"
        }
    }

    private var place: String { position.map { "\($0)" } ?? "byte \(offset)" }
}
