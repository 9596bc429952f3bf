// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension LiquidEnvironment {
    /// Filters for HTML and URLs.
    mutating func registerMarkup() {
        for name in ["escape", "h"] {
            register(name, arguments: 0...0, readsText: true) { input, _, _ in
                input.isNil ? .nil : .string(HTML.escape(input.filterText, once: false))
            }
        }
        text("escape_once") { HTML.escape($0, once: true) }
        register("strip_html", arguments: 0...0, readsText: true) { input, _, context in
            .string(context.isStrict ? PlainText.of(input.filterText) : HTML.strip(input.filterText))
        }
        text("html_decode") { CharacterReferences.decode($0) }
        text("newline_to_br") { text in
            let breaks = text.replacing("\r\n", with: "\n")
            return breaks.replacing("\n", with: "<br />\n")
        }
        text("strip_newlines") { $0.replacing("\r\n", with: "").replacing("\n", with: "") }
        text("url_escape") { PercentEncoding.encode($0, keeping: "-._~/!$&'()*+,;=:@?#[]") }
        text("url_param_escape") { PercentEncoding.encode($0, keeping: "-._~/") }
        register("url_encode", arguments: 0...0, readsText: true) { input, _, _ in
            input.isNil ? .nil : .string(FormEncoding.encode(input.filterText))
        }
        register("url_decode", arguments: 0...0, readsText: true) { input, _, _ throws(LiquidError) in
            if input.isNil { return .nil }
            guard let text = FormEncoding.decode(input.filterText) else {
                throw .argument("the decoded bytes are no UTF-8 text")
            }
            return .string(text)
        }
    }
}

/// What HTML needs escaped, and what is no text in it.
private enum HTML {
    private static func entity(_ byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }

    /// The text with entities; with `once` the `&` of an entity stays.
    static func escape(_ text: String, once: Bool) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var copied = 0
        for (index, byte) in bytes.enumerated() {
            guard let entity = entity(byte), !(once && isEntity(bytes[index...])) else { continue }
            if result.isEmpty { result.reserveCapacity(bytes.count * 2) }
            result += bytes[copied..<index]
            entity.withUTF8Buffer { result += $0 }
            copied = index + 1
        }
        if copied == 0 { return text }
        return String(decoding: result + bytes[copied...], as: UTF8.self)
    }

    /// Whether bytes begin with `&name;` or `&#123;`.
    private static func isEntity(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first == UInt8(ascii: "&") else { return false }
        var rest = bytes.dropFirst()
        let isNumeric = rest.first == UInt8(ascii: "#")
        if isNumeric { rest = rest.dropFirst() }
        let name = rest.prefix {
            isNumeric
                ? SourceText.isDigit($0) : SourceText.isWord($0) && !SourceText.isDigit($0) && $0 != UInt8(ascii: "_")
        }
        return !name.isEmpty && rest.dropFirst(name.count).first == UInt8(ascii: ";")
    }

    /// The text without scripts, styles, comments and tags.
    static func strip(_ text: String) -> String {
        var bytes = Array(text.utf8)
        bytes = removing(bytes, [("<script", "</script>"), ("<!--", "-->"), ("<style", "</style>")])
        return String(decoding: removing(bytes, [("<", ">")]), as: UTF8.self)
    }

    private static func removing(_ bytes: [UInt8], _ pairs: [(open: String, close: String)]) -> [UInt8] {
        let pairs = pairs.map { (open: Array($0.open.utf8), close: Array($0.close.utf8)) }
        var missing: Set<[UInt8]> = []
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let rest = bytes[position...]
            let pair =
                rest.first == UInt8(ascii: "<")
                ? pairs.first { !missing.contains($0.close) && rest.starts(with: $0.open) } : nil
            if let pair {
                if let end = end(of: pair.close, in: bytes, from: position + pair.open.count) {
                    position = end
                    continue
                }
                missing.insert(pair.close)
            }
            result.append(bytes[position])
            position += 1
        }
        return result
    }

    private static func end(of close: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + close.count <= bytes.count {
            if bytes[index] == close[0], bytes[index..<index + close.count].elementsEqual(close) {
                return index + close.count
            }
            index += 1
        }
        return nil
    }
}

/// The encoding of `application/x-www-form-urlencoded`: a space is a plus sign.
private enum FormEncoding {
    static func encode(_ text: String) -> String {
        PercentEncoding.encode(text, keeping: "-._~ ").replacing(" ", with: "+")
    }

    /// `nil` when the bytes are no UTF-8; a percent sign without two digits after it stays.
    static func decode(_ text: String) -> String? {
        String(validating: PercentEncoding.decode(Array(text.utf8)[...], plusIsSpace: true), as: UTF8.self)
    }
}
