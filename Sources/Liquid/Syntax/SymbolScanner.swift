// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Reads symbols from a piece of a template, with one symbol of look-ahead.
struct SymbolScanner {
    let source: SourceText
    /// The symbol that comes next, and its first byte.
    private(set) var next: Symbol = .end
    private(set) var nextOffset = 0
    /// Where the last taken symbol ended.
    private(set) var lastEnd: Int
    private var position: Int
    private let end: Int

    init(_ source: SourceText, _ range: Range<Int>) throws(LiquidError) {
        self.source = source
        position = range.lowerBound
        lastEnd = range.lowerBound
        end = range.upperBound
        next = try read()
    }

    /// Whether nothing is left.
    var isAtEnd: Bool { next == .end }

    mutating func take() throws(LiquidError) -> Symbol {
        let taken = next
        lastEnd = position
        next = try read()
        return taken
    }

    mutating func take(mark: String) throws(LiquidError) -> Bool {
        guard next == .mark(mark) else { return false }
        _ = try take()
        return true
    }

    mutating func take(word: String) throws(LiquidError) -> Bool {
        guard next == .word(word) else { return false }
        _ = try take()
        return true
    }

    /// What is left from a byte on, as it is written.
    func rest(from offset: Int) -> String { source.text(min(offset, end)..<end) }

    mutating func expect(mark: String, _ purpose: String) throws(LiquidError) {
        guard try take(mark: mark) else { throw unexpected("'\(mark)' \(purpose)") }
    }

    func expectEnd(_ expected: String) throws(LiquidError) {
        guard isAtEnd else { throw unexpected(expected) }
    }

    /// The error for a symbol that cannot stand here; `expected` says what can.
    func unexpected(_ expected: String) -> LiquidError {
        let found = foreign.map { "found '\($0.text)'; \($0.advice)" }
        return source.error(found ?? "found \(next.description); expected \(expected)", at: nextOffset)
    }

    /// What comes next, where it is another language's operator.
    private var foreign: (text: String, advice: String)? {
        switch next {
        case .word(let word): ForeignSyntax.advice(word: word).map { (word, $0) }
        case .mark(let mark):
            ForeignSyntax.sign(at: source.bytes[foreignStart..<end]).flatMap {
                $0.text.utf8.count > mark.utf8.count || mark == "=" ? $0 : nil
            }
        default: nil
        }
    }

    /// Where the run of punctuation begins that the next symbol ends: `===` is read as `==` and `=`, `||` as two bars.
    private var foreignStart: Int {
        var start = nextOffset
        while start > 0, start > lastEnd - 2, "=|!<>".utf8.contains(source.bytes[start - 1]) { start -= 1 }
        return start
    }

    private mutating func read() throws(LiquidError) -> Symbol {
        while position < end, SourceText.isSpace(source.bytes[position]) { position += 1 }
        nextOffset = position
        guard position < end else { return .end }
        let byte = source.bytes[position]
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { return try readString(byte) }
        if SourceText.isDigit(byte)
            || (byte == UInt8(ascii: "-") && position + 1 < end && SourceText.isDigit(source.byte(position + 1)))
        {
            return readNumber()
        }
        if SourceText.isWord(byte) { return readWord() }
        return try readMark(byte)
    }

    private mutating func readString(_ quote: UInt8) throws(LiquidError) -> Symbol {
        guard let close = source.bytes[(position + 1)..<end].firstIndex(of: quote) else {
            throw source.error("this string has no closing quote", at: position)
        }
        defer { position = close + 1 }
        return .string(source.text(position + 1..<close))
    }

    private mutating func readNumber() -> Symbol {
        let start = position
        position += 1
        skipDigits()
        if position + 1 < end, source.bytes[position] == UInt8(ascii: "."),
            SourceText.isDigit(source.bytes[position + 1])
        {
            position += 1
            skipDigits()
        }
        return .number(source.text(start..<position))
    }

    private mutating func skipDigits() {
        while position < end, SourceText.isDigit(source.bytes[position]) { position += 1 }
    }

    private mutating func readWord() -> Symbol {
        let start = position
        while position < end, SourceText.isWord(source.bytes[position]) || source.bytes[position] == UInt8(ascii: "-") {
            position += 1
        }
        if position < end, source.bytes[position] == UInt8(ascii: "?") { position += 1 }
        return .word(source.text(start..<position))
    }

    private mutating func readMark(_ byte: UInt8) throws(LiquidError) -> Symbol {
        let pair = source.text(position..<min(position + 2, end))
        if ["==", "!=", "<>", "<=", ">=", ".."].contains(pair) {
            position += 2
            return .mark(pair)
        }
        guard "|.:,[]()<>=".utf8.contains(byte), pair != "=~" else { throw unexpectedCharacter() }
        position += 1
        return .mark(String(Unicode.Scalar(byte)))
    }

    private func unexpectedCharacter() -> LiquidError {
        let rest = String(decoding: source.bytes[position..<end], as: UTF8.self)
        let character = rest.first ?? " "
        if let disguise = character.disguise { return source.error("found \(disguise)", at: position) }
        if character == "{" {
            return source.error("found a third '{'; expected two, as in {{ name }}", at: position)
        }
        if let sign = ForeignSyntax.sign(at: source.bytes[position..<end]) {
            return source.error("found '\(sign.text)'; \(sign.advice)", at: position)
        }
        let hint = character.utf8.count > 1 ? "; a name with such characters is written ['…']" : ""
        return source.error("unexpected character '\(character)'\(hint)", at: position)
    }
}

extension SymbolScanner {
    /// A value right after a filter's name, as it is written; a colon belongs between them.
    var argumentWithoutColon: String? {
        switch next {
        case .string(let text): text.contains("'") ? "\"\(text)\"" : "'\(text)'"
        case .number(let text): text
        case .word(let name)
        where ForeignSyntax.advice(word: name) == nil && ForeignSyntax.advice(outputWord: name) == nil:
            name
        default: nil
        }
    }
}

/// The smallest piece of what stands inside `{{ … }}` and `{% … %}`.
enum Symbol: Hashable, Sendable {
    /// A name or a keyword.
    case word(String)
    /// A number as it is written.
    case number(String)
    /// What stands between quotes.
    case string(String)
    /// Punctuation and operators, as they are written.
    case mark(String)
    /// The end of the markup.
    case end

    /// The symbol as an error message names it.
    var description: String {
        switch self {
        case .word(let text), .number(let text), .mark(let text): "'\(text)'"
        case .string(let text): "the string '\(text)'"
        case .end: "the end"
        }
    }
}
