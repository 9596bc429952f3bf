// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("An object in an output")
struct ObjectOutputTests {
    static let data =
        #"{"c": {"name": "Asha", "phone": "+91 98450 61237"}, "list": [1, {"id": 7}], "deep": [[{"x": 1}]]}"#

    @Test(
        "is refused in strict mode wherever it would be printed",
        arguments: [
            "{{ c }}", "{% echo c %}", "{% capture x %}{{ c }}{% endcapture %}", "{% assign x = c %}{{ x }}",
            "{% cycle c %}", "{{ list }}", "{{ deep }}", "{% for pair in c %}{{ forloop }}{% endfor %}",
            "{{ c | upcase }}", "{{ c | append: 'x' }}", "{{ 'x' | append: c }}", "{{ list | join: ', ' }}",
            "{{ c | escape }}", "{{ c | replace: 'a', 'b' }}", "{{ 'a' | replace: 'a', c }}", "{{ c | truncate: 3 }}",
            "{{ c | slice: 0, 3 }}", "{{ list | list: '{}' }}", "{{ c | url_encode }}", "{{ c | sha256 }}",
            "{{ list | to_sentence }}", "{{ c | strip_html }}", "{{ c | split: ',' }}", "{{ c | default: 'x' }}",
        ]
    )
    func refused(_ template: String) throws {
        let error = try #require(failure(template, Self.data))
        #expect(error.code == .argument)
        #expect(error.line == 1)
        #expect(!error.message.contains("Asha") && !error.message.contains("98450"))
    }

    @Test(
        "is printed as before where nothing is an object, as JSON, and by its parts",
        arguments: [
            Row("{{ list }}", "ab", data: #"{"list": ["a", "b"]}"#),
            Row("{{ list | upcase }}", #"["A"]"#, data: #"{"list": ["a"]}"#),
            Row("{{ c | json }}", #"{"name":"Asha"}"#, data: #"{"c": {"name": "Asha"}}"#),
            Row("{{ c.name }} {{ c | size }}", "Asha 1", data: #"{"c": {"name": "Asha"}}"#),
            Row("{{ list | map: 'id' | join }}", "7", data: #"{"list": [{"id": 7}]}"#),
            Row("{% for pair in c %}{{ pair }}{% endfor %}", "nameAsha", data: #"{"c": {"name": "Asha"}}"#),
        ]
    )
    func printed(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }

    @Test("is printed in lax mode as Shopify prints it")
    func lax() throws {
        #expect(try render("{{ c }}", #"{"c": {"a": 1}}"#, .lax) == #"{"a"=>1}"#)
        #expect(try render("{{ c | upcase }}", #"{"c": {"a": 1}}"#, .lax) == #"{"A"=>1}"#)
    }

    @Test("is described by names of fields, never by keys that are data")
    func names() throws {
        let data = #"{"c": {"+919845061237": 1, "9845061237": 2, "a@b.example": 3, "id": 4}}"#
        let expected = "`c` is an object with id and 3 more; name one, such as c.id, or write it all with `| json`"
        #expect(failure("{{ c }}", data)?.message == expected)
        #expect(failure("{{ c }}", #"{"c": {}}"#)?.message.hasPrefix("`c` is an object without properties") == true)
    }
}
