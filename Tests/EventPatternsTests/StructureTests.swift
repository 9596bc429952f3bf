// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Events
import Testing

@Suite("How a pattern mirrors an event")
struct StructureTests {
    @Test(
        "objects nest, dots step down, a backslash keeps a dot",
        arguments: [
            MatchRow(#"{"a":{"b":["x"]}}"#, #"{"a":{"b":"x"}}"#, true),
            MatchRow(#"{"a.b":["x"]}"#, #"{"a":{"b":"x"}}"#, true),
            MatchRow(#"{"a.b":{"c.d":["x"]}}"#, #"{"a":{"b":{"c":{"d":"x"}}}}"#, true),
            MatchRow(#"{"a\\.b":["x"]}"#, #"{"a.b":"x"}"#, true),
            MatchRow(#"{"a\\.b":["x"]}"#, #"{"a":{"b":"x"}}"#, false),
            MatchRow(#"{"a\\\\b":["x"]}"#, #"{"a\\b":"x"}"#, true),
            MatchRow(#"{"a":["x"],"b":["y"]}"#, #"{"a":"x","b":"z"}"#, false),
            MatchRow(#"{"a":["x"]}"#, #"{"a":"y","a":"x"}"#, true),
            MatchRow(#"{"a":["y"]}"#, #"{"a":"y","a":"x"}"#, false),
            MatchRow(#"{"a":{"b":["y"]}}"#, #"{"a":{"b":"y"},"a":{"c":"x"}}"#, false),
            MatchRow(#"{"\u00e9":["x"]}"#, #"{"\u00e9":"x"}"#, true),
            MatchRow(#"{"a":["x"],"a.c":["y"]}"#, #"{"a":[{"c":"y"},"x"]}"#, true),
        ]
    )
    func objects(row: MatchRow) throws { try row.check() }

    @Test(
        "an array matches when any element does",
        arguments: [
            MatchRow(#"{"a":["x"]}"#, #"{"a":["y","x"]}"#, true),
            MatchRow(#"{"a":["x"]}"#, #"{"a":[["y"],["x"]]}"#, true),
            MatchRow(#"{"a":{"b":["x"]}}"#, #"{"a":[{"b":"y"},{"b":"x"}]}"#, true),
            MatchRow(#"{"a":{"b":["x"]}}"#, #"{"a":[[{"b":"x"}]]}"#, true),
            MatchRow(#"{"a":["x"]}"#, #"[{"a":"y"},{"a":"x"}]"#, true),
            MatchRow(#"{"a":["x"]}"#, #"{"a":[]}"#, false),
        ]
    )
    func arrays(row: MatchRow) throws { try row.check() }

    @Test(
        "conditions inside one array of objects hold for one element",
        arguments: [
            MatchRow(#"{"a":{"b":[1],"c":[2]}}"#, #"{"a":[{"b":1},{"c":2}]}"#, false),
            MatchRow(#"{"a":{"b":[1],"c":[2]}}"#, #"{"a":[{"b":1},{"c":2},{"c":2,"b":1}]}"#, true),
            MatchRow(#"{"a":{"b":[1],"c":{"d":[2]}}}"#, #"{"a":[{"b":1},{"c":{"d":2}}]}"#, false),
            MatchRow(#"{"a":{"b":[1],"c":{"d":[2]}}}"#, #"{"a":[{"b":1,"c":[{"d":3},{"d":2}]}]}"#, true),
            MatchRow(#"{"u":{"t":{"k":[1],"v":[2]}}}"#, #"{"u":[{"t":[{"k":1},{"v":2}]}]}"#, false),
            MatchRow(#"{"u":{"t":{"k":[1],"v":[2]}}}"#, #"{"u":[{"t":[{"k":1}]},{"t":[{"k":1,"v":2}]}]}"#, true),
            MatchRow(#"{"a":{"x":[1]},"b":{"y":[2]}}"#, #"{"a":[{"x":0},{"x":1}],"b":[{"y":2},{"y":0}]}"#, true),
            MatchRow(#"{"a":{"b":[1],"c":[2]}}"#, #"[{"a":{"b":1}},{"a":{"c":2}}]"#, false),
            MatchRow(#"{"a":{"x":[1],"y":[2],"z":[3]}}"#, #"{"a":[{"x":1,"y":2},{"y":2,"z":3},{"x":1,"z":3}]}"#, false),
            MatchRow(#"{"a":{"x":[1],"y":[2]}}"#, #"{"a":[[{"x":1},{"y":2}],[{"x":1,"y":2}]]}"#, true),
            MatchRow(#"{"a":["s"],"a.x":[1]}"#, #"{"a":[["s"],[{"x":1}]]}"#, false),
        ]
    )
    func elements(row: MatchRow) throws { try row.check() }

    @Test(
        "a missing field is looked for in the elements that earlier paths have chosen",
        arguments: [
            MatchRow(#"{"d":{"a":[{"exists":true}],"b":[{"exists":false}]}}"#, #"{"d":[{"a":1}]}"#, true),
            MatchRow(#"{"d":{"a":[{"exists":true}],"b":[{"exists":false}]}}"#, #"{"d":[{"a":1,"b":2}]}"#, false),
            MatchRow(#"{"d":{"b":["x"],"c":[{"exists":false}]}}"#, #"{"d":[{"b":"x"},{"c":1}]}"#, true),
            MatchRow(#"{"d":{"b":["x"],"c":[{"exists":false}]}}"#, #"{"d":[{"b":"x","c":1},{"b":"x"}]}"#, true),
            MatchRow(#"{"d":{"b":["x"],"a":[{"exists":false}]}}"#, #"{"d":[{"b":"x"},{"a":1}]}"#, false),
            MatchRow(
                #"{"d":{"c":[{"exists":false},"k"],"b":["x"]}}"#,
                #"{"d":[{"b":"x","c":"l"},{"b":"x","c":"k"}]}"#,
                true
            ),
        ]
    )
    func absence(row: MatchRow) throws { try row.check() }

    @Test(
        "$or stands beside fields, nests, and multiplies",
        arguments: [
            MatchRow(#"{"s":[1],"$or":[{"m":[1]},{"n":[1]}]}"#, #"{"s":1,"n":1}"#, true),
            MatchRow(#"{"s":[1],"$or":[{"m":[1]},{"n":[1]}]}"#, #"{"s":1,"n":2}"#, false),
            MatchRow(#"{"s":[1],"$or":[{"m":[1]},{"n":[1]}]}"#, #"{"s":2,"n":1}"#, false),
            MatchRow(
                #"{"$or":[{"m":[1]},{"n":[1]}],"d":{"$or":[{"p":[1]},{"q":[1]}]}}"#,
                #"{"n":1,"d":{"q":1}}"#,
                true
            ),
            MatchRow(
                #"{"$or":[{"m":[1]},{"n":[1]}],"d":{"$or":[{"p":[1]},{"q":[1]}]}}"#,
                #"{"n":1,"d":{"r":1}}"#,
                false
            ),
            MatchRow(#"{"$or":[{"a":[1]},{"b":[2],"$or":[{"c":[3]},{"d":[4]}]}]}"#, #"{"b":2,"d":4}"#, true),
            MatchRow(#"{"$or":[{"a":[1]},{"b":[2],"$or":[{"c":[3]},{"d":[4]}]}]}"#, #"{"b":2,"c":4}"#, false),
            MatchRow(#"{"l":{"$or":[{"a":[1],"b":[2]},{"c":[3]}]}}"#, #"{"l":[{"a":1},{"b":2}]}"#, false),
            MatchRow(#"{"l":{"$or":[{"a":[1],"b":[2]},{"c":[3]}]}}"#, #"{"l":[{"a":1},{"c":3}]}"#, true),
            MatchRow(#"{"a":["x","y"],"$or":[{"a":[{"anything-but":"x"}]},{"b":[1]}]}"#, #"{"a":"y"}"#, true),
            MatchRow(#"{"a":["x","y"],"$or":[{"a":[{"anything-but":"x"}]},{"b":[1]}]}"#, #"{"a":"z"}"#, false),
        ]
    )
    func choice(row: MatchRow) throws { try row.check() }

    @Test("the envelope is a second document with fields of its own")
    func envelope() throws {
        let pattern = try EventPattern(
            payload: ["id": [1]],
            envelope: ["type": ["paid", ["prefix": "refund."]], "headers": ["x-test": [["exists": false]]]]
        )
        let payload = try JSONDocument(Array(#"{"id":1,"type":"ignored"}"#.utf8))
        let index = PatternIndex([pattern])
        for (text, matches) in [
            (#"{"type":"paid"}"#, true), (#"{"type":"refund.done","headers":{}}"#, true),
            (#"{"type":"ignored"}"#, false), (#"{"type":"paid","headers":{"x-test":"1"}}"#, false),
        ] {
            let envelope = try JSONDocument(Array(text.utf8))
            #expect(pattern.matches(payload.root, envelope: envelope.root) == matches)
            #expect(index.matches(payload, envelope: envelope) == (matches ? [0] : []))
        }
        #expect(!pattern.matches(payload.root))
        #expect(index.matches(payload).isEmpty)
    }

    @Test("a pattern without payload and envelope matches everything")
    func anything() throws {
        let pattern = try EventPattern(payload: nil)
        for text in ["{}", "[]", "1", "null"] {
            let document = try JSONDocument(Array(text.utf8))
            #expect(pattern.matches(document.root))
            #expect(PatternIndex([pattern]).matches(document) == [0])
        }
    }

    @Test("the fields of a pattern come once each, with their conditions in words")
    func fields() throws {
        let pattern = try EventPattern(
            payload: ["a.b": ["x", 1], "$or": [["c": [["exists": false]]], ["a": ["b": [["gte": 5]]]]]],
            envelope: ["type": "paid"]
        )
        let described = pattern.fields.map { "\($0.root) \($0.path): \($0.conditions.joined(separator: "; "))" }
        #expect(
            described == [
                #"payload a.b: "x" or 1; a number or numeric text >= 5"#,
                "payload c: no such field",
                #"envelope type: "paid""#,
            ]
        )
    }
}
