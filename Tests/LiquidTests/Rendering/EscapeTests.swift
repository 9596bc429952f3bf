// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Testing

@Suite("An environment's escape")
struct EscapeTests {
    /// Puts every output in brackets.
    private static let bracketing: LiquidEnvironment = {
        var environment = LiquidEnvironment.standard
        environment.escape = { text, _ throws(LiquidError) in "<\(text)>" }
        return environment
    }()

    private static let data = #"{"a": "x", "n": 2.50, "list": ["p", "q"], "object": {"k": 1}}"#

    @Test(
        "acts once on every output, after its filters, and never on the template's own text",
        arguments: [
            Row("{{ a }}/{{ n }}", "<x>/<2.50>"),
            Row("{{ list }} {{ object | json }}", #"<pq> <{"k":1}>"#),
            Row("{{ a | upcase | append: '!' }}", "<X!>"),
            Row("{{ missing | default: a }}", "<x>"),
            Row("{% echo a %}{% liquid echo a %}", "<x><x>"),
            Row("{% for l in list %}{% cycle '1', '2' %}{{ l }}{% endfor %}", "<1><p><2><q>"),
            Row("{% assign b = a | append: 'y' %}{{ b }}", "<xy>"),
            Row("{% capture b %}({{ a }}{% cycle 'c' %}){% endcapture %}{{ b }}", "<(xc)>"),
            Row("{% capture b %}{% capture c %}{{ a }}{% endcapture %}{{ c }}{% endcapture %}{{ b }}", "<x>"),
            Row("{% for l in list %}{% ifchanged %}{{ a }}{% endifchanged %}{% endfor %}", "<x>"),
            Row("{{ '' }}{% raw %}{{ a }}{% endraw %}", "<>{{ a }}"),
            Row("{% if a %}text{% endif %}", "text"),
        ]
    )
    func everyOutput(row: Row) throws {
        #expect(try render(row.template, Self.data, Self.bracketing) == row.output)
    }

    @Test("is shown what was rendered before, also inside 'ifchanged'")
    func before() throws {
        var environment = LiquidEnvironment.standard
        environment.escape = { text, before throws(LiquidError) in "[\(text) after \(before.count)]" }
        let template = "{{ a }}-{% ifchanged %}é{{ a }}{% endifchanged %}"
        #expect(try render(template, Self.data, environment) == "[x after 0]-é[x after 13]")
    }

    @Test("may refuse, and its error gets the output's place")
    func refusal() {
        var environment = LiquidEnvironment.standard
        environment.escape = { _, _ throws(LiquidError) in throw .argument("not here") }
        #expect(failure("ab{{ a }}", Self.data, environment)?.description == "line 1, column 6: not here")
        #expect(failure("\n{% cycle a %}", Self.data, environment)?.line == 2)
    }

    @Test("does not touch the value of a template that is one output")
    func evaluation() throws {
        let document = try JSONDocument(Array(Self.data.utf8))
        let scope = LiquidScope(root: document.root, now: testNow)
        #expect(try LiquidTemplate("{{ list }}", environment: Self.bracketing).evaluate(scope).json == ["p", "q"])
    }

    @Test("cannot pass the limit of the output")
    func limit() {
        var environment = LiquidEnvironment.standard
        environment.limits.outputBytes = 10
        environment.escape = { text, _ throws(LiquidError) in String(repeating: text, count: 11) }
        #expect(failure("{{ a }}", Self.data, environment)?.code == .limit)
    }
}
