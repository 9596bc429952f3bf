// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("Small things that Shopify's Liquid does")
struct CompatibilityTests {
    @Test(
        "are done as there, in both modes",
        arguments: [
            Row("{% raw %}{% endraw {% endraw %}", "{% endraw "), Row("{% raw %}{%endraw{% endraw %}", "{%endraw"),
            Row("{% raw %} a {% b {% {% endraw %}c", " a {% b {% c"), Row("{% raw %}a{% endraw b %}c", "ac"),
            Row("{% for c in 'ab' limit: 0 %}{{ c }}{% endfor %}", "ab"),
            Row("{% for c in 'ab' offset: 1 %}{{ c }}{% else %}none{% endfor %}", "ab"),
            Row("{% if empty == empty %}y{% else %}n{% endif %}{% if blank == empty %}y{% else %}n{% endif %}", "nn"),
            Row("{% tablerow c in nosuch %}{{ c }}{% endtablerow %}", ""),
            Row(
                "{% tablerow c in 'ab' %}{{ c }}{% endtablerow %}",
                "<tr class=\"row1\">\n<td class=\"col1\">ab</td></tr>\n"
            ),
            Row("{% cycle a, 'x' %}{% cycle a, 'x' %}", "11", data: #"{"a": 1}"#),
            Row("{% cycle 'a', 'b' %}{% cycle \"a\",\"b\" %}", "ab"),
            Row("{% cycle a: 1, 2 %}{% cycle b: 1, 2 %}", "12", data: #"{"a": "g", "b": "g"}"#),
        ]
    )
    func both(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
        #expect(try render(row.template, row.data, .lax) == row.output)
    }

    @Test("keys that differ in their code points are two keys, however alike they look")
    func normalisation() throws {
        let data = #"{"o": {"caf\u00e9": 1, "cafe\u0301": 2, "x": 3, "x": 4}}"#
        #expect(try render("{% for pair in o %}{{ pair[1] }}{% endfor %}", data) == "124")
        #expect(try render("{{ o['caf\u{E9}'] }}{{ o['cafe\u{301}'] }}", data) == "12")
    }

    @Test("a text has neither first nor last, nor does strip see other white space, in lax mode")
    func lax() throws {
        #expect(try render("{{ 'ab' | first }}{{ 'ab' | last }}[{{ '\u{A0}' | strip }}]", "{}", .lax) == "[\u{A0}]")
    }
}
