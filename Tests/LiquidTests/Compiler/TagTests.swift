// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("tags")
struct TagTests {
    static let items =
        #"{"items": [{"n": "a", "q": 2}, {"n": "b", "q": 1}], "obj": {"k": 1, "l": 2}, "text": "abc", "none": []}"#

    @Test(
        "conditions choose the first branch that holds",
        arguments: [
            Row("{% if a %}1{% elsif b %}2{% else %}3{% endif %}", "2", data: #"{"a": false, "b": 0}"#),
            Row("{% if a %}1{% elsif b %}2{% else %}3{% endif %}", "3", data: #"{"a": null}"#),
            Row("{% unless a %}1{% elsif b %}2{% else %}3{% endunless %}", "2", data: #"{"a": 1, "b": 1}"#),
            Row("{% if 'abc' < 'acb' and 1 <= 1.0 and 2 > 1 and 2 >= 2 and 1 <> 2 %}y{% endif %}", "y"),
            Row("{% if true and false and false or true %}y{% endif %}", ""),
            Row("{% if false or true and false or true %}y{% endif %}", "y"),
            Row("{% if (1..3) contains 2 and obj contains 'k' and text contains 'bc' %}y{% endif %}", "y", data: items),
            Row("{% if items == items and obj == obj and none == empty %}y{% endif %}", "y", data: items),
            Row(
                "{% if none contains nil or text contains x or x contains 'a' %}y{% else %}n{% endif %}",
                "n",
                data: items
            ),
            Row("{% if '1' == 1 or 0 == false or nil == false %}y{% else %}n{% endif %}", "n"),
            Row("{% if 100000000000000000001 > 100000000000000000000 and 0.10 == 0.1 %}y{% endif %}", "y"),
            Row("{% if blank.a %}y{% endif %}{{ empty }}", "y", data: #"{"blank": {"a": 1}, "empty": 2}"#),
        ]
    )
    func conditions(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test(
        "case renders every arm that matches, and else while none did",
        arguments: [
            Row("{% case x %}{% when 1, 2 %}a{% when 2 or 3 %}b{% else %}c{% endcase %}", "ab", data: #"{"x": 2}"#),
            Row("{% case x %}{% when 'a', 'a' %}y{% endcase %}", "yy", data: #"{"x": "a"}"#),
            Row("{% case x %}{% when nil %}none{% endcase %}", "none"),
        ]
    )
    func selections(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test(
        "loops",
        arguments: [
            Row(
                "{% for i in items %}{{ i.n }}{{ forloop.rindex }}{{ forloop.rindex0 }}{{ forloop.first }} {% endfor %}",
                "a21true b10false ",
                data: items
            ),
            Row("{% for i in (1..6) limit: 2, offset: 1, reversed %}{{ i }}{{ forloop.length }}{% endfor %}", "3222"),
            Row(
                "{% for i in (1..6) limit:4 %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}{% for i in (1..6) offset:continue %}{{ i }}{% endfor %}",
                "1256"
            ),
            Row(
                "{% for c in text %}{{ c }}{% endfor %}{% for c in 5 %}{{ c }}{% else %}!{% endfor %}",
                "abc!",
                data: items
            ),
            Row("{% for p in obj %}{{ p | join: '=' }};{% endfor %}", "k=1;l=2;", data: items),
            Row(
                "{% for i in (1..2) %}{{ forloop.name }} {% endfor %}{{ forloop.index | default: '-' }}",
                "i-(1..2) i-(1..2) -"
            ),
            Row("{% assign x = 9 %}{% for x in (1..2) %}{{ x }}{% endfor %}{{ x }}", "129"),
            Row("{% for i in (1..2) %}{% assign last = i %}{% endfor %}{{ last }}", "2"),
            Row(
                "{% for a in (1..2) %}{% for b in (1..3) %}{% if b == 2 %}{% break %}{% endif %}{{ a }}{{ b }} {% endfor %}{% endfor %}",
                "11 21 "
            ),
            Row("a{% break %}b", "a"),
            Row("{% for i in (3..1) %}{{ i }}{% else %}none{% endfor %}", "none"),
            Row("{% for i in (1..3) offset: 9223372036854775807 limit: 5 %}{{ i }}{% else %}none{% endfor %}", "none"),
            Row("{% for i in (1..3) %}{{ forloop['index'] }}{% endfor %}", "123"),
            Row(
                "{% tablerow i in (1..3) cols: 2 %}{{ i }}{{ tablerowloop.col_last }}{% endtablerow %}",
                "<tr class=\"row1\">\n<td class=\"col1\">1false</td><td class=\"col2\">2true</td></tr>\n<tr class=\"row2\"><td class=\"col1\">3false</td></tr>\n"
            ),
            Row("{% tablerow i in missing %}{{ i }}{% endtablerow %}", ""),
            Row(
                "{% tablerow i in (1..3) %}{{ i }}{% break %}{% endtablerow %}",
                "<tr class=\"row1\">\n<td class=\"col1\">1</td></tr>\n"
            ),
        ]
    )
    func loops(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test(
        "variables and counters",
        arguments: [
            Row("{% assign a-b = 'x' | upcase %}{{ a-b }}{% capture 'q' %}{{ a-b }}!{% endcapture %}{{ q }}", "XX!"),
            Row("{% increment n %}{% increment n %}{{ n }} {% assign n = 'v' %}{% increment n %}{{ n }}", "012 2v"),
            Row("{% decrement n %} {% increment n %}", "-1 -1"),
            Row("{% cycle g: 1, 2, 3 %}{% cycle g: 7, 8 %}{% cycle g: 1 %}", "181", data: #"{"g": "x"}"#),
            Row("{% cycle 'a', 'b' %}{% cycle 'a', 'c' %}{% cycle 'a', 'b' %}", "aab"),
            Row(
                "{% ifchanged %}a{% endifchanged %}{% ifchanged %}a{% endifchanged %}{% ifchanged %}b{% endifchanged %}",
                "ab"
            ),
            Row("{% echo 'a' | upcase %}{% liquid %}{% liquid echo 'b' %}", "Ab"),
        ]
    )
    func variables(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test(
        "bodies that are not read, and white space",
        arguments: [
            Row("{% raw %} {{ {% }} {% endraw %}", " {{ {% }} "),
            Row("a {%- raw -%} {{ x }} {%- endraw -%} b", "a {{ x }} b"),
            Row(
                "{% comment %}{% if %}{% raw %}{% endcomment %}{% endraw %}{% comment %}{% endcomment %}{% endcomment %}x",
                "x"
            ),
            Row("{% liquid\n comment\n  if\n endcomment\n # note\n\n echo 'x' %}", "x"),
            Row("a{%- # one\n # two -%} b", "ab"),
            Row("a {{- 'b' -}} \n c", "abc"),
            Row(
                "{% if true %} \n {% endif %}|{% for i in (1..3) %} {% endfor %}|{% if true %} {{ '' }} {% endif %}",
                "||  "
            ),
            Row("{{ }}{% echo %}", ""),
        ]
    )
    func unread(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }
}
