// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("Conditions with not and parentheses")
struct ConditionTests {
    @Test(
        "hold as they do elsewhere",
        arguments: [
            ("not yes", false), ("not no", true), ("not nosuch", true), ("not not yes", true), ("not n == 1", false),
            ("not n == 2 and yes", true), ("no and no or yes", false), ("(no and no) or yes", true),
            ("not (yes and no)", true), ("(yes or no) and (no or yes)", true), ("((yes))", true),
            ("not (n > 0 and n < 9)", false), ("n == (1..3)", false), ("(1..3) contains n", true),
            ("((1..3) contains n) and yes", true), ("not text contains 'x'", true), ("yes and not no", true),
        ]
    )
    func holds(_ condition: String, _ expected: Bool) throws {
        let data = #"{"yes": true, "no": false, "n": 1, "text": "abc"}"#
        let output = try render("{% if \(condition) %}y{% else %}n{% endif %}", data)
        #expect(output == (expected ? "y" : "n"))
    }

    @Test(
        "leave the word 'not' to whoever named a field so",
        arguments: [
            "{% if not %}y{% endif %}", "{% if not == 1 %}y{% endif %}", "{% if not.x or not %}y{% endif %}",
            "{{ not }}y",
        ]
    )
    func name(_ template: String) throws {
        #expect(try render(template, #"{"not": 1}"#).hasSuffix("y"))
    }

    @Test(
        "are Shopify's in lax mode: neither exists",
        arguments: ["{% if not a %}{% endif %}", "{% if (a or b) and c %}{% endif %}"]
    )
    func lax(_ template: String) {
        #expect(failure(template, "{}", .lax)?.code == .syntax)
    }

    @Test(
        "end with the place of what is missing",
        arguments: [
            ("{% if (a or b %}{% endif %}", "found the end; expected ')' after the condition in parentheses"),
            ("{% if () %}{% endif %}", "found ')'; expected a value"),
            ("{% if a) %}{% endif %}", "found ')'; expected an operator, 'and', 'or' or the end"),
        ]
    )
    func mistakes(_ template: String, _ message: String) {
        #expect(failure(template)?.message == message)
    }

    @Test("may not be nested without end")
    func depth() {
        let nested = String(repeating: "(", count: 5_000) + "a" + String(repeating: ")", count: 5_000)
        #expect(failure("{% if \(nested) %}{% endif %}")?.code == .limit)
        #expect(failure("{% if \(String(repeating: "not ", count: 5_000))a %}{% endif %}")?.code == .limit)
    }
}
