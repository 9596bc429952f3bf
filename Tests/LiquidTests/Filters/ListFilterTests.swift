// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Liquid
import Testing

@Suite("list filters")
struct ListFilterTests {
    static let data = #"""
        {"a": [{"t": "x", "n": 2}, {"t": "Y", "n": 10.5}, {"n": null}, {"t": "x", "n": "3"}], "nested": [1, [2, [3, null]]],
         "mixed": [1, "a"], "words": ["b", "A", null, "a"], "nums": [10, 9.5, 1], "same": [1, 1.0, "1", 1], "obj": {"k": 1, "l": 2}}
        """#

    @Test(
        "work as the reference implementation does",
        arguments: [
            Row(
                "{{ nested | join: '-' }}|{{ 'x' | join }}|{{ obj | join }}|{{ (1..3) | join: '' }}",
                #"1-2-3-|x|{"k"=>1, "l"=>2}|123"#,
                data: data
            ),
            Row(
                "{{ nested | reverse | json }}{{ nested | first }}{{ nested | last | json }}{{ nested | size }}",
                "[null,3,2,1]1[2,[3,null]]2",
                data: data
            ),
            Row(
                "{{ 'abc' | first }}{{ obj | first | json }}{{ obj | last }}{{ obj | size }}{{ (2..5) | last }}{{ 7 | size }}",
                #"["k",1]250"#,
                data: data
            ),
            Row(
                "{{ nums | sort | join }}|{{ words | sort | json }}|{{ words | sort_natural | json }}",
                #"1 9.5 10|["A","a","b",null]|["A","a","b",null]"#,
                data: data
            ),
            Row(
                "{{ a | sort: 't' | map: 't' | json }}{{ a | sort_natural: 't' | map: 't' | json }}",
                #"["Y","x","x",null]["x","x","Y",null]"#,
                data: data
            ),
            Row(
                "{{ a | where: 't', 'x' | size }}{{ a | where: 't' | size }}{{ a | reject: 't' | size }}{{ a | where: 't', nil | size }}{{ a | where: 'n', 10.50 | size }}",
                "23131",
                data: data
            ),
            Row(
                "{{ a | has: 't', 'Y' }}{{ a | has: 't', 'q' }}{{ a | find_index: 't', 'Y' }}{{ a | find: 't', 'q' | json }}{{ a | find: 't', 'Y' | json }}",
                #"truefalse1null{"t":"Y","n":10.5}"#,
                data: data
            ),
            Row(
                "{{ same | uniq | json }}{{ a | uniq: 't' | size }}{{ nested | compact | json }}{{ a | compact: 't' | size }}",
                #"[1,1.0,"1"]3[1,2,3]3"#,
                data: data
            ),
            Row("{{ nested | sum }} {{ a | sum: 'n' }} {{ mixed | sum }} {{ 'x' | sum }}", "6 15.5 1 0", data: data),
            Row(
                "{{ nested | concat: words | size }} {{ obj | map: 'k' | json }} {{ a | map: nil | json }}",
                "8 [1] [null,null,null,null]",
                data: data
            ),
            Row(
                "{{ nums | slice: 1, 9 | json }}{{ nums | slice: -2 | json }}{{ nums | slice: 9 | json }}",
                "[9.5,1][9.5][]",
                data: data
            ),
        ]
    )
    func lists(_ row: Row) throws {
        #expect(try render(row.template, row.data, .lax) == row.output)
    }

    @Test(
        "refuse elements that have no properties or no order",
        arguments: [
            "{{ nums | map: 't' }}", "{{ nums | sum: 't' }}", "{{ nums | where: 't' }}", "{{ mixed | sort }}",
            "{{ nums | concat: 'x' }}",
            "{{ nums | concat: missing }}",
        ]
    )
    func refused(_ template: String) {
        #expect(failure(template, Self.data, .lax)?.code == .argument)
    }

    @Test(
        "default replaces nil, false and what is empty",
        arguments: [
            Row(
                "{{ a | default: 1 }}{{ b | default: 1 }}{{ c | default: 1 }}{{ d | default: 1 }}{{ e | default: 1 }}",
                "11110",
                data: #"{"a": "", "b": [], "c": {}, "d": false, "e": 0}"#
            ),
            Row(
                "{{ d | default: 1, allow_false: true }}{{ x | default }}{{ ' ' | default: 1 }}",
                "false ",
                data: #"{"d": false}"#
            ),
        ]
    )
    func defaults(_ row: Row) throws {
        #expect(try render(row.template, row.data) == row.output)
    }
}
