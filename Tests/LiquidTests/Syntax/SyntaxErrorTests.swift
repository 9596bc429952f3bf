// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("mistakes in a template")
struct SyntaxErrorTests {
    static let rows: [Row] = [
        Row("{{ a | upcas }}", "line 1, column 8: unknown filter 'upcas'; did you mean 'upcase'?"),
        Row("a\nb {{ a | mony: 'INR' }}", "line 2, column 10: unknown filter 'mony'; did you mean 'money'?"),
        Row("é{{ a | frobnicate }}", "line 1, column 9: unknown filter 'frobnicate'"),
        Row("{% fi x %}", "line 1, column 4: unknown tag 'fi'; did you mean 'if'?"),
        Row("{% %}", "line 1, column 4: expected the name of a tag"),
        Row("{% endif %}", "line 1, column 4: 'endif' without 'if'"),
        Row("{% else %}", "line 1, column 4: 'else' stands outside the block that it belongs to"),
        Row("{% if a %}{% else if b %}{% endif %}", "line 1, column 14: 'else if' is written 'elsif'"),
        Row("{% if a %}{% elseif b %}{% endif %}", "line 1, column 14: unknown tag 'elseif'; did you mean 'elsif'?"),
        Row("{% render 'x' %}", "line 1, column 4: 'render' reads other files, which templates here cannot"),
        Row("\n\n  {% for x in y %}", "line 3, column 6: 'for' has no 'endfor'"),
        Row("{% if %}{% endif %}", "line 1, column 4: 'if' needs a condition"),
        Row("{% if a = b %}{% endif %}", "line 1, column 9: found '='; equality is written =="),
        Row(
            "{% if a startswith b %}{% endif %}",
            "line 1, column 9: found 'startswith'; "
                + "take the start with {% assign start = text | slice: 0, 3 %} and compare that with =="
        ),
        Row(
            "{% if a startwith b %}{% endif %}",
            "line 1, column 9: found 'startwith'; expected an operator, 'and', 'or' or the end"
        ),
        Row(
            "{% assign x = (a or b) %}",
            "line 1, column 18: found 'or'; expected '..' between the ends of a range; only conditions have other parentheses"
        ),
        Row("{% for x on y %}{% endfor %}", "line 1, column 10: found 'on'; expected 'in' after the variable"),
        Row(
            "{% for x in y cols: 2 %}{% endfor %}",
            "line 1, column 15: found 'cols'; expected 'reversed', 'limit:', 'offset:' or the end"
        ),
        Row("{% assign x 5 %}", "line 1, column 13: found '5'; expected '=' after the name"),
        Row("{% assign x? = 5 %}", "line 1, column 11: found 'x?'; expected the name of a variable after 'assign'"),
        Row("{% case x %}{% when %}{% endcase %}", "line 1, column 20: found the end; expected a value"),
        Row("{{ a b }}", "line 1, column 6: found 'b'; expected '|' and a filter, or the end"),
        Row("{{ a | }}", "line 1, column 8: found the end; expected the name of a filter after '|'"),
        Row("{{ a.['b'] }}", "line 1, column 6: found '['; expected a name after '.'"),
        Row("{{ a[0 }}", "line 1, column 8: found the end; expected ']' after '['"),
        Row("{{ 'a }}", "line 1, column 4: this string has no closing quote"),
        Row("{{ größe }}", "line 1, column 6: unexpected character 'ö'; a name with such characters is written ['…']"),
        Row("{{ -a }}", "line 1, column 4: found '-'; write `| minus: 1`"),
        Row("{{ a", "line 1, column 1: this output has no closing '}}'"),
        Row("{% if a", "line 1, column 1: this tag has no closing '%}'"),
        Row("{% raw %}", "line 1, column 1: 'raw' has no 'endraw'"),
        Row("{% comment %}{% comment %}{% endcomment %}", "line 1, column 1: 'comment' has no 'endcomment'"),
        Row("{% doc x %}{% enddoc %}", "line 1, column 8: nothing may follow 'doc' in its tag"),
        Row("{% liquid\n if true\n echo 1\n%}", "line 2, column 2: 'if' has no 'endif'"),
        Row("{% if true %}{% liquid endif %}", "line 1, column 24: 'endif' without 'if'"),
        Row("{% # a\n b %}", "line 2, column 2: each line of an inline comment must begin with '#'"),
        Row(
            "{{ a | default: 1, allow_flase: true }}",
            "line 1, column 8: filter 'default' has no argument 'allow_flase'; did you mean 'allow_false'?"
        ),
        Row("{{ a | upcase: 1 }}", "line 1, column 8: filter 'upcase' takes no arguments, not 1"),
        Row("{{ a | split }}", "line 1, column 8: filter 'split' takes 1 argument, not 0"),
        Row("{{ a | truncate: 1, 2, 3 }}", "line 1, column 8: filter 'truncate' takes 0 to 2 arguments, not 3"),
    ]

    @Test("are found when it is read, with place and sentence", arguments: rows)
    func mistake(_ row: Row) {
        let error = #expect(throws: LiquidError.self) { try LiquidTemplate(row.template) }
        #expect(error?.description == row.output)
    }

    @Test("have a code")
    func codes() {
        #expect(failure("{{ a | b }}")?.code == .unknownFilter)
        #expect(failure("{% a %}")?.code == .unknownTag)
        #expect(failure("{{ a b }}")?.code == .syntax)
        #expect(failure("{{ a }}")?.code == .undefined)
        #expect(failure("{{ 1 | divided_by: 0 }}")?.code == .argument)
        #expect(failure("{% if 'a' < 1 %}{% endif %}")?.code == .comparison)
    }
}
