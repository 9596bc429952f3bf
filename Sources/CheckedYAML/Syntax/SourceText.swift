// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Yams

/// The text of one file, by lines.
package struct SourceText: Sendable {
    /// The largest file that is read, in bytes: far beyond any set of rules that a person wrote.
    package static let maxBytes = 1 << 20

    /// The path that diagnostics name.
    package let path: String
    /// The whole text, without a byte order mark.
    package let text: String
    /// The lines without their ends; a line's columns are its Unicode scalars.
    package let lines: [[Unicode.Scalar]]

    /// Takes a file's bytes.
    ///
    /// - Parameters:
    ///   - path: The path that diagnostics name.
    ///   - bytes: The file's content.
    /// - Throws: A diagnostic when the bytes are too many or no UTF-8.
    package init(path: String, bytes: [UInt8]) throws(Diagnostic) {
        guard bytes.count <= Self.maxBytes else {
            let found = "found a file of \(bytes.count) bytes; expected at most \(Self.maxBytes): split it into several"
            throw Diagnostic(.fileTooLarge, at: SourceLocation(file: path, line: 1, column: 1), found)
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard let text = String(validating: bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
        else { throw Self.notUTF8(path: path, bytes: bytes) }
        self.init(path: path, text: text)
    }

    /// Takes a text that is known to be one.
    ///
    /// - Parameters:
    ///   - path: The path that diagnostics name.
    ///   - text: The content.
    package init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = Self.split(text)
    }

    /// A place in this text.
    package func location(line: Int, column: Int) -> SourceLocation {
        SourceLocation(file: path, line: line, column: column)
    }

    /// A line as text; empty beyond the end.
    package func line(_ number: Int) -> String {
        guard lines.indices.contains(number - 1) else { return "" }
        return String(String.UnicodeScalarView(lines[number - 1]))
    }

    /// The letter at a place; `nil` beyond the end.
    func letter(at place: SourceLocation) -> Unicode.Scalar? {
        guard lines.indices.contains(place.line - 1) else { return nil }
        let line = lines[place.line - 1]
        return line.indices.contains(place.column - 1) ? line[place.column - 1] : nil
    }

    private static func split(_ text: String) -> [[Unicode.Scalar]] {
        var lines: [[Unicode.Scalar]] = [[]]
        for scalar in text.unicodeScalars {
            if scalar == "\n" {
                if lines[lines.count - 1].last == "\r" { lines[lines.count - 1].removeLast() }
                lines.append([])
            } else {
                lines[lines.count - 1].append(scalar)
            }
        }
        return lines
    }

    /// The diagnostic at the first byte that no UTF-8 text has there.
    private static func notUTF8(path: String, bytes: [UInt8]) -> Diagnostic {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var line = 1
        var column = 1
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            line += scalar == "\n" ? 1 : 0
            column = scalar == "\n" ? 1 : column + 1
        }
        return Diagnostic(
            .notUTF8,
            at: SourceLocation(file: path, line: line, column: column),
            "found bytes that are not UTF-8; expected a file saved as UTF-8"
        )
    }
}

/// A place in a file that a user wrote.
package struct SourceLocation: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The file's path as the user would name it.
    package let file: String
    /// The line, from 1.
    package let line: Int
    /// The column in Unicode scalars, from 1.
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// The compiler's way to write a place: `rules/shop.yaml:12:9`.
    package var description: String { "\(file):\(line):\(column)" }

    package static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// A YAML text in which the first letter of some keys is replaced by one that nobody types.
///
/// Yams ends at the first repeated key of a mapping and tells the place of its first use alone. With that use masked
/// it goes on to the next, and the reader, which puts the letters back, finds all repetitions with their places.
struct MaskedText {
    private var lines: [[Unicode.Scalar]]
    private var masks: [Mask] = []

    private struct Mask {
        let line: Int
        let column: Int
        let stand: Unicode.Scalar
        let letter: Unicode.Scalar
    }

    init(_ lines: [[Unicode.Scalar]]) {
        self.lines = lines
    }

    /// The text as Yams is to see it.
    var yaml: String {
        var text = String.UnicodeScalarView()
        for line in lines {
            // One by one: `append(contentsOf:)` copies all that is there already.
            for scalar in line { text.append(scalar) }
            text.append("\n")
        }
        return String(text)
    }

    /// Masks the key at a place.
    ///
    /// - Parameter mark: Where the key begins.
    /// - Returns: Whether there is a letter to mask.
    mutating func mask(_ mark: Mark) -> Bool {
        let line = mark.line - 1
        var column = mark.column - 1
        guard lines.indices.contains(line), lines[line].indices.contains(column) else { return false }
        if lines[line][column] == "\"" || lines[line][column] == "'" { column += 1 }
        guard lines[line].indices.contains(column),
            lines[line][column].properties.isAlphabetic || lines[line][column].properties.numericType != nil,
            let stand = Unicode.Scalar(0xE100 + UInt32(masks.count))
        else { return false }
        masks.append(Mask(line: mark.line, column: mark.column, stand: stand, letter: lines[line][column]))
        lines[line][column] = stand
        return true
    }

    /// A key with its own first letter.
    ///
    /// - Parameters:
    ///   - key: The key as Yams read it.
    ///   - location: Where it begins.
    /// - Returns: The key as it was written.
    func unmask(_ key: String, at location: SourceLocation) -> String {
        guard let mask = masks.first(where: { $0.line == location.line && $0.column == location.column }) else {
            return key
        }
        var scalars = key.unicodeScalars
        guard scalars.first == mask.stand else { return key }
        scalars.removeFirst()
        return String(mask.letter) + String(scalars)
    }
}
