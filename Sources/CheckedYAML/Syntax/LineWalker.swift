// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Walks over one line of YAML and tells what stands where a value may begin, without what is inside quotes.
struct LineWalker {
    /// Something of interest in a line.
    struct Token {
        enum Kind {
            /// `{{` where a value begins.
            case braces
            /// `&name` or `*name` where a value begins.
            case alias
        }

        let kind: Kind
        /// From 1.
        let column: Int
    }

    private let line: [Unicode.Scalar]
    private var position = 0
    /// Whether a value may begin here.
    private var isStart = true
    /// Whether the walk is inside the name of an anchor, after which a value may begin again.
    private var isAnchor = false
    private var flowDepth = 0

    init(_ line: [Unicode.Scalar]) {
        self.line = line
    }

    /// The next token; `nil` at the end of the line or at its comment.
    mutating func next() -> Token? {
        while position < line.count {
            let letter = line[position]
            if letter == "#", position == 0 || line[position - 1] == " " { return nil }
            if isStart, letter == "\"" || letter == "'" {
                skipQuoted(letter)
                continue
            }
            let token = token(letter)
            advance(over: letter, by: token?.kind == .braces ? 2 : 1)
            if let token { return token }
        }
        return nil
    }

    private func token(_ letter: Unicode.Scalar) -> Token? {
        let following: Unicode.Scalar? = position + 1 < line.count ? line[position + 1] : nil
        let column = position + 1
        if isStart, letter == "{", following == "{" { return Token(kind: .braces, column: column) }
        if isStart, letter == "&" || letter == "*", following?.properties.isAlphabetic == true {
            return Token(kind: .alias, column: column)
        }
        return nil
    }

    private mutating func advance(over letter: Unicode.Scalar, by count: Int) {
        let following: Unicode.Scalar? = position + 1 < line.count ? line[position + 1] : nil
        switch letter {
        case " ", "\t":
            isStart = isStart || isAnchor
            isAnchor = false
        case "&" where isStart:
            isAnchor = true
            isStart = false
        case "[", "{":
            if isStart || flowDepth > 0 { flowDepth += 1 }
            isStart = isStart || flowDepth > 0
        case "]", "}": flowDepth = max(0, flowDepth - 1)
        case ",": isStart = flowDepth > 0
        case ":", "-", "?": isStart = (isStart || letter == ":") && (following == " " || following == nil)
        default: isStart = false
        }
        if count == 2 {
            flowDepth = max(0, flowDepth - 1)
            isStart = false
        }
        position += count
    }

    private mutating func skipQuoted(_ quote: Unicode.Scalar) {
        position += 1
        while position < line.count {
            let letter = line[position]
            position += letter == "\\" && quote == "\"" ? 2 : 1
            if letter == quote { break }
        }
        isStart = false
    }
}
