// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

extension LiquidEnvironment {
    /// Filters for the wording of messages that Shopify's Liquid does not have: `to_sentence`, `pluralize`, `titlecase`,
    /// `slugify` and `number`.
    mutating func registerWording() {
        register("to_sentence", arguments: 0...1, names: ["locale"]) { input, arguments, context throws(LiquidError) in
            let locale = try arguments.locale(in: context)
            let word = arguments[0].flatMap { $0.isNil ? nil : $0.filterText }
            let parts = try Self.parts(input, word, context)
            if let word {
                return .string(Self.sentence(parts, word))
            }
            return .string(locale.map { parts.formatted(.list(type: .and).locale($0)) } ?? Self.sentence(parts, "and"))
        }
        register("pluralize", arguments: 2...2) { input, arguments, _ throws(LiquidError) in
            let count = try LiquidNumber.counted(input)
            return .string(arguments.text(count == LiquidNumber(1) || count == LiquidNumber(-1) ? 0 : 1))
        }
        text("titlecase") { text in
            var isStart = true
            return text.reduce(into: "") { result, character in
                let isPart = character.isLetter || character.isNumber || "'’".contains(character)
                result += isStart && isPart ? character.uppercased() : character.lowercased()
                isStart = !isPart
            }
        }
        text("slugify") { text in
            let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
            return words.joined(separator: "-")
        }
        register("number", arguments: 0...2, names: ["locale", "grouping"]) {
            input,
            arguments,
            context throws(LiquidError) in
            let locale = try arguments.locale(at: 1, in: context)
            let places = try arguments.places()
            let isGrouped = arguments["grouping"]?.isTruthy ?? true
            let amount = try LiquidNumber.counted(input).readable()
            return .string(try NumberText(locale, isGrouped: isGrouped).text(of: amount, places: places))
        }
    }

    private static func parts(
        _ input: LiquidValue,
        _ word: String?,
        _ context: LiquidContext
    ) throws(LiquidError) -> [String] {
        var parts: [String] = []
        var bytes = 0
        for (position, element) in try input.list(context).enumerated() {
            if let reason = element.joiningRefusal(position, "to_sentence", word) { throw .argument(reason) }
            parts.append(element.filterText)
            bytes += parts[position].utf8.count + 8
            try context.check(bytes: bytes)
        }
        return parts
    }

    /// `a`, `a and b`, `a, b and c`.
    private static func sentence(_ parts: [String], _ word: String) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " \(word) " + last
    }
}

/// A number for a reader: with fixed places and with groups as a language writes them, without any symbol.
private struct NumberText {
    private let locale: Locale
    private let isGrouped: Bool

    init(_ locale: Locale?, isGrouped: Bool) {
        self.locale = locale ?? Locale(identifier: "en")
        self.isGrouped = isGrouped
    }

    func text(of number: ExactDecimal, places: Int?) throws(LiquidError) -> String {
        var value = number
        if let places { value = try LiquidNumber(number, isDecimal: true).rounded(places: places) }
        guard value.digitCount + abs(value.exponent) <= 38, let decimal = Decimal(string: value.description) else {
            throw LiquidError(.limit, "a number to be written out has at most 38 digits")
        }
        let style = Decimal.FormatStyle(locale: locale).grouping(isGrouped ? .automatic : .never)
        let precise = places.map { style.precision(.fractionLength($0)) }
        return decimal.formatted(precise ?? style.precision(.fractionLength(0...38)))
    }
}

extension LiquidNumber {
    /// A number, or a text that is one as a whole.
    fileprivate static func counted(_ value: LiquidValue) throws(LiquidError) -> LiquidNumber {
        if case .number(let number) = value { return number }
        guard let text = value.asString else { throw .argument("expected a number, found \(value.typeName)") }
        guard let number = ExactDecimal(text.trimmed) else {
            throw .argument(text.isNoNumber)
        }
        return LiquidNumber(number, isDecimal: !number.isInteger)
    }
}

extension LiquidArguments {
    /// The locale of an argument, by position or by name, else the scope's; `nil` where there is none.
    func locale(at position: Int? = nil, in context: LiquidContext) throws(LiquidError) -> Locale? {
        let value = named["locale"] ?? position.flatMap { self[$0] }
        guard let value, !value.isNil else { return context.scope.locale }
        return try LiquidEnvironment.locale(value)
    }

    /// How many places a number is written with; `nil` for as many as it has.
    fileprivate func places() throws(LiquidError) -> Int? {
        guard let value = self[0], !value.isNil else { return nil }
        let places = try integer(0, or: 0)
        guard (0...20).contains(places) else { throw .argument("the places of a number are 0 to 20") }
        return places
    }
}
