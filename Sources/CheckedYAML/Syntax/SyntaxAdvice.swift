// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What libyaml stops at, in words of the file: a text without quotes that begins with a character of YAML's own.
enum SyntaxAdvice {
    /// What was found, what was expected, and how to write it.
    typealias Advice = (message: String, hint: String)

    /// What such a first character means to YAML.
    private static let meanings: [Character: String] = [
        ">": "begins a folded block of text", "|": "begins a block of text",
        "@": "begins no text without quotes", "`": "begins no text without quotes",
        "%": "begins no text without quotes",
        "*": "stands for an alias", "&": "names an anchor",
    ]

    /// Looks at the value that a mistake is in.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - column: Where libyaml stopped, from 1.
    /// - Returns: `nil` where the value begins with an ordinary character.
    static func find(in line: String, column: Int) -> Advice? {
        let letters = Array(line)
        if line.contains(where: { "“”„".contains($0) }), letters.indices.contains(column - 1) {
            let message = "found the typographic quotes “ and ”, which are letters to YAML; expected straight ones"
            return (message, "write \" in their place")
        }
        let value = value(in: letters, before: column)
        guard let first = value.first, let meaning = meanings[first] else { return nil }
        let text = value.count > 40 ? value.prefix(39) + "…" : value
        let message = "found \(text) without quotes: '\(first)' \(meaning) in YAML; expected quotes around the text"
        let quoted = text.contains("'") ? "\"\(text)\"" : "'\(text)'"
        return (message, "write \(quoted)" + comparison(value))
    }

    /// The value that begins last before a column.
    private static func value(in letters: [Character], before column: Int) -> String {
        var start = letters.prefix { $0 == " " }.count
        var isFlow = false
        for index in letters.indices.prefix(max(0, column - 1)) {
            let isSpaced = index + 1 == letters.count || letters[index + 1] == " "
            switch letters[index] {
            case "[", "{":
                isFlow = true
                start = index + 1
            case ":", "-":
                if isSpaced { start = index + 1 }
            case ",":
                if isFlow { start = index + 1 }
            default: break
            }
        }
        let rest = letters[min(start, letters.count)...].drop { $0 == " " }
        let value = isFlow ? rest.prefix { !",]}".contains($0) } : rest
        return String(value.reversed().drop { $0 == " " }.reversed())
    }

    /// How a pattern says `>500`; nothing for what is no comparison.
    private static func comparison(_ value: String) -> String {
        guard value.first == ">" else { return "" }
        let rest = value.dropFirst()
        let name = rest.first == "=" ? "gte" : "gt"
        let number = rest.drop { $0 == "=" || $0 == " " }
        guard !number.isEmpty, number.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }) else { return "" }
        return "; in a pattern, [{\(name): \(number)}]"
    }
}

/// Typographic quotes around a value without others: the writer, or the writer's program, took them for YAML's.
enum CurlyQuotes {
    private static let opening: Set<Character> = ["“", "”", "„", "‟", "«", "‘", "’", "‚", "‛", "‹"]
    private static let closing: Set<Character> = ["“", "”", "‟", "»", "«", "‘", "’", "›", "‹"]

    /// The text between them; `nil` where a text does not stand in such quotes.
    static func inner(of text: String) -> String? {
        // All of them begin with one of these two bytes.
        guard let byte = text.utf8.first, byte == 0xE2 || byte == 0xC2 else { return nil }
        guard text.count > 1, let first = text.first, let last = text.last else { return nil }
        return opening.contains(first) && closing.contains(last) ? String(text.dropFirst().dropLast()) : nil
    }

    /// What is wrong, and how to write it.
    ///
    /// - Parameters:
    ///   - text: The value with its quotes.
    ///   - inner: The value without.
    ///   - isShown: Whether the text may stand in an error.
    /// - Returns: The advice, for an error at the value's place.
    static func advice(_ text: String, _ inner: String, isShown: Bool) -> SyntaxAdvice.Advice {
        let marks = "\(text.prefix(1)) and \(text.suffix(1))"
        let message = "found the typographic quotes \(marks), which are letters to YAML; expected straight ones"
        guard isShown, inner.count <= 80, inner.count(where: \.isNumber) < 6 else {
            return (message, "write \" or ' in their place")
        }
        let quote = inner.contains("\"") ? "'" : "\""
        return (message, "write \(quote)\(inner)\(quote)")
    }
}
