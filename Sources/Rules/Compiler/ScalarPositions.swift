// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML

/// Finds where in the file a letter of a scalar's text stands.
///
/// Quotes, escapes, folded lines and the indentation of block scalars make the two differ; a mistake inside Liquid
/// has to be shown where its writer sees it.
struct ScalarPositions: Sendable {
    private let source: SourceText
    private let location: SourceLocation
    private let scalar: YAMLScalar

    init(_ scalar: YAMLScalar, at location: SourceLocation, in source: SourceText) {
        self.scalar = scalar
        self.location = location
        self.source = source
    }

    /// The place of a letter.
    ///
    /// - Parameters:
    ///   - line: The line in the scalar's text, from 1; 0 for the scalar as a whole.
    ///   - column: The letter in that line, from 1.
    /// - Returns: Its place in the file; the scalar's beginning when it cannot be told.
    func location(line: Int, column: Int) -> SourceLocation {
        guard line > 0 else { return location }
        let lines = scalar.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return location }
        let before = lines[..<(line - 1)].reduce(0) { $0 + $1.unicodeScalars.count + 1 }
        let inLine = lines[line - 1].prefix(max(0, column - 1)).unicodeScalars.count
        return place(ofScalar: before + inLine) ?? location
    }

    private func place(ofScalar offset: Int) -> SourceLocation? {
        var walk: any ScalarWalk =
            switch scalar.style {
            case .literal, .folded: BlockWalk(source.lines, header: location, isFolded: scalar.style == .folded)
            default: FlowWalk(source.lines, at: location, scalar.style)
            }
        var place: (line: Int, column: Int)?
        for _ in 0...offset { place = walk.next() ?? place }
        return place.map { source.location(line: $0.line, column: $0.column) }
    }
}

/// Walks over a scalar in the file, one step for each letter of its text.
private protocol ScalarWalk {
    mutating func next() -> (line: Int, column: Int)?
}

/// The walk over a plain or quoted scalar.
private struct FlowWalk: ScalarWalk {
    private let lines: [[Unicode.Scalar]]
    private let style: YAMLScalar.Style
    private var line: Int
    private var column: Int
    /// Line breaks of a fold that are still to be given out.
    private var pending = 0

    init(_ lines: [[Unicode.Scalar]], at start: SourceLocation, _ style: YAMLScalar.Style) {
        self.lines = lines
        self.style = style
        line = start.line - 1
        column = start.column - 1
        let isQuote =
            lines.indices.contains(line) && lines[line].indices.contains(column)
            && "\"'".unicodeScalars.contains(lines[line][column])
        if style != .plain, isQuote { column += 1 }
    }

    mutating func next() -> (line: Int, column: Int)? {
        guard lines.indices.contains(line) else { return nil }
        let here = (line: line + 1, column: column + 1)
        if pending > 0 {
            pending -= 1
            return here
        }
        let rest = lines[line].dropFirst(column)
        if rest.allSatisfy({ $0 == " " || $0 == "\t" }) { return fold() ? here : nil }
        column += width(of: rest)
        return here
    }

    /// Columns of the letter that a piece of text begins with.
    private func width(of rest: ArraySlice<Unicode.Scalar>) -> Int {
        guard let first = rest.first else { return 1 }
        let second = rest.dropFirst().first
        if style == .singleQuoted, first == "'", second == "'" { return 2 }
        guard style == .doubleQuoted, first == "\\", let second else { return 1 }
        switch second {
        case "x": return 4
        case "u": return 6
        case "U": return 10
        default: return 2
        }
    }

    private mutating func fold() -> Bool {
        var breaks = 0
        repeat {
            line += 1
            breaks += 1
        } while lines.indices.contains(line) && lines[line].allSatisfy { $0 == " " || $0 == "\t" }
        guard lines.indices.contains(line) else { return false }
        column = lines[line].prefix { $0 == " " || $0 == "\t" }.count
        pending = max(0, breaks - 2)
        return true
    }
}

/// The walk over a literal or folded block scalar.
private struct BlockWalk: ScalarWalk {
    private let lines: [[Unicode.Scalar]]
    private let isFolded: Bool
    private let indentation: Int
    private var line: Int
    private var column: Int

    init(_ lines: [[Unicode.Scalar]], header: SourceLocation, isFolded: Bool) {
        self.lines = lines
        self.isFolded = isFolded
        line = header.line
        let first = lines.dropFirst(header.line).first { !$0.allSatisfy { $0 == " " } } ?? []
        indentation = first.prefix { $0 == " " }.count
        column = indentation
    }

    mutating func next() -> (line: Int, column: Int)? {
        guard lines.indices.contains(line) else { return nil }
        let here = (line: line + 1, column: column + 1)
        if column < lines[line].count {
            column += 1
            return here
        }
        let wasText = lines[line].count > indentation
        line += 1
        column = indentation
        // In a folded scalar the first of several line breaks after a text is not part of the text.
        if isFolded, wasText, lines.indices.contains(line), lines[line].count <= indentation {
            line += 1
        }
        return here
    }
}
