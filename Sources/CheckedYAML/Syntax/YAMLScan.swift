// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What the lines of a YAML text tell before it is parsed: the mistakes after which libyaml cannot go on, and the
/// texts that would cost it more than a rule file may.
struct YAMLScan {
    /// As many anchors and aliases are not even parsed: ten of them, ten uses each, are ten billion values.
    static let maxAliases = 16
    /// Stands in for a value that was reported; in Unicode's private use area, so that nobody types it.
    static let placeholder = "\u{F0E5}\u{F0E6}"

    /// The lines as they are.
    let lines: [[Unicode.Scalar]]
    private let path: String
    /// Tabs in the indentation.
    private(set) var tabs: [SourceLocation] = []
    /// Values that begin with `{{`.
    private(set) var unquotedBraces: [SourceLocation] = []
    /// What looks like `&name` or `*name` in the place of a value.
    private(set) var aliases: [SourceLocation] = []

    init(_ source: SourceText) {
        lines = source.lines
        path = source.path
        var block: Int?
        for (index, line) in lines.enumerated() where !line.isEmpty {
            let indentation = line.prefix { $0 == " " }.count
            if let parent = block {
                if line.allSatisfy({ $0 == " " || $0 == "\t" }) || indentation > parent { continue }
                block = nil
            }
            scan(line, number: index + 1)
            block = Self.blockScalarParent(line)
        }
    }

    /// The lines with every reported mistake replaced by something that parses, in the same columns.
    var linesWithoutMistakes: [[Unicode.Scalar]] {
        var lines = self.lines
        for tab in tabs { lines[tab.line - 1][tab.column - 1] = " " }
        for place in unquotedBraces {
            Self.replaceValue(of: &lines[place.line - 1], from: place.column - 1)
        }
        return lines
    }

    /// The place of a character by its number in the text.
    func location(ofCharacter offset: Int) -> SourceLocation {
        var rest = offset
        for (index, line) in lines.enumerated() {
            let count = String(String.UnicodeScalarView(line)).count + 1
            if rest < count { return SourceLocation(file: path, line: index + 1, column: rest + 1) }
            rest -= count
        }
        return SourceLocation(file: path, line: max(1, lines.count), column: 1)
    }
}

extension YAMLScan {
    /// Looks through one line that is not inside a block scalar.
    private mutating func scan(_ line: [Unicode.Scalar], number: Int) {
        if let tab = line.prefix(while: { $0 == " " || $0 == "\t" }).firstIndex(of: "\t"),
            line.contains(where: { $0 != " " && $0 != "\t" })
        {
            tabs.append(SourceLocation(file: path, line: number, column: tab + 1))
        }
        var walker = LineWalker(line)
        while let token = walker.next() {
            let place = SourceLocation(file: path, line: number, column: token.column)
            switch token.kind {
            case .braces: unquotedBraces.append(place)
            case .alias: aliases.append(place)
            }
        }
    }

    /// The column of the key whose value is a block scalar that begins after this line.
    private static func blockScalarParent(_ line: [Unicode.Scalar]) -> Int? {
        guard mayHaveBlockHeader(line) else { return nil }
        var text = String(String.UnicodeScalarView(line))
        if let comment = text.firstRange(of: " #") { text = String(text[..<comment.lowerBound]) }
        let words = text.split(separator: " ")
        guard let last = words.last, let mark = last.first, mark == "|" || mark == ">" else { return nil }
        guard last.dropFirst().allSatisfy({ "+-123456789".contains($0) }), last.count <= 3 else { return nil }
        guard words.count > 1, let before = words.dropLast().last, before.hasSuffix(":") || before == "-" else {
            return nil
        }
        var column = 0
        while column < line.count, line[column] == " " { column += 1 }
        while before != "-", column + 1 < line.count, line[column] == "-", line[column + 1] == " " {
            column += 1
            while column < line.count, line[column] == " " { column += 1 }
        }
        return column
    }

    /// Whether a `|` or `>` follows a colon or dash: the bar of a Liquid filter does not, so that few lines are read.
    private static func mayHaveBlockHeader(_ line: [Unicode.Scalar]) -> Bool {
        var last: Unicode.Scalar = " "
        for scalar in line where scalar != " " {
            if scalar == "|" || scalar == ">", last == ":" || last == "-" { return true }
            last = scalar
        }
        return false
    }

    /// Puts a quoted placeholder of the same width where an unquoted `{{ … }}` stands.
    private static func replaceValue(of line: inout [Unicode.Scalar], from start: Int) {
        let isInFlow = line[..<start].contains { $0 == "[" || $0 == "{" }
        var end = line.count
        if isInFlow,
            let close = (start..<max(start, line.count - 1)).first(where: { line[$0] == "}" && line[$0 + 1] == "}" })
        {
            end = close + 2
        }
        guard end - start >= 4 else { return }
        let stand = Array(placeholder.unicodeScalars)
        for column in start..<end { line[column] = stand[(column - start + 1) % 2] }
        line[start] = "\""
        line[end - 1] = "\""
    }
}
