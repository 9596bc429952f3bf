// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A comparison in words or signs that no pattern has: `500+`, `500-1000`, `at least 500`, `>500 and <1000`, `₹500`.
enum SpokenComparison {
    /// Words before a number, and those between two.
    private static let before: [(words: String, name: String)] = [
        ("at least", "gte"), ("more than", "gt"), ("greater than", "gt"), ("over", "gt"), ("above", "gt"),
        ("min", "gte"),
        ("from", "gte"), ("at most", "lte"), ("less than", "lt"), ("smaller than", "lt"), ("under", "lt"),
        ("below", "lt"),
        ("up to", "lte"), ("max", "lte"),
    ]
    private static let after: [(words: String, name: String)] = [
        ("+", "gte"), ("or more", "gte"), ("and more", "gte"), ("and above", "gte"), ("or less", "lte"),
        ("and below", "lte"),
    ]

    /// How a pattern says it.
    ///
    /// - Parameter text: One of the alternatives of a field.
    /// - Returns: The alternative to write; `nil` for a text that is no comparison.
    static func pattern(_ text: String) -> String? {
        // Every form has a digit and is short; most texts of a pattern end here.
        guard text.utf8.count <= 40, text.utf8.contains(where: { (48...57).contains($0) }) else { return nil }
        let plain = text.lowercased()
        for (words, name) in before where plain.hasPrefix(words) {
            return number(plain.dropFirst(words.count)).map { "[{\(name): \($0)}]" }
        }
        for (words, name) in after where plain.hasSuffix(words) {
            return number(plain.dropLast(words.count)).map { "[{\(name): \($0)}]" }
        }
        return range(plain) ?? amount(plain)
    }

    /// `500-1000`, `500 to 1000`, `>500 and <1000`: the smaller number first, which telephone numbers and days mostly
    /// have not, and no zero in front.
    private static func range(_ text: String) -> String? {
        for separator in ["..", "-", "–", " to ", " and ", " & "] {
            guard let found = text.firstRange(of: separator) else { continue }
            let left = end(text[..<found.lowerBound], signs: [(">=", "gte"), (">", "gt")])
            let right = end(text[found.upperBound...], signs: [("<=", "lte"), ("<", "lt")])
            guard let left, let right, let low = Double(left.number), let high = Double(right.number), low < high,
                left.number == "0" || left.number.first != "0"
            else { return nil }
            return "[{\(left.name ?? "gte"): \(left.number), \(right.name ?? "lte"): \(right.number)}]"
        }
        return nil
    }

    private static func end(_ text: Substring, signs: [(text: String, name: String)]) -> (
        number: String, name: String?
    )? {
        let text = text.drop { $0 == " " }
        let sign = signs.first { text.hasPrefix($0.text) }
        return number(text.dropFirst(sign?.text.count ?? 0)).map { ($0, sign?.name) }
    }

    /// `₹500`, `Rs. 1,499`, `500/-`, `1,499`: in a payload the amount is a number, or a text of digits.
    private static func amount(_ text: String) -> String? {
        let signs = ["₹", "$", "€", "£", "rs.", "rs", "inr", "usd", "aed"]
        var rest = Substring(text)
        var isMarked = rest.hasSuffix("/-")
        if isMarked { rest = rest.dropLast(2) }
        if let sign = signs.first(where: rest.hasPrefix) {
            isMarked = true
            rest = rest.dropFirst(sign.count).drop { $0 == " " }
        }
        let groups = rest.split(separator: ",", omittingEmptySubsequences: false)
        let isGrouped =
            groups.count > 1 && (1...3).contains(groups[0].count) && groups[1].count > 1
            && groups[groups.count - 1].prefix { $0.isNumber }.count == 3
        guard isMarked || isGrouped, groups.count == 1 || isGrouped, let number = number(Substring(groups.joined()))
        else {
            return nil
        }
        return "[{eq: \(number)}]"
    }

    /// A plain number, with spaces around it.
    private static func number(_ text: Substring) -> String? {
        let number = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed().map(String.init).joined()
        guard number.utf8.first.map({ (48...57).contains($0) }) == true else { return nil }
        guard number.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), Double(number) != nil else { return nil }
        return number
    }
}
