// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Events
import Testing

@Suite("What is no pattern: comparisons, choices and operands")
struct OperandRejectionTests {
    @Test(
        "Comparisons: a mistake is named with its place",
        arguments: [
            RejectionRow(
                #"{"a":[{"numeric":5}]}"#,
                .badNumeric,
                #"a/0/numeric"#,
                #"found a number for numeric; expected a list, such as [">", 0, "<=", 5]"#
            ),
            RejectionRow(
                #"{"a":[{"numeric":[]}]}"#,
                .badNumeric,
                #"a/0/numeric"#,
                #"found a list of 0 for numeric; expected an operator and a number, or two such pairs"#
            ),
            RejectionRow(
                #"{"a":[{"numeric":[">"]}]}"#,
                .badNumeric,
                #"a/0/numeric"#,
                #"found a list of 1 for numeric; expected an operator and a number, or two such pairs"#
            ),
            RejectionRow(
                #"{"a":[{"numeric":[">",1,"<"]}]}"#,
                .badNumeric,
                #"a/0/numeric"#,
                #"found a list of 3 for numeric; expected an operator and a number, or two such pairs"#
            ),
            RejectionRow(
                #"{"a":[{"numeric":["!=",1]}]}"#,
                .badNumeric,
                #"a/0/numeric/0"#,
                #"found "!=" for numeric; expected = or < or <= or > or >="#
            ),
            RejectionRow(
                #"{"a":[{"numeric":[1,">"]}]}"#,
                .badNumeric,
                #"a/0/numeric/0"#,
                #"found 1 for numeric; expected = or < or <= or > or >="#
            ),
            RejectionRow(
                #"{"a":[{"numeric":[">","1"]}]}"#,
                .badNumeric,
                #"a/0/numeric/1"#,
                #"found a string after >; expected a number"#
            ),
            RejectionRow(
                #"{"a":[{"numeric":["<",5,">",1]}]}"#,
                .badNumeric,
                #"a/0/numeric/0"#,
                #"found "<" for numeric; expected > or >="#
            ),
            RejectionRow(
                #"{"a":[{"numeric":["=",5,"<",9]}]}"#,
                .badNumeric,
                #"a/0/numeric/0"#,
                #"found "=" for numeric; expected > or >="#
            ),
            RejectionRow(
                #"{"a":[{"numeric":[">",5,">",9]}]}"#,
                .badNumeric,
                #"a/0/numeric/2"#,
                #"found ">" for numeric; expected < or <="#
            ),
            RejectionRow(
                #"{"a":[{"numeric":[">",5,"<",5]}]}"#,
                .badNumeric,
                #"a/0/numeric"#,
                #"found the range > 5 and < 5; expected a lower end below the upper one"#
            ),
            RejectionRow(
                #"{"a":[{"numeric":[">=",5,"<=",5]}]}"#,
                .badNumeric,
                #"a/0/numeric"#,
                #"found the range >= 5 and <= 5; expected a lower end below the upper one"#
            ),
            RejectionRow(
                #"{"a":[{"numeric":[">",5,"<",4]}]}"#,
                .badNumeric,
                #"a/0/numeric"#,
                #"found the range > 5 and < 4; expected a lower end below the upper one"#
            ),
            RejectionRow(
                #"{"a":[{"gt":"five"}]}"#,
                .badOperand,
                #"a/0/gt"#,
                #"found "five" for gt; expected a number"#
            ),
            RejectionRow(
                #"{"a":[{"gt":null}]}"#,
                .badOperand,
                #"a/0/gt"#,
                #"found null for gt; expected a number"#
            ),
            RejectionRow(
                #"{"a":[{"gt":1,"gte":2}]}"#,
                .badNumeric,
                #"a/0"#,
                #"found 'gte' beside 'gt'; expected a lower and an upper end"#
            ),
            RejectionRow(
                #"{"a":[{"gt":5,"lt":5}]}"#,
                .badNumeric,
                #"a/0"#,
                #"found the range > 5 and < 5; expected a lower end below the upper one"#
            ),
            RejectionRow(
                #"{"a":[1e200000]}"#,
                .badOperand,
                #"a/0"#,
                #"found a number too long to compare; expected at most 1000 digits and an exponent up to 100000"#
            ),
        ]
    )
    func comparisons(row: RejectionRow) throws { try row.check() }

