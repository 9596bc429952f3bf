// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Testing

@testable import Liquid

@Suite("Amounts are written as ICU writes them")
struct MoneyStyleTests {
    private static let currencies = [
        "INR", "USD", "EUR", "GBP", "JPY", "KWD", "BRL", "CHF", "IDR", "AED", "CLF", "UYW", "XAF", "SEK", "PLN", "VND",
        "BDT", "NPR", "LKR", "SAR", "ZAR", "MXN", "AUD", "XCG",
    ]
    private static let locales = [
        nil, "en_IN", "de_DE", "de_AT", "de_CH", "fr_FR", "es_ES", "pt_BR", "pt_PT", "pl_PL", "hi_IN", "ar_EG", "ne_NP",
        "bn_BD", "he_IL", "fa_IR", "ja_JP", "sv_SE", "my_MM", "mr_IN",
    ]

    @Test("whatever the currency, the language and the amount", arguments: currencies)
    func agreement(code: String) throws {
        let currency = try Currency(.string(code))
        for name in Self.locales {
            let (value, scope) = (name.map(LiquidValue.string), LiquidScope(root: nil, now: Timestamp(seconds: 0)))
            let style = try MoneyStyle.of(.string(code), value, in: scope)
            for text in Self.amounts {
                let amount = try #require(LiquidNumber(whole: text))
                let expected = try currency.format(
                    try amount.rounded(places: currency.places),
                    name.map { Locale(identifier: $0) }
                )
                #expect(try style.text(amount) == expected, "\(text) \(code) in \(name ?? "its own language")")
            }
        }
    }

    @Test("and without it where its way could be learned, as for the currencies of most shops")
    func learned() throws {
        let scope = LiquidScope(root: nil, now: Timestamp(seconds: 0))
        let learned = try Self.currencies.filter { try MoneyStyle.of(.string($0), nil, in: scope).isLearned }
        #expect(learned == Self.currencies)
    }

    @Test("a way of writing that the samples do not show is not learned")
    func strange() {
        let ways: [(String) -> String?] = [
            { _ in nil }, { _ in "no digits" }, { $0 + $0 }, { $0.replacing("5", with: "٥") },
            { $0.count > 9 ? $0 : "Rs \($0)" }, { $0 == "1000" ? "1'000" : $0 },
        ]
        #expect(ways.filter { MoneyShape(places: 2, $0) != nil }.isEmpty)
    }

    /// Both sides of every rounding and of every group.
    private static let amounts: [String] = {
        let wholes = [
            "0", "1", "9", "12", "999", "1000", "9999", "10000", "99999", "100000", "1234567", "123456789012",
        ]
        let fractions = ["", ".0", ".004", ".005", ".0049999", ".49", ".5", ".995", ".9999", ".12345"]
        let all = wholes.flatMap { whole in fractions.map { whole + $0 } }
        return (all + ["999999999999999999", "1234567890123456789012345.678"]).flatMap { [$0, "-" + $0] }
    }()
}
