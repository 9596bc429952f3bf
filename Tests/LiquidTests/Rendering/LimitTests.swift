// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Testing

@Suite("limits")
struct LimitTests {
    static let small: LiquidEnvironment = {
        var environment = LiquidEnvironment.standard
        environment.limits = LiquidLimits(outputBytes: 1_000, steps: 100, depth: 5)
        return environment
    }()

    @Test(
        "passing one is an error",
        arguments: [
            "{% for i in (1..101) %}{% endfor %}",
            "{% for i in (1..11) %}{% for j in (1..11) %}{% endfor %}{% endfor %}",
            "{% tablerow i in (1..101) %}{% endtablerow %}",
            "{{ (1..101) | join }}",
            "{{ (1..9223372036854775807) | size | times: 2 }}{{ (-9223372036854775807..9223372036854775807) | reverse }}",
            "{% for i in (1..90) %}{{ '123456789012345' }}{% endfor %}",
            "{% capture x %}{% for i in (1..90) %}123456789012345{% endfor %}{% endcapture %}",
            "{% assign x = '0123456789' %}{% for i in (1..20) %}{% assign x = x | append: x %}{% endfor %}",
            "{% assign x = '0123456789' %}{% for i in (1..20) %}{% assign x = x | replace: '0', x %}{% endfor %}",
            "{% assign x = 'a,b' | split: ',' %}{% for i in (1..20) %}{% assign x = x | concat: x %}{% endfor %}",
            "{% assign x = 12345 %}{% for i in (1..40) %}{% assign x = x | times: x %}{% endfor %}",
            "{% if 1 %}{% if 1 %}{% if 1 %}{% if 1 %}{% if 1 %}{% if 1 %}{% endif %}{% endif %}{% endif %}{% endif %}{% endif %}{% endif %}",
            "{{ a[a[a[a[a[a[0]]]]]] }}",
            "{{ ((((((1..2)..2)..2)..2)..2)..2) }}",
        ]
    )
    func passed(_ template: String) {
        #expect(failure(template, "{}", Self.small)?.code == .limit)
    }

    @Test("a condition joins at most 500 comparisons")
    func comparisons() throws {
        let many = Array(repeating: "true", count: 500).joined(separator: " and ")
        #expect(try render("{% if \(many) %}y{% endif %}") == "y")
        #expect(failure("{% if \(many) and true %}y{% endif %}")?.code == .limit)
    }

    @Test("what stays within them is rendered")
    func within() throws {
        #expect(try render("{% for i in (1..100) %}{{ i }}{% endfor %}", "{}", Self.small).count == 192)
    }

    @Test(
        "numbers at the edge of a machine word do no harm",
        arguments: [
            Row("{{ 9223372036854775807 | plus: 1 }}", "9223372036854775808"),
            Row("{{ -9223372036854775808 | minus: 1 }}", "-9223372036854775809"),
            Row("{{ -9223372036854775808 | abs }}", "9223372036854775808"),
            Row("{{ -9223372036854775808 | divided_by: -1 }}", "9223372036854775808"),
            Row("{{ 9223372036854775807 | times: 9223372036854775807 }}", "85070591730234615847396907784232501249"),
            Row("{{ 'abc' | slice: -9223372036854775808, 9223372036854775807 }}", ""),
            Row("{{ 'abc' | truncate: -9223372036854775808, '' }}", ""),
            Row("{{ 1.5 | round: -9223372036854775808 }}", "1.5"),
            Row("{{ 0.000000000000000001 | times: 0.000000000000000001 }}", "0.000000000000000000000000000000000001"),
        ]
    )
    func edges(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }
}
