// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Testing

@Suite("What is no pattern: fields, lists and operators")
struct RejectionTests {
    @Test(
        "Fields and lists: a mistake is named with its place",
        arguments: [
            RejectionRow(
                #"[]"#,
                .notAnObject,
                #""#,
                #"found an array; expected an object of fields"#
            ),
            RejectionRow(
                #""a""#,
                .notAnObject,
                #""#,
                #"found a string; expected an object of fields"#
            ),
            RejectionRow(
                #"{}"#,
                .emptyObject,
                #""#,
                #"found an object without fields; expected at least one field"#
            ),
            RejectionRow(
                #"{"a":{}}"#,
                .emptyObject,
                #"a"#,
                #"found an object without fields; expected at least one field"#
            ),
            RejectionRow(
                #"{"a":[]}"#,
                .emptyArray,
                #"a"#,
                #"found an empty list; expected at least one alternative"#
            ),
            RejectionRow(
                #"{"a":["x",{}]}"#,
                .emptyObject,
                #"a/1"#,
                #"found an empty object; expected one operator, such as {prefix: …}"#
            ),
            RejectionRow(
                #"{"a..b":["x"]}"#,
                .badField,
                #"a..b"#,
                #"found the field 'a..b'; expected names with single dots between them (a real dot is written \. and a backslash \\)"#
            ),
            RejectionRow(
                #"{"":["x"]}"#,
                .badField,
                #""#,
                #"found the field ''; expected names with single dots between them (a real dot is written \. and a backslash \\)"#
            ),
            RejectionRow(
                #"{"a\\b":["x"]}"#,
                .badField,
                #"a\b"#,
                #"found the field 'a\b'; expected names with single dots between them (a real dot is written \. and a backslash \\)"#
            ),
            RejectionRow(
                #"{"a":[{"prefix":{}}]}"#,
                .emptyObject,
                #"a/0/prefix"#,
                #"found an empty object; expected a string or {equals-ignore-case: …}"#
            ),
        ]
    )
    func structure(row: RejectionRow) throws { try row.check() }

    @Test(
        "Operators: a mistake is named with its place",
        arguments: [
            RejectionRow(
                #"{"a":[["x"]]}"#,
                .badAlternative,
                #"a/0"#,
                #"found an array among the alternatives; expected a string, a number, true, false, null or an operator"#
            ),
            RejectionRow(
                #"{"a":[{"prefx":"x"}]}"#,
                .unknownOperator,
                #"a/0/prefx"#,
                #"found the unknown operator 'prefx'; did you mean 'prefix'?"#
            ),
            RejectionRow(
                #"{"a":[{"anything_but":"x"}]}"#,
                .unknownOperator,
                #"a/0/anything_but"#,
                #"found the unknown operator 'anything_but'; did you mean 'anything-but'?"#
            ),
            RejectionRow(
                #"{"a":[{">=":5}]}"#,
                .unknownOperator,
                #"a/0/>="#,
                #"found the unknown operator '>='; did you mean 'gte'?"#
            ),
            RejectionRow(
                #"{"a":[{"regex":"x"}]}"#,
                .unknownOperator,
                #"a/0/regex"#,
                #"found the unknown operator 'regex'; did you mean 'wildcard'?"#
            ),
            RejectionRow(
                #"{"a":[{"contains":"x"}]}"#,
                .unknownOperator,
                #"a/0/contains"#,
                #"found the unknown operator 'contains'; a part of a text is written {wildcard: '*part*'}"#
            ),
            RejectionRow(
                #"{"a":[{"in":["x","y"]}]}"#,
                .unknownOperator,
                #"a/0/in"#,
                #"found the unknown operator 'in'; several values stand in one list, such as [paid, shipped]"#
            ),
            RejectionRow(
                #"{"a":[{"starts_with":"x"}]}"#,
                .unknownOperator,
                #"a/0/starts_with"#,
                #"found the unknown operator 'starts_with'; did you mean 'prefix'?"#
            ),
            RejectionRow(
                #"{"a":[{"not":"x"}]}"#,
                .unknownOperator,
                #"a/0/not"#,
                #"found the unknown operator 'not'; did you mean 'anything-but'?"#
            ),
            RejectionRow(
                #"{"a":[{"Exists":true}]}"#,
                .unknownOperator,
                #"a/0/Exists"#,
                #"found the unknown operator 'Exists'; did you mean 'exists'?"#
            ),
            RejectionRow(
                #"{"a":[{"frobnicate":1}]}"#,
                .unknownOperator,
                #"a/0/frobnicate"#,
                #"found the unknown operator 'frobnicate'; expected one of prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, exists, cidr, exactly, gt, gte, lt, lte, eq"#
            ),
            RejectionRow(
                #"{"a":[{"prefix":"x","suffix":"y"}]}"#,
                .badAlternative,
                #"a/0"#,
                #"found 'prefix', 'suffix' in one alternative; expected one operator"#
            ),
            RejectionRow(
                #"{"a":[{"gte":1,"prefix":"y"}]}"#,
                .badAlternative,
                #"a/0"#,
                #"found 'prefix' beside 'gte'; expected one operator"#
            ),
            RejectionRow(
                #"{"a":{"gte":500}}"#,
                .badAlternative,
                #"a/gte"#,
                #"found the operator 'gte' as a field's name; expected a list around it, such as a: [{gte: 500}], or a list as the value of a field that is named so"#
            ),
            RejectionRow(
                #"{"a":{"exists":false}}"#,
                .badAlternative,
                #"a/exists"#,
                #"found the operator 'exists' as a field's name; expected a list around it, such as a: [{exists: false}], or a list as the value of a field that is named so"#
            ),
            RejectionRow(
                #"{"a":[{"prefix":{"wildcard":"x"}}]}"#,
                .unknownOperator,
                #"a/0/prefix/wildcard"#,
                #"found the unknown operator 'wildcard'; expected equals-ignore-case"#
            ),
            RejectionRow(
                #"{"a":[{"prefix":{"equals-ignore-case":"x","b":1}}]}"#,
                .badAlternative,
                #"a/0/prefix"#,
                #"found 'equals-ignore-case', 'b' in one alternative; expected one operator"#
            ),
        ]
    )
    func operators(row: RejectionRow) throws { try row.check() }

