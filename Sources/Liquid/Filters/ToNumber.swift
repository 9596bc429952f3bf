// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

extension LiquidEnvironment {
    /// `to_number: decimal`: an amount as people write it, with separators, a currency and a sign, as a number.
    ///
    /// The argument says which sign stands before the decimals, `.` or `,`; without it only what can be read in one
    /// way is read.
    mutating func registerToNumber() {
        register("to_number", arguments: 0...1) { input, arguments, _ throws(LiquidError) in
            let point = try arguments[0].map { value throws(LiquidError) in try Self.point(value) }
            if case .number = input { return input }
            guard let text = input.asString else {
                throw .argument("expected a number or a text, found \(input.typeName)")
            }
            if point == nil, let number = LiquidNumber(whole: text) { return .number(number) }
            return .number(try WrittenAmount(text, point: point).number)
        }
    }

    private static func point(_ value: LiquidValue) throws(LiquidError) -> Character {
        let text = value.filterText
        guard text == "." || text == ",", let point = text.first else {
            throw .argument("the sign before the decimals must be '.' or ',', not '\(text)'")
        }
        return point
    }
}

/// An amount as people write it: `₹1,499.00`, `1.499,00 €`, `Rs. 12,34,567/-`, `(1 499)`, `١٬٤٩٩٫٥٠`.
struct WrittenAmount {
    /// The value.
    let number: LiquidNumber

    /// Words that stand for a currency beside an amount and are no code.
    private static let words: Set<String> = [
        "rs", "inr", "kr", "zł", "kč", "ft", "lei", "лв", "руб", "р", "r", "rm", "rp", "fr", "nt", "hk", "us", "a", "c",
        "s", "ksh", "tsh", "ush", "din", "dh", "dhs", "tl", "bs", "b/.", "s/.", "rupee", "rupees", "dollars", "euro",
        "euros",
    ]
    /// Signs that separate thousands and never decimals: spaces and apostrophes.
    private static let gaps: Set<Character> = [" ", "\u{A0}", "\u{202F}", "\u{2009}", "'", "’", "٬"]

    init(_ text: String, point: Character?) throws(LiquidError) {
        let ending = AmountEnding(text.trimmed)
        var rest = ending.text[...]
        guard !rest.isEmpty else { throw .argument("an empty text is no number") }
        let isNegative = Self.takeSign(&rest)
        Self.takeCurrency(&rest)
        let isNegativeInside = Self.takeSign(&rest)
        let digits = try Self.plain(String(rest), point: point, isWhole: ending.isWhole, of: text)
        guard !(isNegative && isNegativeInside), let value = LiquidNumber(whole: digits) else {
            throw .argument("\(text.shown) is no amount")
        }
        number = isNegative || isNegativeInside ? try value.negated() : value
    }

    /// Takes a minus sign before or after, or the brackets of accountants.
    private static func takeSign(_ rest: inout Substring) -> Bool {
        if rest.hasPrefix("("), rest.hasSuffix(")"), rest.count > 2 {
            rest = trim(rest.dropFirst().dropLast())
            return true
        }
        if let first = rest.first, "-−+".contains(first) {
            rest = trim(rest.dropFirst())
            return first != "+"
        }
        if let last = rest.last, "-−".contains(last) {
            rest = trim(rest.dropLast())
            return true
        }
        return false
    }

    /// Takes a currency's sign, code or word at either end.
    private static func takeCurrency(_ rest: inout Substring) {
        var head = rest.prefix { !$0.isNumber && !"-−(".contains($0) }
        // A point right before the digits belongs to a word (`Rs.499`), or else to them (`$.50`).
        if let last = head.last, ".,".contains(last), head.dropLast().last?.isLetter != true { head = head.dropLast() }
        let tail = Substring(rest.reversed().prefix { !$0.isNumber }.reversed())
        if !head.isEmpty, isCurrency(head) { rest = trim(rest.dropFirst(head.count)) }
        if !tail.isEmpty, tail.count < rest.count, isCurrency(tail) { rest = trim(rest.dropLast(tail.count)) }
    }

