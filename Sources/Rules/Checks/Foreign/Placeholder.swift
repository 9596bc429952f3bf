// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A gap as other tools write it, which is sent to the customer as it stands.
///
/// `{name}`, `${name}`, `#{name}`, `@{name}`, `[[name]]`, `%name%`, `<%= name %>`, `*|NAME|*`, `$name`, `%s`. What prices,
/// percentages and addresses look like is no gap.
struct Placeholder {
    /// As it was written.
    let text: String
    /// How many characters of the text stand before it.
    let offset: Int
    /// What is between its marks, where that is a path.
    let path: String?

    /// What to write instead.
    var hint: String {
        path.map { "write {{ \($0) }}" } ?? "write {{ … }} with the path of the value"
    }

    /// The first one in a text.
    ///
    /// - Parameter text: Of which Liquid's own outputs and tags are no part.
    /// - Returns: `nil` when there is none.
    static func first(in text: String) -> Placeholder? {
        guard text.utf8.contains(where: { "{[%<*$".utf8.contains($0) }) else { return nil }
        let letters = Array(text)
        var word = 0
        for index in letters.indices {
            if letters[index].isWhitespace { word = index + 1 }
            guard let found = read(letters, at: index), !isAddress(letters[word..<index]) else { continue }
            return found
        }
        return nil
    }

    private init(_ letters: [Character], _ range: Range<Int>, path: ArraySlice<Character>) {
        let name = path.filter { $0 != " " && $0 != "=" }
        self.path = Self.isPath(String(name)) ? String(name) : nil
        text = String(letters[range])
        offset = range.lowerBound
    }

    private static func isAddress(_ word: ArraySlice<Character>) -> Bool {
        String(word).contains("://")
    }

    private static func read(_ letters: [Character], at index: Int) -> Placeholder? {
        let rest = letters[index...]
        switch letters[index] {
        case "{": return braces(letters, at: index)
        case "[" where rest.starts(with: "[["): return marked(letters, at: index, "[[", "]]")
        case "<" where rest.starts(with: "<%"): return marked(letters, at: index, "<%", "%>", anything: true)
        case "*" where rest.starts(with: "*|"): return marked(letters, at: index, "*|", "|*")
        case "%": return percent(letters, at: index)
        case "$": return dollar(letters, at: index)
        default: return nil
        }
    }

    /// `{name}` and `{1}`, with a `$`, `#` or `@` that stands before it.
    private static func braces(_ letters: [Character], at index: Int) -> Placeholder? {
        let start = index > 0 && "$#@".contains(letters[index - 1]) ? index - 1 : index
        guard let end = letters[index...].prefix(64).firstIndex(of: "}") else { return nil }
        let inner = letters[(index + 1)..<end]
        let name = String(inner).split(separator: " ").joined(separator: " ")
        let isNumber = (1...2).contains(name.count) && name.allSatisfy { $0.isASCII && $0.isNumber }
        guard isNumber || isPath(name) else { return nil }
        return Placeholder(letters, start..<(end + 1), path: inner)
    }

    private static func marked(
        _ letters: [Character],
        at index: Int,
        _ open: String,
        _ close: String,
        anything: Bool = false
    ) -> Placeholder? {
        let start = index + open.count
        let end = (start..<max(start, letters.count)).prefix(200).first { letters[$0...].starts(with: close) }
        guard let end else { return nil }
        let inner = letters[start..<end]
        guard anything || isPath(String(inner.filter { $0 != " " })) else { return nil }
        return Placeholder(letters, index..<(end + close.count), path: inner)
    }

    /// `%name%`, `%s`, `%d` and `%1$s`; not `100%`, and no byte of an address such as `%20`.
    private static func percent(_ letters: [Character], at index: Int) -> Placeholder? {
        if index > 0, letters[index - 1].isNumber || letters[index - 1].isLetter { return nil }
        let rest = letters[(index + 1)...]
        let name = rest.prefix { isName($0) || $0 == "." }
        if name.count >= 3, rest.dropFirst(name.count).first == "%", isPath(String(name)) {
            return Placeholder(letters, index..<(name.endIndex + 1), path: name)
        }
        let conversion = rest.prefix { $0.isNumber || $0 == "$" }
        let letter = rest.dropFirst(conversion.count).first
        let next = rest.dropFirst(conversion.count + 1).first
        guard letter == "s" || letter == "d", conversion.isEmpty || conversion.last == "$" else { return nil }
        guard next.map({ !isName($0) && $0 != "%" }) ?? true else { return nil }
        return Placeholder(letters, index..<(conversion.endIndex + 1), path: [])
    }

    /// `$name` in small letters; not `$5`, `US$`, `$USD`.
    private static func dollar(_ letters: [Character], at index: Int) -> Placeholder? {
        if index > 0, isName(letters[index - 1]) { return nil }
        let name = letters[(index + 1)...].prefix { isName($0) }
        guard name.count >= 3, name.allSatisfy({ !$0.isUppercase }), name.first?.isNumber == false else { return nil }
        var path = letters[(index + 1)...].prefix { isName($0) || $0 == "." }
        while path.last == "." { path.removeLast() }
        return Placeholder(letters, index..<path.endIndex, path: path)
    }

    private static func isName(_ letter: Character) -> Bool {
        letter.isASCII && (letter.isLetter || letter.isNumber || letter == "_")
    }

    private static func isPath(_ text: String) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter || first == "_" else { return false }
        return text.allSatisfy { isName($0) || $0 == "." } && text.last != "."
    }
}
