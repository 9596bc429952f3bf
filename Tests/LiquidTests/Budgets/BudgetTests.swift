// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Testing

@Suite("A budget over several renderings")
struct BudgetTests {
    private func scope(_ data: String, _ budget: LiquidBudget) throws -> LiquidScope {
        var scope = LiquidScope(root: try JSONDocument(Array(data.utf8)).root, now: testNow)
        scope.budget = budget
        return scope
    }

    /// How often a template renders before the budget ends it.
    private func renderings(_ template: String, _ data: String, _ budget: LiquidBudget) throws -> Int {
        let template = try LiquidTemplate(template)
        let scope = try scope(data, budget)
        for count in 0..<10_000 {
            do throws(LiquidError) {
                _ = try template.render(scope)
            } catch {
                #expect(error.code == .limit)
                #expect(error.message.hasPrefix("the texts made of one event take more than"))
                #expect(throws: LiquidError.self) { try template.render(scope) }
                return count
            }
        }
        return 10_000
    }

    @Test("counts loop steps, and one for each rendering")
    func steps() throws {
        #expect(try renderings("{% for i in (1..9) %}.{% endfor %}", "{}", LiquidBudget(steps: 100)) == 10)
        #expect(try renderings("{{ 1 }}", "{}", LiquidBudget(steps: 100)) == 100)
    }

    @Test("counts output")
    func output() throws {
        #expect(try renderings("{{ t }}", #"{"t": "0123456789"}"#, LiquidBudget(bytes: 100)) == 10)
    }

    @Test(
        "counts what filters and comparisons go through, though nothing of it is printed",
        arguments: [
            "{{ t | upcase | size }}", "{% if t contains 'zz' %}{% endif %}{{ 1 }}",
            "{% if t == t %}{% endif %}{{ 1 }}",
            "{% if list == list %}{% endif %}{{ 1 }}", "{{ list | map: 'n' | size }}",
        ]
    )
    func work(_ template: String) throws {
        let text = String(repeating: "a", count: 100_000)
        let list = Array(repeating: #"{"n": 1}"#, count: 5_000).joined(separator: ",")
        let made = try renderings(template, #"{"t": "\#(text)", "list": [\#(list)]}"#, LiquidBudget(bytes: 4 << 20))
        #expect(made > 1 && made < 200)
    }

    @Test("costs nothing where the template is but text, and is asked for by evaluate too")
    func evaluate() throws {
        let budget = LiquidBudget(steps: 1)
        let scope = try scope(#"{"a": [1]}"#, budget)
        #expect(try LiquidTemplate("text").render(scope) == "text")
        #expect(!budget.isSpent)
        #expect(try LiquidTemplate("{{ a }}").evaluate(scope) == [1])
        #expect(budget.isSpent)
        #expect(throws: LiquidError.self) { try LiquidTemplate("{{ a }}").evaluate(scope) }
    }

    @Test("does not change the limits of one rendering")
    func limits() throws {
        let scope = try scope("{}", LiquidBudget())
        #expect(throws: LiquidError(.limit, "more than the allowed 100000 loop steps", line: 1, column: 4)) {
            try LiquidTemplate("{% for i in (1..200000) %}{% endfor %}").render(scope)
        }
    }
}
