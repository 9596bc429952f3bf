// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("What other languages write otherwise")
struct ForeignWordTests {
    @Test(
        "an operator of another language is answered with the way here",
        arguments: [
            ("{% if a || b %}{% endif %}", "found '||'; in a condition write `or`"),
            ("{{ a || 'x' }}", "found '||'; in a condition write `or`"),
            ("{% if a && b %}{% endif %}", "found '&&'; both conditions"),
            ("{{ a ?? 'x' }}", "found '??'; a value for"),
            ("{{ a + 1 }}", "found '+'; write `| plus: 1`"), ("{{ a * 2 }}", "found '*'; write `| times: 2`"),
            ("{{ a / 2 }}", "found '/'; write `| divided_by: 2`"), ("{{ a - 1 }}", "found '-'; write `| minus: 1`"),
            ("{% if a is b %}{% endif %}", "found 'is'; equality is written =="),
            ("{% if a in b %}{% endif %}", "found 'in'; write `{% if list contains value %}`"),
            ("{% if a = b %}{% endif %}", "found '='; equality is written =="),
            ("{% if a === b %}{% endif %}", "found '==='; equality is written =="),
            ("{% if a !== b %}{% endif %}", "found '!=='; the opposite"),
            ("{% if !a %}{% endif %}", "found '!'; the opposite"),
            ("{{ a ? 'x' : 'y' }}", "found '?'; a choice is written"),
            ("{{ 'x' if a else 'y' }}", "found 'if'; a choice"),
            ("{% if a eq b %}{% endif %}", "found 'eq'; equality"),
            ("{{ a or b }}", "found 'or'; there are no conditions here"),
            ("{% if a starts_with 'x' %}{% endif %}", "found 'starts_with'; take the start"),
            ("{{ $a }}", "found '$'; a name is written without $"), ("{{ a ~ b }}", "found '~'; texts are joined"),
            ("{{ a | default 'x' }}", "a colon is missing after 'default'; write `default: 'x'`"),
            ("{{ a | truncate 5 }}", "a colon is missing after 'truncate'; write `truncate: 5`"),
            ("{% assign a == 1 %}", "found '=='; expected '=' after the name"),
        ]
    )
    func operators(_ template: String, _ start: String) throws {
        let error = try #require(failure(template, #"{"a": 1}"#))
        #expect(error.code == .syntax)
        #expect(error.message.hasPrefix(start), "\(error.message)")
    }

    @Test(
        "a character that looks like another one is named",
        arguments: [
            ("{{ a | default: ‘x’ }}", "found the curly quote ‘ (U+2018); write the straight ' instead"),
            ("{{ a | default: “x” }}", "found the curly quote “ (U+201C); write the straight \" instead"),
            ("{{\u{A0}a }}", "found a no-break space (U+00A0); write an ordinary space"),
            ("{{ a\u{3000}}}", "found a space of another kind (U+3000); write an ordinary space"),
            ("{{ a\u{200B} }}", "found an invisible character (U+200B); delete it"),
            ("{{ a ｜ upcase }}", "found the bar ｜ (U+FF5C); write the straight |"),
            ("{{ a | round： 2 }}", "found the colon ： (U+FF1A); write the ordinary :"),
            ("{{ größe }}", "unexpected character 'ö'; a name with such characters is written ['…']"),
        ]
    )
    func characters(_ template: String, _ message: String) {
        #expect(failure(template, #"{"a": 1}"#)?.message == message)
    }

    @Test(
        "a filter of another language is answered with its name here",
        arguments: [
            ("upper", "upcase"), ("toUpperCase", "upcase"), ("lower", "downcase"), ("trim", "strip"),
            ("length", "size"),
            ("len", "size"), ("count", "size"), ("number_format", "number"), ("nl2br", "newline_to_br"),
            ("striptags", "strip_html"), ("strip_tags", "strip_html"), ("htmlUnescape", "html_decode"),
            ("jsonify", "json"), ("from_json", "parse_json"), ("groupby", "group_by"), ("title", "titlecase"),
            ("strftime", "date"), ("array_to_sentence_string", "to_sentence"),
            ("encodeURIComponent", "url_param_escape"),
            ("selectattr", "where"), ("upcas", "upcase"),
        ]
    )
    func filters(_ name: String, _ here: String) {
        let message = "unknown filter '\(name)'; did you mean '\(here)'?"
        #expect(failure("{{ a | \(name) }}", #"{"a": 1}"#)?.message == message)
    }

    @Test("what is no filter here is answered with the way")
    func ways() {
        let message =
            "unknown filter 'format'; a date is written `date: '%d %b %Y'`, an amount `money: 'INR'`, a number `number: 2`"
        #expect(failure("{{ a | format: '%d' }}", #"{"a": 1}"#)?.message == message)
    }

    @Test(
        "a path that leads nowhere is answered with what the payload has",
        arguments: [
            ("{{ custmer.name }}", "'custmer.name' is undefined; did you mean 'customer.name'? Else add"),
            ("{{ customer.nme }}", "'customer.nme' is undefined; did you mean 'customer.name'? Else add"),
            ("{{ items.price }}", "'items.price' is undefined, for 'items' is a list; write items[0].price,"),
            ("{{ items[9].price }}", "'items[9].price' is undefined, for 'items' has 1 element"),
            ("{{ items[0].prise }}", "'items[0].prise' is undefined; did you mean 'items[0].price'? Else add"),
            ("{{ total.amount }}", "'total.amount' is undefined, for 'total' is a string and has no parts"),
            (
                "{% for i in items %}{{ i.prise }}{% endfor %}",
                "'i.prise' is undefined; did you mean 'i.price'? Else add"
            ),
            ("{{ custome }}", "'custome' is undefined; add `| default"),
            ("{{ tota }}", "'tota' is undefined; did you mean 'total'? Else add"),
            ("{{ nothing.near }}", "'nothing.near' is undefined; add `| default"),
            ("{{ map.9845061238 }}", "found '9845061238'; expected a name"),
            ("{{ map['98450612'] }}", "'map['98450612']' is undefined; add `| default"),
        ]
    )
    func paths(_ template: String, _ start: String) throws {
        let data = #"{"customer": {"name": "A"}, "items": [{"price": 1}], "total": "5", "map": {"9845061237": 1}}"#
        let error = try #require(failure(template, data))
        #expect(error.message.hasPrefix(start), "\(error.message)")
    }
}
