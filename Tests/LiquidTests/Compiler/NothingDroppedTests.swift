// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Testing

@Suite struct NothingDroppedTests {
    private static let rows = [
        (
            "{% if a %}1{% else b == 1 %}2{% endif %}",
            "line 1, column 20: found 'b == 1' after 'else'; expected nothing there; a branch with a condition is "
                + "written 'elsif'"
        ),
        (
            "{% if a %}1{% else %}2{% else %}3{% endif %}",
            "line 1, column 26: found a second 'else'; expected one 'else', as the last branch"
        ),
        (
            "{% unless a %}1{% else %}2{% elsif b %}3{% endunless %}",
            "line 1, column 30: found 'elsif' after 'else'; expected one 'else', as the last branch"
        ),
        (
            "{% case a %}{% else %}1{% when 2 %}3{% endcase %}",
            "line 1, column 27: found 'when' after 'else'; expected one 'else', as the last branch"
        ),
        ("{% if a %}1{% endif x %}", "line 1, column 21: found 'x' after 'endif'; expected nothing there"),
        (
            "{% for i in a %}1{% else i %}2{% endfor %}",
            "line 1, column 26: found 'i' after 'else'; expected nothing there; a branch with a condition is written "
                + "'elsif'"
        ),
        (
            "{% capture a %}1{% endcapture a %}",
            "line 1, column 31: found 'a' after 'endcapture'; expected nothing there"
        ),
        (
            "{% ifchanged a %}1{% endifchanged %}",
            "line 1, column 14: found 'a' after 'ifchanged'; expected nothing there"
        ),
        (
            "{% case a %}Hello{% when 1 %}2{% endcase %}",
            "line 1, column 4: what stands between 'case' and its first 'when' is never sent"
        ),
    ]

    @Test("what would be dropped in silence is refused in strict mode", arguments: rows)
    func strict(source: String, sentence: String) {
        #expect(throws: LiquidError.self) { try LiquidTemplate(source) }
        do throws(LiquidError) { _ = try LiquidTemplate(source) } catch { #expect(error.description == sentence) }
    }

    @Test("in lax mode it is passed over, as in the reference implementation", arguments: rows)
    func lax(source: String, sentence: String) throws {
        _ = try LiquidTemplate(source, environment: .lax)
    }

    @Test(
        "in lax mode the branches behind an 'else' do what they do in the reference implementation",
        arguments: [
            Row("{% if false %}1{% else x %}2{% else %}3{% endif %}", "2"),
            Row("{% case x %} junk {% when 1 %}a{% else %}b{% when 2 %}c{% endcase %}", "bc", data: #"{"x": 2}"#),
        ]
    )
    func laxBranches(_ row: Row) throws {
        #expect(try render(row.template, row.data, .lax) == row.output)
    }

    @Test("white space and comments may stand before the first 'when'")
    func space() throws {
        _ = try LiquidTemplate("{% case a %}\n  {% comment %}which{% endcomment %}\n{% when 1 %}2{% endcase %}")
    }
}
