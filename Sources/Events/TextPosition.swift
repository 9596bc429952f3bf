// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A place in a text as an editor shows it: line and column, both from 1.
public struct TextPosition: Hashable, Sendable, CustomStringConvertible {
    /// The line; a line ends with LF, CR, or both.
    public let line: Int
    /// The characters (Unicode scalars) before the place on its line, and one.
    public let column: Int

    /// The place of a byte.
    ///
    /// - Parameters:
    ///   - offset: The byte, from 0; one behind the text is its end.
    ///   - text: The text in UTF-8; a byte order mark in front is no character.
    public init(offset: Int, in text: ArraySlice<UInt8>) {
        var line = 1
        var column = 1
        var previous: UInt8 = 0
        let mark = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        for byte in text.prefix(offset).dropFirst(mark) {
            switch byte {
            case 0x0A where previous == 0x0D: break
            case 0x0A, 0x0D: (line, column) = (line + 1, 1)
            // What goes on with a character begins none.
            case 0x80...0xBF: break
            default: column += 1
            }
            previous = byte
        }
        self.line = line
        self.column = column
    }

    /// Such as `line 3, column 14`.
    public var description: String { "line \(line), column \(column)" }
}
