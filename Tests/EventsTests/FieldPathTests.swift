// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Testing

@Suite("Field paths")
struct FieldPathTests {
    @Test(
        "dots part the steps, a backslash keeps dots and backslashes",
        arguments: [
            ("a", ["a"]), ("a.b.c", ["a", "b", "c"]), (#"a\.b.c"#, ["a.b", "c"]), (#"a\\.b"#, ["a\\", "b"]),
            ("é.x y", ["é", "x y"]),
            ("items.0.name", ["items", "0", "name"]),
        ]
    )
    func reads(text: String, steps: [String]) throws {
        let path = try #require(FieldPath(text))
        #expect(path.steps == steps)
        #expect(path.description == text)
    }

    @Test("empty steps and other escapes are refused", arguments: ["", ".", "a.", ".a", "a..b", #"a\"#, #"a\n"#])
    func refused(text: String) {
        #expect(FieldPath(text) == nil)
    }

    @Test("any steps survive being written and read")
    func roundTrip() {
        for steps in [["a.b", "c\\d"], ["\\.", "."], ["$or"], ["ü"]] {
            #expect(FieldPath(FieldPath(steps: steps).description)?.steps == steps)
        }
    }

    @Test("a step is a key of an object or a position of an array")
    func follows() throws {
        let root = try JSONDocument(Array(#"{"a":[{"b":1},{"b":{"0":2}}],"a.b":3}"#.utf8)).root
        #expect(try root[#require(FieldPath("a.0.b"))]?.value == 1)
        #expect(try root[#require(FieldPath("a.1.b.0"))]?.value == 2)
        #expect(try root[#require(FieldPath(#"a\.b"#))]?.value == 3)
        #expect(try root[#require(FieldPath("a.2.b"))] == nil)
        #expect(try root[#require(FieldPath("a.b"))] == nil)
        #expect(try root[#require(FieldPath("a.0.b.c"))] == nil)
    }
}
