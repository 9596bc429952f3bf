// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import BigInt
internal import Events

/// Reading values as numbers where only what is a number as a whole may count.
extension LiquidContext {
    /// The number that arithmetic works with.
    ///
    /// In strict mode that is a number, or a text that is one as a whole; anything else is an error, because a number
    /// that somebody guessed would be sent. In lax mode it is what the reference implementation takes: the whole number
    /// that a text begins with, else 0.
    func number(_ value: LiquidValue) throws(LiquidError) -> LiquidNumber {
        guard isStrict else { return value.numeric }
        if case .number(let number) = value { return number }
        guard let text = value.asString else { throw .argument("expected a number, found \(value.typeName)") }
        guard let number = LiquidNumber(whole: text) else { throw .argument(text.isNoNumber) }
        return number
    }
}

extension LiquidNumber {
    /// A text that is a decimal number as a whole: JSON's grammar, leading zeros, a plus sign, `.5` and `5.` too.
    init?(whole text: String) {
        let text = text.trimmed
        if let small = SmallDecimal(text) {
            self.init(small: small, isDecimal: text.utf8.contains(UInt8(ascii: ".")))
            return
        }
        guard let value = ExactDecimal(Self.completed(text)) else { return nil }
        self.init(value, isDecimal: text.utf8.contains(UInt8(ascii: ".")) || !value.isInteger)
    }

    /// The text with the zero that may be left out on one side of the point.
    private static func completed(_ text: String) -> String {
        let sign = text.prefix { $0 == "-" || $0 == "+" }
        var rest = text[sign.endIndex...]
        var tail = ""
        if rest.hasSuffix("."), rest.count > 1 {
            rest = rest.dropLast()
            tail = rest.contains(".") ? "." : ""
        }
        let zero = rest.hasPrefix(".") && rest.count > 1 ? "0" : ""
        return "\(sign)\(zero)\(rest)\(tail)"
    }
}

extension String {
    /// Why the text counts for no number, and what makes one of it.
    var isNoNumber: String {
        "\(shown) is no number as a whole; `| to_number` reads amounts with separators and currency signs"
    }

    /// The text for an error: itself where it is short and can hold no phone number, else its length.
    var shown: String { shown(digits: 6) }

    /// The same with so many digits at most, for texts in the place of a date.
    func shown(digits limit: Int) -> String {
        let digits = unicodeScalars.count { $0.properties.numericType != nil }
        let isHarmless = digits <= limit && count <= 24 && allSatisfy { !$0.isNewline }
        return isHarmless ? "the text '\(self)'" : "a text of \(count) characters"
    }
}
