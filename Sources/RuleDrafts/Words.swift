// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What a value is to whoever reads it; gaps ask for one, fields are one.
enum Meaning: String, Hashable, Sendable, CaseIterable {
    case person, money, date, link, items, number, carrier, tracking, status, reason, phone, email, count, code, text
    case picture, document

    /// The word for people, as in "it is money".
    var words: String {
        switch self {
        case .person: "a name"
        case .money: "an amount of money"
        case .date: "a date"
        case .link: "an address of the web"
        case .items: "a list of articles"
        case .number: "a number or reference"
        case .carrier: "a carrier"
        case .tracking: "a tracking number"
        case .status: "a status"
        case .reason: "a reason"
        case .phone: "a phone number"
        case .email: "an e-mail address"
        case .count: "a count"
        case .code: "a code"
        case .text: "a text"
        case .picture: "a picture"
        case .document: "a document"
        }
    }
}

/// The words of texts and of field names, so that both can be compared.
enum Words {
    /// Signs that mean something beside a gap.
    private static let signs: Set<Character> = [":", ",", "(", "#", "!", ".", "?", "%"]
    /// What stands for a currency in front of an amount.
    static let currencySigns: Set<Character> = ["₹", "$", "€", "£", "¥", "₦", "₱", "₫", "₺", "₴", "₪", "฿"]

    /// A text's words in lower case and the signs between them, in order.
    ///
    /// - Parameter text: What people read.
    /// - Returns: Words without their plural's `s`, single signs, and ``TemplateGap/hole``.
    static func ofText(_ text: some StringProtocol) -> [String] {
        var words: [String] = []
        var word = ""
        for character in text {
            if character.isLetter || character.isNumber {
                word.append(character)
                continue
            }
            if !word.isEmpty { words.append(singular(word.lowercased())) }
            word = ""
            if signs.contains(character) || currencySigns.contains(character) || String(character) == TemplateGap.hole {
                words.append(String(character))
            }
        }
        return word.isEmpty ? words : words + [singular(word.lowercased())]
    }

    /// The words of a field's or a gap's name: `line_items`, `lineItems` and `LINE-ITEMS` are `line`, `item`.
    static func ofName(_ name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasLower = false
        for character in name.prefix(100) {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                (word, wasLower) = ("", false)
                continue
            }
            if character.isUppercase, wasLower {
                words.append(word)
                word = ""
            }
            word.append(character)
            wasLower = character.isLowercase || character.isNumber
        }
        if !word.isEmpty { words.append(word) }
        return words.map { singular($0.lowercased()) }
    }

    /// A word without the `s` of its plural; `status` and `address` are none.
    private static func singular(_ word: String) -> String {
        guard word.count > 3, word.hasSuffix("s"), !word.hasSuffix("ss"), !word.hasSuffix("us"), !word.hasSuffix("is")
        else { return word }
        return word.hasSuffix("ies") ? word.dropLast(3) + "y" : String(word.dropLast())
    }

    /// Whether a text begins as an address of the web does.
    static func isAddress(_ text: String) -> Bool {
        let text = text.lowercased()
        return text.hasPrefix("https://") || text.hasPrefix("http://")
    }

    /// Whether a text is a number as a whole: `1499.00`, `-3`.
    static func isNumber(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard let first = digits.first, first.isASCII, first.isNumber, digits.count <= 30 else { return false }
        return digits.allSatisfy { $0 == "." || ($0.isASCII && $0.isNumber) } && digits.count(where: { $0 == "." }) <= 1
    }

    /// Whether a text begins with a day as `2026-01-15`.
    static func isDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(10))
        guard bytes.count == 10, text.utf8.count <= 40 else { return false }
        return bytes.enumerated().allSatisfy { position, byte in
            position == 4 || position == 7
                ? byte == UInt8(ascii: "-") : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }
}
