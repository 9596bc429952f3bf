// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Rows in columns, for a terminal; each row is one line, whatever is in its cells.
package enum TextTable {
    /// Lays rows out under their titles.
    ///
    /// - Parameters:
    ///   - titles: One a column.
    ///   - rows: Each with as many cells as there are titles.
    /// - Returns: Lines that each end in a line break; the last column is not padded.
    package static func render(titles: [String], rows: [[String]]) -> String {
        let all = [titles] + rows.map { $0.map(VisibleText.line) }
        let widths = titles.indices.map { column in all.map { width($0[column]) }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - width(cell))
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }

    /// The columns that a text takes: wide characters two, combining ones none.
    static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + ($1.unicodeScalars.first.map(isWide) == true ? 2 : 1) }
    }

    /// East Asian wide characters and emoji, near enough for a table.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