    private static func isCurrency(_ text: Substring) -> Bool {
        let word = trim(text).lowercased().filter { !$0.isWhitespace }
        let letters = word.filter { !isSign($0) && $0 != "." && $0 != "/" && $0 != "-" }
        guard word.contains(where: { isSign($0) || $0.isLetter }), !word.hasPrefix(".") else { return false }
        return letters.isEmpty || words.contains(letters) || Currency.isKnown(letters.uppercased())
    }

    private static func isSign(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .currencySymbol }
    }

    private static func trim(_ text: Substring) -> Substring {
        let isGap = { (character: Character) in character.isWhitespace }
        return Substring(text.drop(while: isGap).reversed().drop(while: isGap).reversed())
    }
}

// MARK: Separators

extension WrittenAmount {
    /// The digits with a point for the decimals and nothing between thousands.
    private static func plain(
        _ text: String,
        point: Character?,
        isWhole: Bool,
        of whole: String
    ) throws(LiquidError) -> String {
        let signs = try text.map { character throws(LiquidError) in try sign(character, of: whole) }
        let decimal = try decimalSign(in: signs, point: point, isWhole: isWhole, of: whole)
        guard let position = decimal.flatMap({ signs.lastIndex(of: $0) }) else {
            return try joined(groups(signs), of: whole)
        }
        let fraction = signs[(position + 1)...]
        guard fraction.allSatisfy(\.isNumber), signs.count(where: { $0 == decimal }) == 1 else {
            throw .argument("\(whole.shown) is no amount: its separators stand in no order")
        }
        return try joined(groups(Array(signs[..<position])), of: whole) + "." + String(fraction)
    }

    /// A digit in ASCII, `.`, `,`, or a space for whatever else separates thousands.
    private static func sign(_ character: Character, of whole: String) throws(LiquidError) -> Character {
        if character == "." || character == "," { return character }
        if character == "٫" { return "." }
        if gaps.contains(character) { return " " }
        guard let digit = character.wholeNumberValue, (0...9).contains(digit), character.isNumber else {
            let hint = character == "%" ? "; remove it first: `| remove: '%' | to_number`" : ""
            throw .argument("\(whole.shown) is no amount: '\(character)' is neither a digit nor a separator\(hint)")
        }
        return Character(String(digit))
    }

    /// Which sign stands before the decimals; `nil` where there are none.
    private static func decimalSign(
        in signs: [Character],
        point: Character?,
        isWhole: Bool,
        of whole: String
    ) throws(LiquidError) -> Character? {
        if let point { return signs.contains(point) ? point : nil }
        let found = signs.filter { $0 == "." || $0 == "," }
        guard let last = found.last, let position = signs.lastIndex(of: last) else { return nil }
        if found.contains(where: { $0 != last }) { return last }
        if found.count > 1 { return nil }
        let (before, after) = (position, signs.count - position - 1)
        // With a gap somewhere the thousands are told apart already.
        guard after == 3, (1...3).contains(before), !signs.contains(" "), signs[0] != "0" else { return last }
        if isWhole { return nil }
        throw .argument(
            "\(whole.shown) can be read in two ways; say which sign stands before the decimals: `| to_number: '.'` or `| to_number: ','`"
        )
    }

    private static func groups(_ signs: [Character]) -> [[Character]] {
        signs.split(omittingEmptySubsequences: false) { !$0.isNumber }.map(Array.init)
    }

    /// The digits of thousands (or lakhs, or ten thousands) that follow each other as they must.
    private static func joined(_ groups: [[Character]], of whole: String) throws(LiquidError) -> String {
        let isProper =
            groups.count == 1
            || !groups[0].isEmpty && groups[0].count <= 4 && (3...4).contains(groups[groups.count - 1].count)
                && groups.dropFirst().dropLast().allSatisfy { (2...4).contains($0.count) }
        guard isProper else { throw .argument("\(whole.shown) is no amount: its separators stand in no order") }
        return String(groups.joined())
    }
}
