// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A table as spreadsheets write it: RFC 4180, with commas, semicolons or tabs, whichever stands in its first line.
///
/// Each field knows where it stood. Empty lines are left out.
struct CSVRows {
    /// A field, and where it began.
    struct Field: Hashable {
        var text: String
        let line: Int
        let column: Int
    }

    /// A quote where none may be.
    struct Mistake: Error, Hashable {
        let line: Int
        let column: Int
        let reason: String
    }

    /// The rows, each with at least one field.
    private(set) var rows: [[Field]] = []

    private let separator: Unicode.Scalar
    private var (line, column) = (1, 1)
    private var row: [Field] = []

    /// Reads a whole table.
    ///
    /// - Parameter text: The table; it may begin with a byte order mark.
    /// - Throws: Where a quoted field does not end, or goes on behind its end.
    init(_ text: String) throws(Mistake) {
        var rest = text.unicodeScalars[...]
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
        let head = rest.prefix { $0 != "\n" }
        separator = ["\t", ";"].first { separator in head.contains(separator) && !head.contains(",") } ?? ","
        while !rest.isEmpty { try readField(&rest) }
        endRow()
    }

    /// Reads one field with what ends it.
    private mutating func readField(_ rest: inout Substring.UnicodeScalarView) throws(Mistake) {
        var field = Field(text: "", line: line, column: column)
        if rest.first == "\"" {
            take(&rest)
            try readQuoted(&field, &rest)
        } else {
            while let next = rest.first, next != separator, next != "\n", next != "\r" {
                field.text.unicodeScalars.append(next)
                take(&rest)
            }
        }
        row.append(field)
        while rest.first == "\r" { take(&rest) }
        guard let end = rest.first else { return }
        guard end == separator || end == "\n" else {
            throw Mistake(line: line, column: column, reason: "a quoted field goes on behind its closing quote")
        }
        take(&rest)
        if end == "\n" { endRow() } else if rest.isEmpty { row.append(Field(text: "", line: line, column: column)) }
    }

    private mutating func readQuoted(_ field: inout Field, _ rest: inout Substring.UnicodeScalarView) throws(Mistake) {
        while let next = rest.first {
            take(&rest)
            guard next == "\"" else {
                field.text.unicodeScalars.append(next)
                continue
            }
            guard rest.first == "\"" else { return }
            field.text.unicodeScalars.append(next)
            take(&rest)
        }
        throw Mistake(line: field.line, column: field.column, reason: "a quoted field does not end")
    }

    private mutating func take(_ rest: inout Substring.UnicodeScalarView) {
        let scalar = rest.removeFirst()
        (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }

    private mutating func endRow() {
        if row.contains(where: { !$0.text.isEmpty }) { rows.append(row) }
        row = []
    }

    /// Whether a spreadsheet would compute a text; a phone number stays what it is.
    private static func isComputed(_ text: some StringProtocol) -> Bool {
        switch text.first {
        case "=", "-", "@", "\t": true
        case "+": !text.dropFirst().allSatisfy { ("0"..."9").contains($0) }
        default: false
        }
    }

    /// A field as it was before ``line(_:)``.
    static func plain(_ field: String) -> String {
        field.first == "'" && isComputed(field.dropFirst()) ? String(field.dropFirst()) : field
    }

    /// A row as text, each field quoted where it has to be; what a spreadsheet would compute stays text.
    static func line(_ fields: [String]) -> String {
        fields.map { field in
            let text = isComputed(field) ? "'\(field)" : field
            guard text.contains(where: { ",;\"\t".contains($0) || $0.isNewline }) else { return text }
            return "\"\(text.replacing("\"", with: "\"\""))\""
        }.joined(separator: ",") + "\n"
    }
}
