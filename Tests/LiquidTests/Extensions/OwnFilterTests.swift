// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Liquid
import Testing

@Suite("Filters of ours")
struct OwnFilterTests {
    @Test(
        "print what their page says",
        arguments: [
            Row("{{ a | to_sentence }}", "x", data: #"{"a": ["x"]}"#),
            Row("{{ a | to_sentence }}|", "|", data: #"{"a": []}"#),
            Row("{{ a | to_sentence: 'oder' }}", "x, y oder z", data: #"{"a": ["x", "y", "z"]}"#),
            Row("{{ a | to_sentence: locale: 'es' }}", "x, y y z", data: #"{"a": ["x", "y", "z"]}"#),
            Row("{{ 1234567.891 | number }}", "1,234,567.891"), Row("{{ '-0.5' | number: 2 }}", "-0.50"),
            Row("{{ 2.345 | number: 2, 'fr' }}", "2,35"), Row("{{ 1234567 | number: 0, 'en-IN' }}", "12,34,567"),
            Row("{{ 12345.6 | number: 1, grouping: false, locale: 'de' }}", "12345,6"),
            Row("{{ 0 | pluralize: 'day', 'days' }} {{ '1' | pluralize: 'day', 'days' }}", "days day"),
            Row("{{ \"o'neill mc-coy ÉCOLE\" | titlecase }}", "O'neill Mc-Coy École"),
            Row("{{ '  Ünïcode & Ko. 12 ' | slugify }}|{{ '—' | slugify }}", "ünïcode-ko-12|"),
            Row("{{ 'é…' | url_param_escape }} {{ 'ä b' | url_escape }}", "%C3%A9%E2%80%A6 %C3%A4%20b"),
            Row("{{ a | push: 'z' | json }}{{ a | json }}", #"["x","z"]["x"]"#, data: #"{"a": ["x"]}"#),
            Row("{{ a | pop | json }}{{ a | shift | json }}", "[][]", data: #"{"a": []}"#),
            Row(
                "{{ a | unshift: 0 | json }}{{ a | flatten | json }}",
                "[0,[1,2],3][1,2,3]",
                data: #"{"a": [[1, 2], 3]}"#
            ),
            Row("{{ '👨‍👩‍👧!' | first }}{{ 'x👍🏽' | last }}{{ '' | first }}", "👨‍👩‍👧👍🏽"),
            Row(
                "{% assign g = a | group_by: 'v.n' %}{% for x in g %}{{ x.name }}{{ x.items[0].i }};{% endfor %}",
                "p1;q2;",
                data: #"{"a": [{"v": {"n": "p"}, "i": 1}, {"v": {"n": "q"}, "i": 2}, {"v": {"n": "p"}, "i": 3}]}"#
            ),
            Row(
                "{% assign g = a | group_by: 'v' %}{{ g | map: 'size' | join }}",
                "1 1",
                data: #"{"a": [{"v": 1}, {}]}"#
            ),
            Row(
                "{{ t | parse_json | map: 'n' | join: '+' }}",
                "1+2.50",
                data: #"{"t": "[{\"n\": 1}, {\"n\": 2.50}]"}"#
            ),
            Row("{{ '  \u{3164}\u{2800} ' | strip | default: 'none' }}", "none"),
            Row("{{ '\u{A0}Asha\u{3000}' | strip }}|", "Asha|"),
            Row("{{ '\u{FE0F}' | squish | default: 'none' }}", "none"),
            Row("{{ 'രാജന്‍' | strip }}", "രാജന്‍"),
            Row("{{ self.a.b }}{{ self['c'] }}", "12", data: #"{"a": {"b": 1}, "c": 2}"#),
            Row("{{ self.a }}", "own", data: #"{"a": 1, "self": {"a": "own"}}"#),
        ]
    )
    func prints(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test(
        "refuse what they cannot work with",
        arguments: [
            (
                "{{ 'x' | number: 2 }}",
                "number: the text 'x' is no number as a whole; `| to_number` reads amounts with separators and currency signs"
            ),
            ("{{ 1 | number: 21 }}", "number: the places of a number are 0 to 20"),
            ("{{ 1 | number: 2, 'xx' }}", "number: unknown locale 'xx'; expected one such as 'en_IN'"),
            ("{{ 'now' | date: '%B', locale: 'xx' }}", "date: unknown locale 'xx'; expected one such as 'en_IN'"),
            ("{{ true | pluralize: 'a', 'b' }}", "pluralize: expected a number, found a boolean"),
            ("{{ 'x' | group_by: 'a' }}", "group_by: element 0 is a string and has no property 'a'"),
            ("{{ '' | parse_json }}", "parse_json: the text is empty; expected JSON"),
            ("{{ o | parse_json }}", "parse_json: the input is an object already; expected a text that holds JSON"),
            (
                "{{ t | parse_json }}",
                "parse_json: the text is no JSON: line 2, column 3: this character cannot stand here"
            ),
        ]
    )
    func refuses(_ template: String, _ message: String) {
        #expect(failure(template, #"{"o": {"a": 1}, "t": "[1,\n  x]"}"#)?.message == message)
    }

    @Test("JSON nested without end in a field is refused")
    func deepJSON() throws {
        let text = String(repeating: "[", count: 100_000)
        let error = failure("{{ t | parse_json }}", #"{"t": "\#(text)"}"#)
        #expect(error?.code == .argument)
    }

    @Test(
        "months and weekdays are written in every language that ICU knows",
        arguments: ["hi", "ru", "de", "ar", "pt_BR", "zh"]
    )
    func names(_ locale: String) throws {
        let output = try render("{{ '2026-01-15' | date: '%B|%b|%A|%a', locale: '\(locale)' }}")
        let parts = output.split(separator: "|")
        #expect(parts.count == 4 && !output.contains("January") && !output.contains("Thursday"))
    }

    @Test("a month stands in the form that a date wants")
    func genitive() throws {
        #expect(try render("{{ '2026-01-15' | date: '%-d %B', locale: 'ru' }}") == "15 января")
    }
}
