// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("Amounts as texts")
struct AmountTests {
    @Test(
        "arithmetic refuses a text that is no number as a whole",
        arguments: [
            "{{ '1,499.00' | plus: 1 }}", "{{ '18%' | times: 2 }}", "{{ '₹499' | minus: 1 }}",
            "{{ '12 pieces' | plus: 1 }}",
            "{{ 1 | plus: '1,499.00' }}", "{{ 1 | at_least: '5 kg' }}", "{{ '1 499' | round }}", "{{ '' | plus: 1 }}",
            "{{ 'x' | abs }}", "{{ 'x' | ceil }}", "{{ true | plus: 1 }}", "{{ 1 | times: nil }}",
            "{{ '1.2.3' | floor }}",
            "{{ 5 | round: 'x' }}",
        ]
    )
    func refused(_ template: String) {
        #expect(failure(template)?.code == .argument)
    }

    @Test("the reason shows a short text, and never what could be a phone number")
    func reason() {
        #expect(
            failure("{{ '₹499' | plus: 1 }}")?.message
                == "plus: the text '₹499' is no number as a whole; `| to_number` reads amounts with separators and currency signs"
        )
        #expect(failure("{{ '98450 61237 x' | plus: 1 }}")?.message.contains("98450") == false)
    }

    @Test(
        "to_number reads what can be read in one way",
        arguments: [
            ("1,499.00", "1499.00"), ("1.499,00", "1499.00"), ("12,34,567.50", "1234567.50"), ("1,234,567", "1234567"),
            ("₹499", "499"), ("₹ 1,499.00", "1499.00"), ("Rs. 1,499.00", "1499.00"), ("Rs.499", "499"),
            ("1 499,00 €", "1499.00"),
            ("1\u{A0}499,5 kr", "1499.5"), ("CHF 1'499.00", "1499.00"), ("INR 1,499.00", "1499.00"),
            ("499,00 zł", "499.00"),
            ("R$ 1.499,90", "1499.90"), ("US$5.00", "5.00"), ("-499.00", "-499.00"), ("₹-499.00", "-499.00"),
            ("-₹499.00", "-499.00"),
            ("(499.00)", "-499.00"), ("499.00-", "-499.00"), ("\u{2212}499", "-499"), ("१,४९९.००", "1499.00"),
            ("١٬٤٩٩٫٥٠", "1499.50"), ("1499.00", "1499.00"), ("1.499", "1.499"), ("49,5", "49.5"), (".50", "0.50"),
            ("$.50", "0.50"),
            ("1234,567", "1234.567"), ("0,499", "0.499"), ("1,0000,0000", "100000000"),
            // What says that nothing follows is no minus sign.
            ("Rs. 2,499/-", "2499"), ("2499/-", "2499"), ("₹ 2,499.00/-", "2499.00"), ("Rs.2499/=", "2499"),
            ("Rs 500 only", "500"), ("INR 2,499.00/- only", "2499.00"), ("Rs. 12,34,567.50/-", "1234567.50"),
            ("2,499/- INR", "2499"), ("(2,499/-)", "-2499"), ("-Rs. 500/-", "-500"), ("2.499,-", "2499"),
            ("kr 499,-", "499"), ("499,- kr", "499"), ("CHF 2’499.–", "2499"), ("2,499.-", "2499"), ("49.–", "49"),
        ]
    )
    func reads(_ text: String, _ number: String) throws {
        #expect(
            try render("{{ a | to_number | times: 1 | minus: b }}", #"{"a": "\#(text)", "b": \#(number)}"#).allSatisfy {
                "0.".contains($0)
            }
        )
    }

    @Test(
        "to_number refuses what could be read in two ways, until it is told the sign before the decimals",
        arguments: [("1,499", "1.499", "1499"), ("€1.499", "1499", "1.499"), ("₹499,000", "499.000", "499000")]
    )
    func ambiguous(_ text: String, _ comma: String, _ point: String) throws {
        #expect(failure("{{ '\(text)' | to_number }}")?.message.contains("can be read in two ways") == true)
        #expect(try render("{{ '\(text)' | to_number: ',' | minus: \(comma) }}").allSatisfy { "0.".contains($0) })
        #expect(try render("{{ '\(text)' | to_number: '.' | minus: \(point) }}").allSatisfy { "0.".contains($0) })
    }

    @Test(
        "to_number refuses what is no amount",
        arguments: [
            "'18%'", "'12 pieces'", "'1,2,3'", "'1,49.99,00'", "''", "'€'", "'1,499.00 and 5'", "true", "'--5'",
            "'1..5'",
            "'12,34'| append: ',5'",
        ]
    )
    func noAmount(_ value: String) {
        #expect(failure("{{ \(value) | to_number }}")?.code == .argument)
    }

    @Test("the sign before the decimals is a point or a comma")
    func point() {
        #expect(
            failure("{{ '1' | to_number: ';' }}")?.message
                == "to_number: the sign before the decimals must be '.' or ',', not ';'"
        )
    }

    @Test(
        "minor units are whole numbers, whoever writes them",
        arguments: ["'1499.00'", "'149900.0'", "1499.00", "1499.5", "'1,499'"]
    )
    func minorUnits(_ value: String) throws {
        #expect(failure("{{ \(value) | minor_units: 'INR' }}")?.code == .argument)
        #expect(
            try render("{{ 149900.0 | minor_units: 'INR' }} {{ a | minor_units: 'INR' }}", #"{"a": 1.499e5}"#)
                == "1499.00 1499.00"
        )
    }

    @Test(
        "currencies that ICU does not list are known",
        arguments: [("CLF", "38123.4567"), ("UYW", "1.4321"), ("UYI", "12"), ("VED", "36.50"), ("ZWG", "1.00")]
    )
    func currencies(_ code: String, _ amount: String) throws {
        let printed = try render("{{ \(amount) | money: '\(code)', 'en_US' }}")
        #expect(printed.filter { $0.isNumber || $0 == "." } == amount)
    }

    @Test(
        "a number is printed in plain digits",
        arguments: [("1.0E7", "10000000"), ("2.5e-3", "0.0025"), ("1e3", "1000"), ("-4E2", "-400")]
    )
    func plain(_ written: String, _ printed: String) throws {
        #expect(try render("{{ a }}", #"{"a": \#(written)}"#) == printed)
    }

    @Test(
        "numbers compare exactly, however large their exponents are",
        arguments: [
            ("-1e99999999999999999999", "<"), ("1e-999999999", "<"), ("1e99999999999999999999", ">"),
            ("-1e-999999999", "<"),
            ("100e-2", "=="), ("0e99999999999999999999", "<"), ("10e-99999999999999999999", "<"),
        ]
    )
    func exponents(_ number: String, _ order: String) throws {
        let template = "{% if x > 1 %}>{% elsif x < 1 %}<{% elsif x == 1 %}=={% endif %}"
        #expect(try render(template, #"{"x": \#(number)}"#) == order)
    }

    @Test("two texts that are numbers are not compared letter by letter")
    func texts() throws {
        let data = #"{"a": "1499.00", "b": "500", "c": "2026-01-15", "d": "2026-02-01"}"#
        #expect(failure("{% if a > b %}yes{% endif %}", data)?.code == .comparison)
        #expect(
            try render("{% if c < d %}yes{% endif %}{% if '20260115' < '20260201' %}yes{% endif %}", data) == "yesyes"
        )
        #expect(try render("{% if a > b %}yes{% else %}no{% endif %}", data, .lax) == "no")
    }
}
