// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

// How filters and texts are written in other languages: `money('INR')`, `name.upcase()`, `date: %d/%m/%Y`.

extension MarkupParser {
    /// Arithmetic: what stands behind its colon is meant as a calculation, never as a text.
    private static let arithmetic: Set<String> = [
        "plus", "minus", "times", "divided_by", "modulo", "at_least", "at_most", "round",
    ]

    /// The error for parentheses behind a filter's name.
    func functionCall(_ name: String) -> LiquidError? {
        guard let inner = symbols.parenthesized else { return nil }
        let call = inner.isEmpty ? name : "\(name): \(inner)"
        return symbols.source.error("found '(' after '\(name)'; write `\(call)`", at: symbols.nextOffset)
    }

    /// The error for parentheses behind a value: `money(total, 'INR')`, `name.upcase()`.
    func functionCall(on head: Expression) -> LiquidError? {
        guard let inner = symbols.parenthesized, case .path(let path) = head else { return nil }
        var call = "value | name: argument"
        if case .name(let name) = path.head, path.steps.isEmpty, let filter = ForeignNames.filter(name, in: filters) {
            let arguments = UnquotedText.split(inner)
            let rest = arguments.dropFirst().joined(separator: ", ")
            call = "\(arguments.first ?? "value") | \(filter)" + (rest.isEmpty ? "" : ": \(rest)")
        } else if case .member(let name)? = path.steps.last, let filter = ForeignNames.filter(name, in: filters) {
            call = "\(path.text.dropLast(name.count + 1)) | \(filter)" + (inner.isEmpty ? "" : ": \(inner)")
        }
        let message = "found '('; Liquid has filters in the place of functions: `\(call)`"
        return symbols.source.error(message, at: symbols.nextOffset)
    }

    /// The error for an argument that was meant as a text and has no quotes.
    ///
    /// - Parameters:
    ///   - name: The filter.
    ///   - offset: Where its name begins.
    /// - Returns: `nil` where the argument was hardly meant as a text.
    func unquoted(_ name: String, at offset: Int) -> LiquidError? {
        guard !Self.arithmetic.contains(name) else { return nil }
        let start = offset + name.utf8.count
        guard let found = UnquotedText(symbols.rest(from: start), of: name) else { return nil }
        let call = found.isFirst ? "\(name): '\(found.text)'" : "'\(found.text)'"
        let message = "found \(found.text) without quotes; write `\(call)`"
        return symbols.source.error(message, at: start + found.offset)
    }
}

/// A text without quotes among the arguments of a filter.
struct UnquotedText {
    let text: String
    /// Bytes before it.
    let offset: Int
    /// Whether it is the first argument.
    let isFirst: Bool

    private static let operators: Set<String> = ["if", "else", "unless", "and", "or", "is", "in", "not", "contains"]

    /// Looks for one.
    ///
    /// - Parameters:
    ///   - source: What follows the filter's name.
    ///   - filter: The name.
    init?(_ source: String, of filter: String) {
        let call = Self.prefix(of: source, before: "|")
        let hasColon = call.first { $0 != " " } == ":"
        let arguments = call.drop { $0 == " " || $0 == ":" }
        guard filter == "date" else {
            self.init(hasColon ? arguments : "", in: call, Self.isText)
            return
        }
        if arguments.first == "'" || arguments.first == "\"" {
            self.init(Self.prefix(of: Self.afterComma(arguments), before: ","), in: call) { $0.contains("/") }
        } else {
            let isFormat = { (text: Substring) in text.contains("%") || hasColon && text.contains("/") }
            self.init(arguments, in: call, isFormat)
        }
    }

    /// Takes what stands before the first quote.
    private init?(_ argument: Substring, in call: Substring, _ isMeant: (Substring) -> Bool) {
        var text = argument.prefix { $0 != "'" && $0 != "\"" }
        let isCut = text.endIndex != argument.endIndex
        while let last = text.last, last == " " || isCut && last == "," { text.removeLast() }
        guard !text.isEmpty, !text.contains("\n"), !text.contains(":") || text.contains("%"), isMeant(text) else {
            return nil
        }
        self.text = String(text)
        offset = call.utf8.distance(from: call.startIndex, to: text.startIndex)
        isFirst = call[..<text.startIndex].allSatisfy { $0 == " " || $0 == ":" }
    }

    /// Several words, or a sign such as `,` or `₹` alone.
    private static func isText(_ text: Substring) -> Bool {
        guard let first = text.first, text.utf8.count <= 60 else { return false }
        if !first.isLetter && !first.isNumber && !"([_.{".contains(first) && first.disguise == nil {
            return text.count <= 3 && !text.contains { $0.isNumber || $0.isLetter }
        }
        let words = text.split(separator: " ")
        let areWords = words.allSatisfy { word in
            word.allSatisfy { $0.isLetter || $0.isNumber || ".,!?&".contains($0) } && !operators.contains(String(word))
        }
        return first.isLetter && words.count > 1 && areWords && !words.dropLast().contains { $0.hasSuffix(",") }
    }

    /// The text before a character that stands outside of quotes.
    private static func prefix(of text: some StringProtocol, before stop: Character) -> Substring {
        var quote: Character?
        let text = Substring(text)
        let end = text.firstIndex { letter in
            if let open = quote {
                if letter == open { quote = nil }
                return false
            }
            if letter == "'" || letter == "\"" { quote = letter }
            return letter == stop
        }
        return text[..<(end ?? text.endIndex)]
    }

    private static func afterComma(_ arguments: Substring) -> Substring {
        let first = prefix(of: arguments, before: ",")
        return arguments[first.endIndex...].dropFirst().drop { $0 == " " }
    }

    /// The arguments of a function's call.
    static func split(_ arguments: String) -> [String] {
        var rest = Substring(arguments)
        var parts: [String] = []
        while !rest.isEmpty {
            let part = prefix(of: rest, before: ",")
            parts.append(String(part).trimmed)
            rest = rest[part.endIndex...].dropFirst()
        }
        return parts
    }
}

extension SymbolScanner {
    /// What stands in the parentheses that come next, right behind what was taken last; `nil` where none do.
    var parenthesized: String? {
        guard next == .mark("("), nextOffset == lastEnd else { return nil }
        let inner = rest(from: nextOffset + 1)
        return inner.firstIndex(of: ")").map { String(inner[..<$0]).trimmed }
    }
}
