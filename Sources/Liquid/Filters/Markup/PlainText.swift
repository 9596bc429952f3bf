// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What a reader sees of HTML: no tags, blocks apart, characters instead of their references.
struct PlainText {
    private let bytes: [UInt8]
    private var result: [UInt8] = []
    private var position = 0
    /// Whether a block began or ended since the last text.
    private var isApart = false
    /// What is known not to stand in the rest, so that it is searched for once.
    private var missing: Set<[UInt8]> = []

    /// Elements that begin a line or a cell of their own (HTML, "Rendering", flow content and tables).
    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
        "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
        "tr", "ul",
    ]
    /// Elements of which nothing is shown.
    private static let hidden: Set<String> = ["script", "style", "head", "template", "noscript"]

    private init(_ html: String) {
        bytes = Array(html.utf8)
    }

    /// The text of a piece of HTML; a `<` that begins no tag stays, a no-break space is a space.
    static func of(_ html: String) -> String {
        var reader = PlainText(html)
        reader.read()
        return CharacterReferences.decode(String(decoding: reader.result, as: UTF8.self)).replacing("\u{A0}", with: " ")
    }

    private mutating func read() {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "<"), let end = markupEnd() {
                position = end
            } else {
                append(bytes[position])
                position += 1
            }
        }
    }

    private mutating func append(_ byte: UInt8) {
        if isApart, !SourceText.isSpace(byte) {
            if let last = result.last, !SourceText.isSpace(last) { result.append(UInt8(ascii: " ")) }
            isApart = false
        }
        result.append(byte)
    }

    /// Where the markup ends that begins at the current `<`; `nil` where none does.
    private mutating func markupEnd() -> Int? {
        let rest = bytes[(position + 1)...]
        if rest.starts(with: "!--".utf8) { return find("-->", from: position + 4) }
        let isEnd = rest.first == UInt8(ascii: "/")
        let name = String(decoding: rest.dropFirst(isEnd ? 1 : 0).prefix { SourceText.isWord($0) }, as: UTF8.self)
        guard let first = rest.first, isEnd || first == UInt8(ascii: "!") || first == UInt8(ascii: "?") || isName(name)
        else { return nil }
        guard let end = tagEnd() else { return nil }
        let element = name.lowercased()
        if Self.blocks.contains(element) { isApart = true }
        guard !isEnd, Self.hidden.contains(element), let close = find("</" + element, from: end) else { return end }
        return find(">", from: close) ?? close
    }

    private func isName(_ name: String) -> Bool {
        name.utf8.first.map { !SourceText.isDigit($0) && $0 != UInt8(ascii: "_") } ?? false
    }

    /// After the tag's `>`; one inside an attribute's quotes, not too far away, does not count.
    private mutating func tagEnd() -> Int? {
        guard !missing.contains([UInt8(ascii: ">")]) else { return nil }
        var quote: UInt8?
        var index = position + 1
        let limit = min(bytes.count, position + 2_048)
        while index < limit {
            let byte = bytes[index]
            if quote == nil, byte == UInt8(ascii: ">") { return index + 1 }
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"),
                bytes[index - 1] == UInt8(ascii: "=")
            {
                quote = byte
            }
            index += 1
        }
        return find(">", from: position + 1)
    }

    /// After the next place of a text, small and capital letters alike.
    private mutating func find(_ text: String, from start: Int) -> Int? {
        let wanted = Array(text.utf8)
        guard !missing.contains(wanted), let lead = wanted.first else { return nil }
        var index = start
        while index + wanted.count <= bytes.count {
            if bytes[index] == lead, zip(wanted, bytes[index...]).allSatisfy({ $0 == Self.small($1) }) {
                return index + wanted.count
            }
            index += 1
        }
        missing.insert(wanted)
        return nil
    }

    private static func small(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
