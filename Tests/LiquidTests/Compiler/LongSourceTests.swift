// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

/// A long template costs what its length costs: these would take minutes if each piece looked at all others.
@Suite struct LongSourceTests {
    @Test("many filters in one expression")
    func filters() throws {
        let source = "{{ a " + String(repeating: "| append: b ", count: 50_000) + "}}"
        let template = try LiquidTemplate(source)
        #expect(template.references.count == 50_001)
        #expect(template.references.last?.column == 16 + 12 * 49_999)
    }

    @Test("many outputs in one line, and many lines")
    func outputs() throws {
        let line = String(repeating: "é{{ name }}", count: 20_000)
        #expect(try LiquidTemplate(line).references.last?.column == 2 + 11 * 19_999 + 3)
        let lines = String(repeating: "{{ name }}\n", count: 20_000)
        #expect(try LiquidTemplate(lines).references.map(\.line) == Array(1...20_000))
    }

    @Test("many constant arguments, all of them judged")
    func constants() throws {
        var check = LiquidConstantCheck()
        let source = "{{ a " + String(repeating: "| truncate: 5 ", count: 20_000) + "| truncate: 'x' }}"
        #expect(try check.check(LiquidTemplate(source)).count == 1)
    }
}
