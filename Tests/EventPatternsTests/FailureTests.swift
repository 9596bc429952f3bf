// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Events
import Testing

@Suite("Why an event does not match")
struct FailureTests {
    /// A pattern, an event, and the failure in words.
    struct Row: CustomTestStringConvertible, Sendable {
        let pattern: String
        let event: String
        let failure: String

        init(_ pattern: String, _ event: String, _ failure: String) {
            self.pattern = pattern
            self.event = event
            self.failure = failure
        }

        var testDescription: String { failure }
    }

    @Test(
        "the first condition that fails is named with what was expected and found",
        arguments: [
            Row(#"{"a":["x","y"]}"#, #"{"a":"z"}"#, #"a: expected "x" or "y", found "z""#),
            Row(#"{"a":["x"],"b":["y"]}"#, #"{"a":"x"}"#, #"b: expected "y", found no such field"#),
            Row(#"{"b":["y"],"a":["x"]}"#, #"{}"#, #"b: expected "y", found no such field"#),
            Row(#"{"a":{"b":[1]}}"#, #"{"a":{"b":{"c":1}}}"#, "a.b: expected 1, found an object"),
            Row(#"{"a":[1]}"#, #"{"a":[]}"#, "a: expected 1, found an empty array"),
            Row(
                #"{"a":[1]}"#,
                #"{"a":[2,"3",null,true,5,6,7]}"#,
                #"a: expected 1, found 2, "3", null, true, 5 and 2 more"#
            ),
            Row(#"{"a":[{"exists":false}]}"#, #"{"a":0}"#, "a: expected no such field, found 0"),
            Row(#"{"a":[{"numeric":[">",0,"<=",5]}]}"#, #"{"a":6}"#, "a: expected a number > 0 and <= 5, found 6"),
            Row(
                #"{"a":[{"gte":500}]}"#,
                #"{"a":"499.00"}"#,
                #"a: expected a number or numeric text >= 500, found "499.00""#
            ),
            Row(
                #"{"a":[{"anything-but":["x","y"]}]}"#,
                #"{"a":"x"}"#,
                #"a: expected anything but "x" or "y", found "x""#
            ),
            Row(
                #"{"a":[{"prefix":"p"},{"suffix":"s"}]}"#,
                #"{"a":"x"}"#,
                #"a: expected a text that starts with "p" or a text that ends with "s", found "x""#
            ),
            Row(
                #"{"a":[{"equals-ignore-case":"P"}]}"#,
                #"{"a":1}"#,
                #"a: expected "P" in upper or lower case, found 1"#
            ),
            Row(#"{"a":[{"wildcard":"a*b"}]}"#, #"{"a":"b"}"#, #"a: expected a text like "a*b", found "b""#),
            Row(#"{"a":[{"cidr":"10.0.0.0/8"}]}"#, #"{"a":"b"}"#, #"a: expected an address in 10.0.0.0/8, found "b""#),
            Row(
                #"{"a":{"b":[1],"c":[2]}}"#,
                #"{"a":[{"b":1},{"c":2}]}"#,
                "a.c: expected 2, in the same list element as the conditions before it, found 2"
            ),
            Row(
                #"{"s":[1],"$or":[{"m":[1]},{"n":[1],"o":[2]}]}"#,
                #"{"s":1,"n":1}"#,
                "o: expected 2, found no such field"
            ),
            Row(#"{"s":[1],"$or":[{"m":[1]},{"n":[1]}]}"#, #"{"s":2}"#, "s: expected 1, found 2"),
            Row(#"{"a\\.b":[1]}"#, #"{}"#, #"a\.b: expected 1, found no such field"#),
        ]
    )
    func names(row: Row) throws {
        let pattern = try EventPattern(payload: JSON(parsing: row.pattern))
        let failure = pattern.firstFailure(try JSONDocument(Array(row.event.utf8)).root)
        #expect(failure?.description == row.failure)
    }

    @Test("a failure in the envelope says so")
    func envelope() throws {
        let pattern = try EventPattern(payload: nil, envelope: ["type": ["paid"]])
        let failure = pattern.firstFailure(try JSONDocument(Array("{}".utf8)).root)
        #expect(failure?.root == .envelope)
        #expect(failure?.path == FieldPath(steps: ["type"]))
    }

    @Test("a long value is cut")
    func long() throws {
        let pattern = try EventPattern(payload: ["a": ["x"]])
        let text = String(repeating: "y", count: 1_000)
        let failure = pattern.firstFailure(
            try JSONDocument(JSON(dictionaryLiteral: ("a", .string(text))).encoded()).root
        )
        #expect(failure?.actual == "\"" + text.prefix(79) + "…\"")
    }
}