    @Test(
        "$or: a mistake is named with its place",
        arguments: [
            RejectionRow(
                #"{"$or":{"a":[1]}}"#,
                .badOr,
                #"$or"#,
                #"found an object under $or; expected a list of at least two objects"#
            ),
            RejectionRow(
                #"{"$or":[]}"#,
                .badOr,
                #"$or"#,
                #"found no branch under $or; expected at least two"#
            ),
            RejectionRow(
                #"{"$or":[{"a":[1]}]}"#,
                .badOr,
                #"$or"#,
                #"found one branch under $or; expected at least two"#
            ),
            RejectionRow(
                #"{"$or":[{"a":[1]},"b"]}"#,
                .notAnObject,
                #"$or/1"#,
                #"found a string; expected an object of fields"#
            ),
            RejectionRow(
                #"{"$or":[{"a":[1]},{}]}"#,
                .emptyObject,
                #"$or/1"#,
                #"found an object without fields; expected at least one field"#
            ),
            RejectionRow(
                #"{"$or":[{"prefix":["x"]},{"a":[1]}]}"#,
                .badOr,
                #"$or/0/prefix"#,
                #"found the operator 'prefix' where $or wants fields; expected a field's name"#
            ),
            RejectionRow(
                #"{"a":{"$or":[{"b":[]},{"c":[1]}]}}"#,
                .emptyArray,
                #"a/$or/0/b"#,
                #"found an empty list; expected at least one alternative"#
            ),
        ]
    )
    func choice(row: RejectionRow) throws { try row.check() }

