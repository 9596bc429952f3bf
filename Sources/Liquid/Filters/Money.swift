// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import BigInt
internal import Events
internal import Foundation

extension LiquidEnvironment {
    /// `money` and `minor_units`.
    mutating func registerMoney() {
        register("money", arguments: 1...2) { input, arguments, context throws(LiquidError) in
            let style = try MoneyStyle.of(arguments[0] ?? .nil, arguments[1], in: context.scope)
            return .string(try style.text(try LiquidNumber.amount(input)))
        }
        register("minor_units", arguments: 1...2) { input, arguments, context throws(LiquidError) in
            let currency = try Currency(arguments[0] ?? .nil)
            let places =
                try arguments.places(1) ?? context.conventions.minorUnitPlaces[currency.code] ?? currency.places
            return .number(LiquidNumber(source: Currency.major(try Self.minorUnits(input), places: places)))
        }
    }

    /// A whole number of minor units, as a number or as digits.
    private static func minorUnits(_ value: LiquidValue) throws(LiquidError) -> ExactDecimal {
        let minor = try LiquidNumber.amount(value).readable()
        guard minor.isInteger else { throw .argument("minor units are whole numbers, not \(minor)") }
        guard !hasPlaces(value) else {
            let what = value.asString.map(\.shown) ?? "\(value.filterText)"
            throw .argument("minor units are whole numbers; \(what) has decimals, so it is in major units already")
        }
        return minor
    }

    /// Whether an amount is written with decimals; one zero is how programs write a whole number that is a float.
    private static func hasPlaces(_ value: LiquidValue) -> Bool {
        let written = value.filterText
        guard let point = written.firstIndex(of: ".") else { return false }
        return value.asString != nil || written[point...] != ".0" && !written.contains { $0 == "e" || $0 == "E" }
    }

    static func locale(_ value: LiquidValue) throws(LiquidError) -> Locale {
        let name = value.filterText.replacing("-", with: "_")
        guard Locale.Language(identifier: name).languageCode?.isISOLanguage == true else {
            throw .argument("unknown locale '\(name)'; expected one such as 'en_IN'")
        }
        return Locale(identifier: name)
    }
}

extension LiquidArguments {
    /// A number of decimal places, `nil` where the call has none.
    fileprivate func places(_ position: Int) throws(LiquidError) -> Int? {
        guard self[position] != nil else { return nil }
        let places = try integer(position, or: 0)
        guard (0...18).contains(places) else {
            throw .argument("the number of decimal places must be 0 to 18, not \(places)")
        }
        return places
    }
}

extension LiquidNumber {
    /// An amount of money: a number, or a text that is a decimal number as a whole.
    fileprivate static func amount(_ value: LiquidValue) throws(LiquidError) -> LiquidNumber {
        if case .number(let number) = value { return number }
        guard let text = value.asString else { throw .argument("an amount must be a number, not \(value.typeName)") }
        guard let amount = LiquidNumber(whole: text) else {
            throw .argument("an amount must be a number such as 1499.00; \(text.isNoNumber)")
        }
        return amount
    }
}

/// A currency of ISO 4217.
struct Currency {
    let code: String
    /// How many decimal places its minor unit stands for: 2 for INR, 0 for JPY, 3 for KWD.
    let places: Int

    /// Those that ICU lists as common, and those of ISO 4217, list one, that it leaves out: new ones, and units of
    /// account in which rents and contracts are written.
    private static let codes = Set(Locale.commonISOCurrencyCodes).union([
        "BOV", "CHE", "CHW", "CLF", "COU", "MXV", "SLE", "USN", "UYI", "UYW", "VED", "VES", "XCG", "ZWG",
    ])

    /// Whether a code in capitals is a currency's.
    static func isKnown(_ code: String) -> Bool { codes.contains(code) }

    /// Currencies whose minor unit is not a hundredth (ISO 4217, list one, 2024).
    private static let exponents: [String: Int] = {
        let zero = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
        let three = "BHD IQD JOD KWD LYD OMR TND"
        var exponents = ["CLF": 4, "UYW": 4]
        for code in zero.split(separator: " ") { exponents[String(code)] = 0 }
        for code in three.split(separator: " ") { exponents[String(code)] = 3 }
        return exponents
    }()

    /// Where a currency is at home whose code does not begin with that country's code.
    private static let homes = [
        "EUR": "IE", "XAF": "CM", "XOF": "SN", "XPF": "PF", "XCD": "AG", "ANG": "CW", "XCG": "CW", "CLF": "CL",
    ]

    init(_ value: LiquidValue) throws(LiquidError) {
        guard let text = value.asString else {
            throw .argument("the currency must be a code such as 'INR', not \(value.typeName)")
        }
        code = text.trimmed.uppercased()
        guard Self.codes.contains(code) else {
            // Of three letters one may be a slip; a sign or a word is none, and near to some code by chance alone.
            let near = code.utf8.count == 3 ? NearMiss.hint(for: code, among: Self.codes.sorted()) : ""
            let hint = CurrencySigns.hint(for: text)
            throw .argument("unknown currency '\(text)'" + (near.isEmpty || hint.contains("write") ? hint : near))
        }
        places = Self.exponents[code] ?? 2
    }

    /// English with the customs of the currency's home: `en_IN` for INR, `en_US` for USD, `en_IE` for EUR.
    private var locale: Locale { Locale(identifier: "en_" + (Self.homes[code] ?? String(code.prefix(2)))) }

    func format(_ amount: ExactDecimal, _ locale: Locale?) throws(LiquidError) -> String {
        guard amount.digitCount + max(0, amount.exponent) <= 38, let decimal = Decimal(string: amount.description)
        else {
            throw LiquidError(.limit, "an amount of money has at most 38 digits")
        }
        let style = Decimal.FormatStyle.Currency(code: code, locale: locale ?? self.locale)
        return decimal.formatted(style.precision(.fractionLength(places)))
    }

    /// An amount of minor units as a decimal number with all of its places.
    static func major(_ minor: ExactDecimal, places: Int) -> String {
        let digits = minor.description
        guard places > 0 else { return digits }
        let sign = digits.hasPrefix("-") ? "-" : ""
        let magnitude = digits.dropFirst(sign.count)
        let padded = String(repeating: "0", count: max(0, places + 1 - magnitude.count)) + magnitude
        return sign + padded.dropLast(places) + "." + padded.suffix(places)
    }
}