    @Test(
        "anything-but: a mistake is named with its place",
        arguments: [
            RejectionRow(
                #"{"a":[{"anything-but":[]}]}"#,
                .emptyArray,
                #"a/0/anything-but"#,
                #"found an empty list for anything-but; expected at least one string or number"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":["x",1]}]}"#,
                .badOperand,
                #"a/0/anything-but/1"#,
                #"found a number in a list that starts with a string for anything-but; expected strings only or numbers only"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":null}]}"#,
                .badOperand,
                #"a/0/anything-but"#,
                #"found null for anything-but; expected a string or a number"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":[true]}]}"#,
                .badOperand,
                #"a/0/anything-but/0"#,
                #"found a boolean for anything-but; expected a string or a number"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":[["x"]]}]}"#,
                .badOperand,
                #"a/0/anything-but/0"#,
                #"found an array for anything-but; expected a string or a number"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{}}]}"#,
                .emptyObject,
                #"a/0/anything-but"#,
                #"found an empty object for anything-but; expected a value or one operator"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"numeric":[">",1]}}]}"#,
                .unknownOperator,
                #"a/0/anything-but/numeric"#,
                #"EventBridge has no numeric inside anything-but; write our own comparisons there, such as {anything-but: {gte: 1, lte: 5}}"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"gt":"x"}}]}"#,
                .badOperand,
                #"a/0/anything-but/gt"#,
                #"found "x" for gt; expected a number"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"gt":1,"prefix":"x"}}]}"#,
                .badAlternative,
                #"a/0/anything-but"#,
                #"found 'prefix' beside 'gt'; expected one operator"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"prefix":"x","suffix":"y"}}]}"#,
                .badAlternative,
                #"a/0/anything-but"#,
                #"found 'prefix', 'suffix' in one anything-but; expected one operator"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"prefix":""}}]}"#,
                .badOperand,
                #"a/0/anything-but/prefix"#,
                #"found an empty prefix for anything-but, which excludes every text; expected at least one character"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"suffix":["x",""]}}]}"#,
                .badOperand,
                #"a/0/anything-but/suffix/1"#,
                #"found an empty suffix for anything-but, which excludes every text; expected at least one character"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"prefix":[]}}]}"#,
                .emptyArray,
                #"a/0/anything-but/prefix"#,
                #"found an empty list for prefix; expected at least one string"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"prefix":["x",1]}}]}"#,
                .badOperand,
                #"a/0/anything-but/prefix/1"#,
                #"found a number for prefix; expected a string"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"equals-ignore-case":[1]}}]}"#,
                .badOperand,
                #"a/0/anything-but/equals-ignore-case/0"#,
                #"found a number for equals-ignore-case; expected a string"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"wildcard":"x**"}}]}"#,
                .badWildcard,
                #"a/0/anything-but/wildcard"#,
                #"found "x**" for wildcard; expected one * where there are two in a row, at byte 1"#
            ),
            RejectionRow(
                #"{"a":[{"anything-but":{"prefix":{"equals-ignore-case":"x"}}}]}"#,
                .badOperand,
                #"a/0/anything-but/prefix"#,
                #"found an object for prefix; expected a string"#
            ),
        ]
    )
    func negation(row: RejectionRow) throws { try row.check() }
}
