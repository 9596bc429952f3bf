// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Testing

@Suite("number filters")
struct NumberFilterTests {
    @Test(
        "compute exactly",
        arguments: [
            Row(
                "{{ 0.1 | plus: 0.2 }} {{ 1.1 | times: 3 }} {{ 3.0 | times: 2 }} {{ 1.5 | plus: 0.5 }} {{ 5 | minus: 0.01 }}",
                "0.3 3.3 6.0 2.0 4.99"
            ),
            Row(
                "{{ '1499.00' | times: 3 }} {{ ' 7.25 ' | plus: 0 }} {{ '1e3' | plus: 1 }} {{ '-5' | plus: 1 }}",
                "4497.0 7.25 1001 -4"
            ),
            Row(
                "{{ '.5' | plus: 1 }} {{ '5.' | plus: 1 }} {{ '-.5' | plus: 1 }} {{ '+5' | plus: 1 }}",
                "1.5 6.0 0.5 6"
            ),
            Row(
                "{{ n }} {{ n | plus: 0 }} {{ m }} {{ m | plus: 1 }}",
                "499.00 499.0 1000 1001.0",
                data: #"{"n": 499.00, "m": 1e3}"#
            ),
            Row(
                "{{ id }} {{ id | plus: 1 }}",
                "820982911946154508123 820982911946154508124",
                data: #"{"id": 820982911946154508123}"#
            ),
            Row(
                "{{ 7 | divided_by: 2 }} {{ -7 | divided_by: 2 }} {{ 7 | divided_by: -2 }} {{ 7 | divided_by: 2.0 }} {{ '8' | divided_by: '4.0' }}",
                "3 -4 -4 3.5 2.0"
            ),
            Row(
                "{{ 20 | divided_by: 7.0 }} {{ 10 | divided_by: 3.0 }} {{ 1 | divided_by: 8.0 }} {{ 100.10 | divided_by: 4 }}",
                "2.857142857142857 3.3333333333333335 0.125 25.025"
            ),
            Row(
                "{{ 7 | modulo: 3 }} {{ -7 | modulo: 3 }} {{ 7 | modulo: -3 }} {{ 5.5 | modulo: 2 }} {{ -0.5 | modulo: 0.2 }}",
                "1 2 -2 1.5 0.1"
            ),
            Row("{{ -1.50 | abs }} {{ '-3' | abs }} {{ 1.50 | abs }}", "1.5 3 1.50"),
            Row(
                "{{ 1.0000000000000000001 | ceil }} {{ -1.5 | ceil }} {{ -1.5 | floor }} {{ '3.7' | floor }} {{ 4 | ceil }}",
                "2 -1 -2 3 4"
            ),
            Row(
                "{{ 2.5 | round }} {{ -2.5 | round }} {{ 2.345 | round: 2 }} {{ 2.5 | round: 2 }} {{ 5 | round: 2 }} {{ 1250 | round: -2 }} {{ 5.666 | round: -2 }}",
                "3 -3 2.35 2.5 5 1300 0"
            ),
            Row("{{ 3 | at_least: 3.5 }} {{ '7' | at_most: 5 }} {{ 2.50 | at_least: 1 }}", "3.5 5 2.50"),
            Row("{{ 0.00 | plus: 0 }} {{ -0.5 | plus: 0.25 }} {{ 0.05 | times: -1 }}", "0.0 -0.25 -0.05"),
        ]
    )
    func exact(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test(
        "in lax mode count a text by the number that it begins with, as the reference implementation does",
        arguments: [
            Row(
                "{{ '1499.00' | times: 3 }} {{ '12 pieces' | plus: 1 }} {{ 'x' | plus: 1 }} {{ '1e3' | plus: 1 }}",
                "4497.0 13 1 2"
            ),
            Row("{{ true | plus: 1 }} {{ '.5' | plus: 1 }} {{ '1,499.00' | plus: 0 }} {{ nil | plus: 1 }}", "1 1 1 1"),
        ]
    )
    func lax(_ row: Row) throws {
        #expect(try render(row.template, row.data, .lax) == row.output)
    }

    @Test(
        "refuse a division by zero",
        arguments: ["{{ 1 | divided_by: 0 }}", "{{ 1.5 | divided_by: 0.0 }}", "{{ 1 | modulo: '0' }}"]
    )
    func zero(_ template: String) {
        #expect(failure(template)?.code == .argument)
    }

    @Test("numbers that differ in form alone are equal and hash alike")
    func equality() {
        let forms: [LiquidValue] = [.number(LiquidNumber(15)), .number(LiquidNumber(.init(15), isDecimal: true))]
        #expect(forms[0] == forms[1])
        #expect(Set(forms).count == 1)
    }
}
