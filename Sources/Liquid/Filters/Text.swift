// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension LiquidEnvironment {
    /// Filters over plain text.
    ///
    /// Characters are counted as code points, as the reference implementation does.
    mutating func registerText() {
        text("downcase") { $0.lowercased() }
        text("upcase") { $0.uppercased() }
        text("capitalize") { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
        text("append") { $0 + $1 }
        text("prepend") { $1 + $0 }
        register("strip", arguments: 0...0, readsText: true) { input, _, context in
            .string(context.isStrict ? input.filterText.visiblyTrimmed : input.filterText.trimmed)
        }
        text("lstrip") { text in
            let source = SourceText(text)
            return source.text(source.trimmingStart(0..<source.bytes.count))
        }
        text("rstrip") { text in
            let source = SourceText(text)
            return source.text(source.trimmingEnd(0..<source.bytes.count))
        }
        register("squish", arguments: 0...0, readsText: true) { input, _, context in
            let text = context.isStrict ? input.filterText.visiblyTrimmed : input.filterText
            return .string(Words.split(text).joined(separator: " "))
        }
        registerCutting()
    }

    private mutating func registerCutting() {
        register("truncate", arguments: 0...2, readsText: true) { input, arguments, _ throws(LiquidError) in
            if input.isNil { return .nil }
            let length = try arguments.integer(0, or: 50)
            return .string(Words.truncate(input.filterText, length, arguments[1]?.filterText ?? "..."))
        }
        register("truncatewords", arguments: 0...2, readsText: true) { input, arguments, _ throws(LiquidError) in
            if input.isNil { return .nil }
            let count = max(1, try arguments.integer(0, or: 15))
            let words = Words.split(input.filterText)
            if words.count <= count { return .string(input.filterText) }
            return .string(words.prefix(count).joined(separator: " ") + (arguments[1]?.filterText ?? "..."))
        }
        register("slice", arguments: 1...2) { input, arguments, context throws(LiquidError) in
            let (start, length) = (try arguments.integer(0, or: 0), try arguments.lengthOfSlice())
            if let elements = input.asArray { return .array(Array(Words.slice(elements, start, length) ?? [])) }
            if context.isStrict, let reason = input.printingRefusal("the input") { throw .argument(reason) }
            var text = ""
            text.unicodeScalars += Words.slice(Array(input.filterText.unicodeScalars), start, length) ?? []
            return .string(text)
        }
        register("split", arguments: 1...1, readsText: true) { input, arguments, context throws(LiquidError) in
            let parts = Words.split(input.filterText, by: arguments.text(0))
            try context.check(elements: parts.count)
            return .array(parts.map { .string($0) })
        }
    }
}

extension LiquidArguments {
    fileprivate func lengthOfSlice() throws(LiquidError) -> Int {
        if case .nil? = self[1] { return 1 }
        return try integer(1, or: 1)
    }
}

/// Cuts texts into words and pieces.
private enum Words {
    /// The pieces between white space.
    static func split(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return bytes.split(whereSeparator: SourceText.isSpace).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The pieces between separators, without empty pieces at the end; a space splits at any white space, an empty
    /// separator into characters.
    static func split(_ text: String, by separator: String) -> [String] {
        if separator == " " { return split(text) }
        if separator.isEmpty { return text.unicodeScalars.map { String($0) } }
        var pieces: [String] = []
        var start = text.startIndex
        while let range = text.firstRange(ofBytes: separator, from: start) {
            pieces.append(String(text[start..<range.lowerBound]))
            start = range.upperBound
        }
        pieces.append(String(text[start...]))
        while pieces.last == "" { pieces.removeLast() }
        return pieces
    }

    /// At most `length` code points, the ellipsis included; what a reader sees as one character is never cut.
    static func truncate(_ text: String, _ length: Int, _ ellipsis: String) -> String {
        guard text.utf8.count > length, text.unicodeScalars.count > length else { return text }
        var rest = max(0, max(0, length) - ellipsis.unicodeScalars.count)
        var kept = text.startIndex
        for index in text.indices {
            rest -= text[index].unicodeScalars.count
            if rest < 0 { break }
            kept = text.index(after: index)
        }
        return text[..<kept] + ellipsis
    }

    /// `nil` where the start lies outside or the length is negative.
    static func slice<Element>(_ elements: [Element], _ start: Int, _ length: Int) -> ArraySlice<Element>? {
        let first = start < 0 ? elements.count + start : start
        guard first >= 0, first <= elements.count, length >= 0 else { return nil }
        return elements[first..<first + min(length, elements.count - first)]
    }
}