    @Test(
        "Operands: a mistake is named with its place",
        arguments: [
            RejectionRow(
                #"{"a":[{"prefix":1}]}"#,
                .badOperand,
                #"a/0/prefix"#,
                #"found a number for prefix; expected a string"#
            ),
            RejectionRow(
                #"{"a":[{"prefix":["x"]}]}"#,
                .badOperand,
                #"a/0/prefix"#,
                #"found an array for prefix; expected a string"#
            ),
            RejectionRow(
                #"{"a":[{"suffix":null}]}"#,
                .badOperand,
                #"a/0/suffix"#,
                #"found null for suffix; expected a string"#
            ),
            RejectionRow(
                #"{"a":[{"suffix":{"equals-ignore-case":5}}]}"#,
                .badOperand,
                #"a/0/suffix/equals-ignore-case"#,
                #"found a number for equals-ignore-case; expected a string"#
            ),
            RejectionRow(
                #"{"a":[{"equals-ignore-case":["x"]}]}"#,
                .badOperand,
                #"a/0/equals-ignore-case"#,
                #"found an array for equals-ignore-case; expected a string"#
            ),
            RejectionRow(
                #"{"a":[{"exactly":1}]}"#,
                .badOperand,
                #"a/0/exactly"#,
                #"found a number for exactly; expected a string"#
            ),
            RejectionRow(
                #"{"a":[{"wildcard":1}]}"#,
                .badOperand,
                #"a/0/wildcard"#,
                #"found a number for wildcard; expected a string"#
            ),
            RejectionRow(
                #"{"a":[{"wildcard":"a**b"}]}"#,
                .badWildcard,
                #"a/0/wildcard"#,
                #"found "a**b" for wildcard; expected one * where there are two in a row, at byte 1"#
            ),
            RejectionRow(
                #"{"a":[{"wildcard":"a\\b"}]}"#,
                .badWildcard,
                #"a/0/wildcard"#,
                #"found "a\\b" for wildcard; expected \* or \\ where there is a backslash, at byte 1"#
            ),
            RejectionRow(
                #"{"a":[{"wildcard":"ab\\"}]}"#,
                .badWildcard,
                #"a/0/wildcard"#,
                #"found "ab\\" for wildcard; expected \* or \\ where there is a backslash, at byte 2"#
            ),
            RejectionRow(
                #"{"a":[{"exists":"true"}]}"#,
                .badOperand,
                #"a/0/exists"#,
                #"found a string for exists; expected true or false"#
            ),
            RejectionRow(
                #"{"a":[{"exists":[true]}]}"#,
                .badOperand,
                #"a/0/exists"#,
                #"found an array for exists; expected true or false"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":"10.0.0.0"}]}"#,
                .badCIDR,
                #"a/0/cidr"#,
                #"found "10.0.0.0" for cidr; expected an address, one slash and a number of bits, such as 10.0.0.0/8"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":"10.0.0.0/8/8"}]}"#,
                .badCIDR,
                #"a/0/cidr"#,
                #"found "10.0.0.0/8/8" for cidr; expected an address, one slash and a number of bits, such as 10.0.0.0/8"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":"10.0.0/8"}]}"#,
                .badCIDR,
                #"a/0/cidr"#,
                #"found "10.0.0/8" for cidr; expected an IPv4 or IPv6 address before the slash"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":"10.0.0.300/8"}]}"#,
                .badCIDR,
                #"a/0/cidr"#,
                #"found "10.0.0.300/8" for cidr; expected an IPv4 or IPv6 address before the slash"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":"shop.example/8"}]}"#,
                .badCIDR,
                #"a/0/cidr"#,
                #"found "shop.example/8" for cidr; expected an IPv4 or IPv6 address before the slash"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":"10.0.0.0/32"}]}"#,
                .badCIDR,
                #"a/0/cidr"#,
                #"found "10.0.0.0/32" for cidr; expected 0 to 31 bits after the slash (one address alone is written as a string)"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":"10.0.0.0/-1"}]}"#,
                .badCIDR,
                #"a/0/cidr"#,
                #"found "10.0.0.0/-1" for cidr; expected 0 to 31 bits after the slash (one address alone is written as a string)"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":"10.0.0.0/"}]}"#,
                .badCIDR,
                #"a/0/cidr"#,
                #"found "10.0.0.0/" for cidr; expected 0 to 31 bits after the slash (one address alone is written as a string)"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":"2001:db8::/128"}]}"#,
                .badCIDR,
                #"a/0/cidr"#,
                #"found "2001:db8::/128" for cidr; expected 0 to 127 bits after the slash (one address alone is written as a string)"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":"2001:db8::1::/64"}]}"#,
                .badCIDR,
                #"a/0/cidr"#,
                #"found "2001:db8::1::/64" for cidr; expected an IPv4 or IPv6 address before the slash"#
            ),
            RejectionRow(
                #"{"a":[{"cidr":8}]}"#,
                .badOperand,
                #"a/0/cidr"#,
                #"found a number for cidr; expected a string"#
            ),
        ]
    )
    func operands(row: RejectionRow) throws { try row.check() }

    @Test("a mistake in the envelope says so")
    func envelope() throws {
        let error = #expect(throws: EventPatternError.self) {
            try EventPattern(payload: ["a": [1]], envelope: ["type": []])
        }
        #expect(error?.root == .envelope)
        #expect(error?.description == "type: found an empty list; expected at least one alternative")
    }

    @Test("$or branches multiply to a thousand combinations and no further")
    func tooLarge() throws {
        func pattern(_ choices: Int) throws -> JSON {
            let or = #""$or":[{"a":[1]},{"b":[1]}]"#
            return try JSON(parsing: "{" + (0..<choices).map { #""f\#($0)":{\#(or)}"# }.joined(separator: ",") + "}")
        }
        _ = try EventPattern(payload: pattern(9))
        let error = #expect(throws: EventPatternError.self) { try EventPattern(payload: pattern(10)) }
        #expect(error?.code == .tooLarge)
        let both = #expect(throws: EventPatternError.self) {
            try EventPattern(payload: pattern(5), envelope: pattern(6))
        }
        #expect(both?.code == .tooLarge)
    }
}
