// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Patterns as other tools write them, which here are texts that no event has.
enum ForeignPattern {
    /// What is wrong, and how to write it.
    typealias Finding = (message: String, hint: String)

    // Without one of these signs there is nothing to find; most texts have none, and a folder has ten thousand.
    private static let signsOfAlternatives = Set("{^$*+\\[/><!=%|,".utf8)
    private static let signsOfKeys = Set("$/>*[".utf8)
    private static let signsOfTypes = Set("^$+?()[]{}|\\,;/".utf8)

    /// A text among the alternatives of a field: `'>500'`, `'/^TEA/'`, `'TEA-*'`, `'{{ x }}'`, `'paid|shipped'`.
    static func finding(inAlternative text: String) -> Finding? {
        guard !signsOfAlternatives.isDisjoint(with: text.utf8) || mayCompare(text) else { return nil }
        if text.contains("{{") || text.contains("${") {
            return finding(text, "Liquid is not read in patterns; write the value itself, or ask in the message")
        }
        if let comparison = comparison(text) { return comparison }
        if let pattern = SpokenComparison.pattern(text) { return finding(text, "write \(pattern)") }
        if RegularExpression.isDelimited(text) || RegularExpression.isBare(text) {
            return finding(
                text,
                RegularExpression.prefix(of: text).map { "write [{prefix: '\($0)'}]" }
                    ?? "there are no regular expressions; write [{prefix: …}], [{suffix: …}] or [{wildcard: …}]"
            )
        }
        if text == "*" { return finding(text, "for a field that is there, write [{exists: true}]") }
        if isWildcard(text) { return finding(text, "write [{wildcard: '\(text)'}]") }
        if text.count > 2, text.hasPrefix("%") || text.hasSuffix("%"), text.dropLast().contains("%") {
            return finding(text, "write [{wildcard: '\(text.replacing("%", with: "*"))'}]")
        }
        return words(text).map { finding(text, "write [\($0.joined(separator: ", "))]") }
    }

    /// Whether it has a digit beside a space, a dash or a letter of no ASCII: `at least 500`, `500-1000`, `≥500`.
    private static func mayCompare(_ text: String) -> Bool {
        text.utf8.contains { (0x30...0x39).contains($0) }
            && text.utf8.contains { $0 == 0x20 || $0 == 0x2D || $0 >= 0x80 }
    }

    /// A field's name: `items[0].sku`, `$.items`, `items[*].sku`, `/items/sku`.
    static func finding(inKey key: String) -> Finding? {
        guard key != "$or", key != "$", !signsOfKeys.isDisjoint(with: key.utf8) else { return nil }
        var path = key
        if path.hasPrefix("$.") { path.removeFirst(2) }
        if path.hasPrefix("/"), path.dropFirst().contains("/") {
            path = path.dropFirst().split(separator: "/").joined(separator: ".")
        }
        path = path.replacing("->", with: ".").replacing(".*.", with: ".")
        path = withoutIndexes(path)
        guard path != key, !path.isEmpty else { return nil }
        let message = "found the field '\(key)', a name that no payload has; expected the names of fields with dots"
        return (message, "write '\(path)': in a list, one element that matches is enough")
    }

    /// A type of events: `order.(paid|shipped)`, `order.paid, order.shipped`, `/^order/`.
    static func finding(inType type: String) -> Finding? {
        guard !signsOfTypes.isDisjoint(with: type.utf8) || type.contains("**") else { return nil }
        let message =
            "found the event type '\(type)', which no event has; expected a name in which '*' stands for any letters"
        if let types = expanded(type) { return (message, "write [\(types.joined(separator: ", "))]") }
        // 'order.*' is a type as it should be: a dot and any letters.
        let withoutStars = type.replacing(".*", with: "")
        let isExpression = RegularExpression.isDelimited(type) || RegularExpression.isBare(withoutStars)
        guard isExpression || type.contains("{{") else { return nil }
        return (message, RegularExpression.prefix(of: type).map { "write '\($0)*'" } ?? "write '*' for any letters")
    }

    private static func finding(_ text: String, _ hint: String) -> Finding {
        ("found '\(text)', which only this very text matches; expected a value or an operator in a list", hint)
    }

    /// `>500`, `>= 500`, `=> 500`, `≥500`, `!= paid`, `!paid`, `=paid`.
    private static func comparison(_ text: String) -> Finding? {
        let operators = [
            (">=", "gte"), ("=>", "gte"), ("≥", "gte"), ("<=", "lte"), ("=<", "lte"), ("≤", "lte"),
            ("!=", "anything-but"), ("<>", "anything-but"), ("≠", "anything-but"), (">", "gt"), ("<", "lt"),
            ("!", "anything-but"), ("==", "eq"), ("=", "eq"),
        ]
        guard let (sign, name) = operators.first(where: { text.hasPrefix($0.0) }) else { return nil }
        let value = String(text.dropFirst(sign.count).drop { $0 == " " })
        let isNumber = !value.isEmpty && value.allSatisfy { $0.isASCII && $0.isNumber || $0 == "." }
        let isWord = !value.isEmpty && value.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
        if name == "eq", isWord { return finding(text, "write \(value)") }
        guard isNumber || (name == "anything-but" && isWord) else { return nil }
        return finding(text, "write [{\(name): \(value)}]")
    }

    /// A star at an end, and letters beside it.
    private static func isWildcard(_ text: String) -> Bool {
        guard text.hasPrefix("*") || text.hasSuffix("*"), !text.contains("**"), !text.contains("\\") else {
            return false
        }
        let rest = text.drop { $0 == "*" }
        return rest.contains { $0.isLetter || $0.isNumber } && !text.contains(" ")
    }

    /// The words of `paid|shipped` and `paid, shipped`.
    private static func words(_ text: String) -> [String]? {
        for separator in ["|", ","] where text.contains(separator) {
            let parts = text.split(whereSeparator: { String($0) == separator })
            let words = parts.map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }
            let areNames = words.allSatisfy { word in
                word.contains(where: \.isLetter)
                    && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "_-./".contains($0) }
            }
            if words.count > 1, areNames, separator == "|" || words.allSatisfy({ $0.first?.isLowercase == true }) {
                return words
            }
        }
        return nil
    }

    private static func withoutIndexes(_ path: String) -> String {
        var result = ""
        var rest = Substring(path)
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            let inner = rest[rest.index(after: open)..<close].filter { $0 != "'" && $0 != "\"" }
            let isIndex = inner.allSatisfy { $0.isNumber || "*-:".contains($0) }
            result += String(rest[..<open]) + (isIndex ? "" : ".\(inner)")
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// The types that a list or a group of alternatives stands for.
    private static func expanded(_ type: String) -> [String]? {
        for (open, close, separator) in [("(", ")", "|"), ("{", "}", ","), ("[", "]", "|")] {
            guard let start = type.firstRange(of: open), let end = type.firstRange(of: close),
                start.upperBound <= end.lowerBound
            else { continue }
            let choices = type[start.upperBound..<end.lowerBound].split(whereSeparator: {
                String($0) == separator || $0 == ","
            })
            guard choices.count > 1 else { continue }
            let (before, after) = (type[..<start.lowerBound], type[end.upperBound...])
            return choices.map { "\(before)\($0.trimmingPrefix { $0 == " " })\(after)" }
        }
        for separator in [",", "|", ";"] where type.contains(separator) {
            let parts = type.split(whereSeparator: { String($0) == separator }).map { $0.filter { $0 != " " } }
            if parts.count > 1, parts.allSatisfy({ !$0.isEmpty }) { return parts.map { String($0) } }
        }
        return nil
    }
}
