// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Liquid
import Testing

@Suite("a compiled template")
struct LiquidTemplateTests {
    private func scope(_ data: String, _ variables: [String: LiquidValue] = [:]) throws -> LiquidScope {
        LiquidScope(root: try JSONDocument(Array(data.utf8)).root, variables: variables, now: testNow)
    }

    @Test("without Liquid in it is its own text")
    func constant() throws {
        #expect(try LiquidTemplate("plain } text").constant == "plain } text")
        #expect(try LiquidTemplate("{% raw %}{{ x }}{% endraw %}").constant == "{{ x }}")
        #expect(try LiquidTemplate("").constant == "")
        #expect(try LiquidTemplate("{{ x }}").constant == nil)
    }

    @Test("that is one output evaluates to the value itself")
    func evaluate() throws {
        let scope = try scope(#"{"list": [1, {"a": 2.50}], "n": null}"#)
        #expect(
            try LiquidTemplate("{{ list }}").evaluate(scope).json == [1, ["a": .number(#require(JSONNumber("2.50")))]]
        )
        #expect(
            try LiquidTemplate("{{ list | map: 'a' }}", environment: .lax).evaluate(
                try self.scope(#"{"list": [{"a": 1}]}"#)
            ) == [1]
        )
        #expect(try LiquidTemplate("{{ n }}").evaluate(scope) == .nil)
        #expect(try LiquidTemplate("{{ list.size }}").evaluate(scope) == 2)
        #expect(try LiquidTemplate("{{ list.size }}!").evaluate(scope) == "2!")
        #expect(try LiquidTemplate("text").evaluate(scope) == "text")
    }

    @Test("sees variables before root fields, and the root's fields before nothing")
    func scopes() throws {
        let scope = try scope(#"{"a": 1, "b": 2, "a b": 3}"#, ["a": "x", "body": ["k": "v"]])
        #expect(try LiquidTemplate("{{ a }}{{ b }}{{ body.k }}{{ ['a b'] }}").render(scope) == "x2v3")
        #expect(try LiquidTemplate("{{ b }}").render(scope.adding("b", "y")) == "y")
        #expect(try LiquidTemplate("{{ b | default: 'none' }}").render(LiquidScope(root: nil, now: testNow)) == "none")
    }

    @Test("names the free paths that it reads, and how")
    func references() throws {
        let template = try LiquidTemplate(
            """
            {{ a.b[0]['c d'] }} {{ d | default: e.f }}
            {% if g > 1 %}{% for item in h.items limit: i %}{{ item.x }}{{ forloop.index }}{{ j[k].l }}{% endfor %}{% endif %}
            {% assign m = n | upcase %}{{ m }}{% capture o %}{{ p | append: q }}{% endcapture %}{{ o }}
            """
        )
        let found = template.references.map { "\($0.path) \($0.use) \($0.line):\($0.column)" }
        #expect(
            found == [
                "a.b[0]['c d'] output 1:4", "d guarded 1:24", "e.f output 1:37", "g condition 2:7",
                "h.items condition 2:30",
                "i condition 2:45", "k output 2:85", "j[k].l output 2:83", "n binding 3:15", "p output 3:53",
                "q output 3:65",
            ]
        )
        #expect(template.references[0].steps == ["a", "b", "0", "c d"])
        #expect(template.references[7].steps == ["j"])
        #expect(!template.references[7].isComplete)
    }

    @Test("calls the filters that its environment was given")
    func filters() throws {
        var environment = LiquidEnvironment.standard
        environment.register("shout", arguments: 0...1, names: ["mark"]) { input, arguments, _ in
            .string(input.string.uppercased() + (arguments["mark"]?.string ?? arguments[0]?.string ?? "!"))
        }
        environment.register("known", arguments: 0...0, takesUndefined: true) { input, _, context in
            .bool(!input.isNil && context.isStrict)
        }
        environment.register("fails", arguments: 0...0) { _, _, _ throws(LiquidError) in
            throw .argument("no such thing")
        }
        #expect(environment.filterNames.contains("shout"))
        #expect(!LiquidEnvironment.standard.filterNames.contains("shout"))
        #expect(
            try render("{{ 'a' | shout }}{{ 'b' | shout: '?' }}{{ 'c' | shout: mark: '.' }}", "{}", environment)
                == "A!B?C."
        )
        #expect(try render("{{ x | known }}{{ y | known }}", #"{"y": 1}"#, environment) == "falsetrue")
        #expect(failure("{{ x | shout }}", "{}", environment)?.path == "x")
        #expect(
            failure("\n{{ 1 | fails }}", "{}", environment)?.description == "line 2, column 8: fails: no such thing"
        )
    }

    @Test("renders the same from many tasks at once")
    func concurrency() async throws {
        let template = try LiquidTemplate("{% for i in (1..50) %}{% cycle 'a', 'b' %}{{ x | plus: i }}{% endfor %}")
        let scope = try scope(#"{"x": 0.5}"#)
        let expected = try template.render(scope)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try template.render(scope) } }
            for try await output in group { #expect(output == expected) }
        }
    }
}
