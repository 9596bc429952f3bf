// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Cuts a template's source into tokens, as the reference implementation does.
///
/// The first closing delimiter ends an output or a tag, inside quotes too. Bodies of `raw`, `comment` and `doc` are not
/// looked into.
struct TemplateScanner {
    private let source: SourceText
    private var tokens: [TemplateToken] = []
    private var position = 0
    /// Whether the token before ended in `-%}` or `-}}`.
    private var trimsNext = false

    init(_ source: SourceText) {
        self.source = source
    }

    /// Scans the whole source.
    ///
    /// - Returns: The tokens in their order; neither comments nor empty texts are among them.
    /// - Throws: ``LiquidError`` where something has no end.
    mutating func scan() throws(LiquidError) -> [TemplateToken] {
        while position < source.bytes.count {
            let opening = nextOpening(from: position)
            let isTrimming = opening < source.bytes.count && source.byte(opening + 2) == UInt8(ascii: "-")
            addText(position..<opening, trimsEnd: isTrimming)
            guard opening < source.bytes.count else { break }
            if source.byte(opening + 1) == UInt8(ascii: "%") { try scanTag(opening) } else { try scanOutput(opening) }
        }
        return tokens
    }

    private func nextOpening(from start: Int) -> Int {
        var index = start
        while index + 1 < source.bytes.count {
            if source.bytes[index] == UInt8(ascii: "{") {
                let next = source.bytes[index + 1]
                if next == UInt8(ascii: "{") || next == UInt8(ascii: "%") { return index }
            }
            index += 1
        }
        return source.bytes.count
    }

    private mutating func addText(_ range: Range<Int>, trimsEnd: Bool, isRaw: Bool = false) {
        var range = range
        if trimsNext, !isRaw { range = source.trimmingStart(range) }
        if trimsEnd { range = source.trimmingEnd(range) }
        if !range.isEmpty { tokens.append(.text(range)) }
        if !isRaw { trimsNext = false }
    }

    private mutating func scanOutput(_ opening: Int) throws(LiquidError) {
        guard let end = source.find("}}", from: opening + 2) else {
            throw source.error("this output has no closing '}}'", at: opening)
        }
        tokens.append(.output(inside(opening, end)))
        position = end + 2
    }

    private mutating func scanTag(_ opening: Int) throws(LiquidError) {
        let end = try tagEnd(opening)
        let (name, markup) = source.splitTag(inside(opening, end))
        position = end + 2
        switch source.text(name) {
        case "raw":
            let close = try skipBody("raw", opening: opening)
            if !close.body.isEmpty { tokens.append(.text(close.body)) }
        case "comment": try skipComment(opening)
        case "doc":
            guard markup.isEmpty else {
                throw source.error("nothing may follow 'doc' in its tag", at: markup.lowerBound)
            }
            let close = try skipBody("doc", opening: opening)
            if let nested = source.find("{% doc", from: close.body.lowerBound), nested < close.body.upperBound {
                throw source.error("'doc' cannot stand inside another 'doc'", at: nested)
            }
        default: tokens.append(.tag(name: name, markup: markup))
        }
    }

    private func tagEnd(_ opening: Int) throws(LiquidError) -> Int {
        guard let end = source.find("%}", from: opening + 2) else {
            throw source.error("this tag has no closing '%}'", at: opening)
        }
        return end
    }

    /// What stands between the delimiters, without the hyphens of white space control; remembers the second one.
    private mutating func inside(_ opening: Int, _ end: Int) -> Range<Int> {
        var start = opening + 2
        var end = end
        if start < end, source.bytes[start] == UInt8(ascii: "-") { start += 1 }
        trimsNext = end > opening + 2 && source.bytes[end - 1] == UInt8(ascii: "-")
        if trimsNext, end > start { end -= 1 }
        return start..<end
    }

    /// Passes over a body that is not looked into.
    private mutating func skipBody(_ name: String, opening: Int) throws(LiquidError) -> (body: Range<Int>, end: Int) {
        let start = position
        var search = start
        while let next = source.find("{%", from: search) {
            guard let end = source.find("%}", from: next + 2) else { break }
            let saved = trimsNext
            let open = lastOpening(before: end, from: next)
            let content = inside(open, end)
            if source.text(source.splitTag(content).name) == "end" + name {
                position = end + 2
                return (start..<open, position)
            }
            trimsNext = saved
            search = end + 2
        }
        throw source.error("'\(name)' has no 'end\(name)'", at: opening)
    }

    /// The last `{%` before a `%}`: what was opened before it and not closed is text of the body.
    private func lastOpening(before end: Int, from start: Int) -> Int {
        var index = end - 2
        while index > start, source.bytes[index] != UInt8(ascii: "{") || source.bytes[index + 1] != UInt8(ascii: "%") {
            index -= 1
        }
        return index > start ? index : start
    }

    /// Passes over a comment with the comments and raw bodies in it.
    private mutating func skipComment(_ opening: Int) throws(LiquidError) {
        var depth = 1
        while depth > 0, let next = source.find("{%", from: position), let end = source.find("%}", from: next + 2) {
            let name = source.text(source.splitTag(inside(next, end)).name)
            position = end + 2
            switch name {
            case "comment": depth += 1
            case "endcomment": depth -= 1
            case "raw": _ = try skipBody("raw", opening: next)
            default: break
            }
        }
        guard depth == 0 else { throw source.error("'comment' has no 'endcomment'", at: opening) }
    }
}

/// A piece of a template, by its bytes in the source.
enum TemplateToken: Sendable {
    /// Text, white space control applied.
    case text(Range<Int>)
    /// What stands inside `{{ … }}`.
    case output(Range<Int>)
    /// A tag's name and what follows it.
    case tag(name: Range<Int>, markup: Range<Int>)
}
