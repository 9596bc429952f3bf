// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Testing

@Suite("undefined values")
struct UndefinedTests {
    static let data =
        #"{"customer": {"name": null, "city": "Pune"}, "items": [{"t": "a"}, {}], "list": [1, null], "none": []}"#

    @Test(
        "do not reach the output in strict mode; the error has the path",
        arguments: [
            ("Hello {{ customer.name }},", "customer.name", 10),
            ("{{ customer.email.domain }}", "customer.email.domain", 4),
            ("{{ nobody.name | upcase }}", "nobody.name", 4),
            ("{{ 'a' | append: customer.name }}", "customer.name", 18),
            ("{{ items[5].t }}", "items[5].t", 4),
            ("{{ customer[nobody] }}", "customer[nobody]", 4),
            ("{% assign n = customer.name | upcase %}{{ n }}", "customer.name", 43),
            ("{% capture c %}{{ nobody }}{% endcapture %}", "nobody", 19),
            ("{% cycle nobody, 'a' %}", "nobody", 10),
            ("{{ none | first }}", "none", 4),
            ("{{ items | map: 't' | join: ', ' }}", "items", 4),
            ("{{ list }}", "list", 4),
            ("{{ nobody | size }}", "nobody", 4),
            ("{{ nobody | json }}", "nobody", 4),
            ("{{ list | list: '{}' }}", "[1]", 11),
            ("{{ nobody | plus: 1 }}", "nobody", 4),
            ("{{ nobody | default: customer.name }}", "customer.name", 22),
        ]
    )
    func refused(_ template: String, _ path: String, _ column: Int) {
        let error = failure(template, Self.data)
        #expect(error?.code == .undefined)
        #expect(error?.path == path)
        #expect(error?.column == column)
    }

    @Test(
        "are allowed where they are tested, looped over, bound, or have a default",
        arguments: [
            Row("{% if nobody.name %}a{% else %}b{% endif %}", "b", data: data),
            Row("{% for x in nobody %}a{% else %}b{% endfor %}", "b", data: data),
            Row("{% case nobody %}{% when nil %}b{% endcase %}", "b", data: data),
            Row("{% assign n = customer.name %}{{ n | default: 'b' }}", "b", data: data),
            Row("{{ customer.name | upcase | append: '!' | default: 'b' }}", "b", data: data),
            Row("{{ 'a' | append: customer.name | default: 'b' }}", "b", data: data),
            Row("{{ items | map: 't' | join: ', ' | default: 'b' }}", "b", data: data),
            Row("{{ items | map: 't' | compact | join: ', ' }}", "a", data: data),
            Row("{{ items | where: 't' | size }}", "1", data: data),
        ]
    )
    func allowed(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test(
        "print nothing in lax mode, and filters see them",
        arguments: [
            Row("Hello {{ customer.name }}{{ nobody.x[0] }},", "Hello ,", data: data),
            Row("{{ nobody | append: 'x' }}{{ nobody | size }}{{ nobody | plus: 1 }}", "x01", data: data),
            Row("{{ items | map: 't' | join: ',' }}", "a,", data: data),
        ]
    )
    func lax(_ row: Row) throws {
        #expect(try render(row.template, row.data, .lax) == row.output)
    }

    @Test("say whether the payload has a null there")
    func nullOrUndefined() {
        #expect(failure("{{ customer.name }}", Self.data)?.message.hasPrefix("'customer.name' is null;") == true)
        #expect(failure("{{ customer.nam }}", Self.data)?.message.hasPrefix("'customer.nam' is undefined;") == true)
    }
}
