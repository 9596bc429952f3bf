// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Yams

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
