// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Liquid
import Testing

@Suite("money and messages")
struct MoneyFilterTests {
    @Test(
        "money is written as where the currency is at home",
        arguments: [
            Row(
                "{{ 1234567.5 | money: 'INR' }} {{ '1499.00' | money: 'inr' }} {{ 0 | money: 'INR' }} {{ -99.995 | money: 'INR' }}",
                "₹12,34,567.50 ₹1,499.00 ₹0.00 -₹100.00"
            ),
            Row(
                "{{ 1234567.5 | money: 'USD' }} {{ 1234567.5 | money: 'EUR' }} {{ 1234567.5 | money: 'GBP' }}",
                "$1,234,567.50 €1,234,567.50 £1,234,567.50"
            ),
            Row(
                "{{ 1499.5 | money: 'JPY' }} {{ 1.2345 | money: 'KWD' }} {{ 10 | money: 'AED' }}",
                "¥1,500 KWD\u{A0}1.235 AED\u{A0}10.00"
            ),
            Row("{{ 12345678901234567890.05 | money: 'INR' }}", "₹1,23,45,67,89,01,23,45,67,890.05"),
            Row(
                "{{ 1234.5 | money: 'EUR', 'de-DE' }} {{ 1234.5 | money: 'INR', 'en_US' }}",
                "1.234,50\u{A0}€ ₹1,234.50"
            ),
            Row(
                "{{ 149900 | minor_units: 'INR' }} {{ 5 | minor_units: 'inr' }} {{ -5 | minor_units: 'USD' }} {{ '1234' | minor_units: 'KWD' }} {{ 1499 | minor_units: 'JPY' }}",
                "1499.00 0.05 -0.05 1.234 1499"
            ),
            Row(
                "{{ 149900 | minor_units: 'INR' | money: 'INR' }} {{ 149900 | minor_units: 'INR' | times: 2 }}",
                "₹1,499.00 2998.0"
            ),
        ]
    )
    func money(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test(
        "money refuses what is no amount and no currency",
        arguments: [
            "{{ 'x' | money: 'INR' }}", "{{ '1,499' | money: 'INR' }}", "{{ true | money: 'INR' }}",
            "{{ 1 | money: 'XYZ' }}", "{{ 1 | money: 5 }}",
            "{{ 1 | money: '' }}", "{{ 1 | money: 'INR', 'klingon' }}", "{{ 1.5 | minor_units: 'INR' }}",
            "{{ '' | minor_units: 'INR' }}",
        ]
    )
    func refused(_ template: String) {
        #expect(failure(template)?.code == .argument)
    }

    @Test("money needs a currency, and no more than 38 digits")
    func needs() {
        #expect(failure("{{ 1 | money }}")?.code == .syntax)
        #expect(failure("{{ 1 | money: currency }}")?.path == "currency")
        #expect(failure("{{ 1234567890123456789012345678901234567890 | money: 'INR' }}")?.code == .limit)
    }

    @Test("a scope's locale goes before the currency's")
    func locale() throws {
        let scope = LiquidScope(root: nil, now: testNow, locale: Locale(identifier: "de_DE"))
        #expect(try LiquidTemplate("{{ 1234.5 | money: 'EUR' }}").render(scope) == "1.234,50\u{A0}€")
    }

    static let items =
        #"{"items": [{"q": 2, "p": {"t": "Tea"}}, {"q": 1, "p": {"t": "Cup"}}, {"q": 1, "p": {"t": null}}], "none": []}"#

    @Test(
        "filters for messages",
        arguments: [
            Row("{{ items | list: '{q}× {p.t}', 2 }}", "2× Tea, 1× Cup +1 more", data: items),
            Row(
                "{{ 'a,b,c' | split: ',' | list: '<{}>' }} {{ none | list: '{q}' | default: '-' }} {{ 'x' | list: '{} {', 1 }}",
                "<a>, <b>, <c> - x {",
                data: items
            ),
            Row("{{ 'https://s.example/o/a?b=1' | url_suffix: 'https://s.example/o/' }}", "a?b=1"),
            Row(
                "{{ '+91 (98765) 43-210 x' | digits }} {{ '१२३' | digits }} {{ 12.5 | digits }}",
                "919876543210 123 125"
            ),
            Row(
                "{{ '+91 98765-43210' | mask }} {{ 'Asha' | mask: 1 }} {{ 'ab' | mask }} {{ 'abc' | mask: 0, '•' }}",
                "+** *****-*3210 ***a ab •••"
            ),
        ]
    )
    func messages(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test("list refuses an element without the value, in strict mode")
    func listGap() throws {
        let error = failure("{{ items | list: '{q}× {p.t}' }}", Self.items)
        #expect(error?.code == .undefined)
        #expect(error?.path == "[2].p.t")
        #expect(try render("{{ items | list: '{q}× {p.t}' }}", Self.items, .lax) == "2× Tea, 1× Cup, 1× ")
    }

    @Test("url_suffix refuses another site, and does not repeat the link")
    func otherSite() {
        let error = failure("{{ 'https://evil.example/secret' | url_suffix: 'https://s.example/o/' }}")
        #expect(error?.code == .argument)
        #expect(error?.message.contains("secret") == false)
    }
}
