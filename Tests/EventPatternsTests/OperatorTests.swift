// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("What each operator accepts")
struct OperatorTests {
    @Test(
        "a plain value is equal in JSON type and content",
        arguments: [
            MatchRow(#"{"a":["x"]}"#, #"{"a":"x"}"#, true),
            MatchRow(#"{"a":["x"]}"#, #"{"a":"X"}"#, false),
            MatchRow(#"{"a":["x","y"]}"#, #"{"a":"y"}"#, true),
            MatchRow(#"{"a":"x"}"#, #"{"a":"x"}"#, true),
            MatchRow(#"{"a":[""]}"#, #"{"a":""}"#, true),
            MatchRow(#"{"a":[""]}"#, #"{"a":null}"#, false),
            MatchRow(#"{"a":[1]}"#, #"{"a":1}"#, true),
            MatchRow(#"{"a":[1]}"#, #"{"a":1.0}"#, true),
            MatchRow(#"{"a":[1]}"#, #"{"a":1e0}"#, true),
            MatchRow(#"{"a":[1]}"#, #"{"a":"1"}"#, false),
            MatchRow(#"{"a":["1"]}"#, #"{"a":1}"#, false),
            MatchRow(#"{"a":[300]}"#, #"{"a":3.0e2}"#, true),
            MatchRow(#"{"a":[9007199254740993]}"#, #"{"a":9007199254740992}"#, false),
            MatchRow(#"{"a":[123456789012345678901234567890]}"#, #"{"a":123456789012345678901234567890.0}"#, true),
            MatchRow(#"{"a":[123456789012345678901234567890]}"#, #"{"a":123456789012345678901234567891}"#, false),
            MatchRow(#"{"a":[1e400]}"#, #"{"a":10e399}"#, true),
            MatchRow(#"{"a":[0.1]}"#, #"{"a":0.1000000000000000055511151231257827}"#, false),
            MatchRow(#"{"a":[-0]}"#, #"{"a":0}"#, true),
            MatchRow(#"{"a":[true]}"#, #"{"a":true}"#, true),
            MatchRow(#"{"a":[true]}"#, #"{"a":"true"}"#, false),
            MatchRow(#"{"a":[false]}"#, #"{"a":true}"#, false),
            MatchRow(#"{"a":[null]}"#, #"{"a":null}"#, true),
            MatchRow(#"{"a":[null]}"#, #"{}"#, false),
            MatchRow(#"{"a":null}"#, #"{"a":null}"#, true),
            MatchRow(#"{"a":["null"]}"#, #"{"a":null}"#, false),
            MatchRow(#"{"a":[{"exactly":"x"}]}"#, #"{"a":"x"}"#, true),
            MatchRow(#"{"a":["é"]}"#, #"{"a":"\u00e9"}"#, true),
            MatchRow(#"{"a":["é"]}"#, #"{"a":"e\u0301"}"#, false),
            MatchRow(#"{"a":["x/y"]}"#, #"{"a":"x\/y"}"#, true),
            MatchRow(#"{"a":["10.0.0.1"]}"#, #"{"a":"10.0.0.01"}"#, false),
        ]
    )
    func exact(row: MatchRow) throws { try row.check() }

    @Test(
        "prefix, suffix and wildcard read strings only",
        arguments: [
            MatchRow(#"{"a":[{"prefix":"ab"}]}"#, #"{"a":"abc"}"#, true),
            MatchRow(#"{"a":[{"prefix":"ab"}]}"#, #"{"a":"ab"}"#, true),
            MatchRow(#"{"a":[{"prefix":"ab"}]}"#, #"{"a":"a"}"#, false),
            MatchRow(#"{"a":[{"prefix":"1"}]}"#, #"{"a":12}"#, false),
            MatchRow(#"{"a":[{"prefix":""}]}"#, #"{"a":""}"#, true),
            MatchRow(#"{"a":[{"prefix":""}]}"#, #"{"a":null}"#, false),
            MatchRow(#"{"a":[{"suffix":"bc"}]}"#, #"{"a":"abc"}"#, true),
            MatchRow(#"{"a":[{"suffix":"bc"}]}"#, #"{"a":"abcd"}"#, false),
            MatchRow(#"{"a":[{"prefix":{"equals-ignore-case":"Ab"}}]}"#, #"{"a":"aBc"}"#, true),
            MatchRow(#"{"a":[{"suffix":{"equals-ignore-case":".PNG"}}]}"#, #"{"a":"x.png"}"#, true),
            MatchRow(#"{"a":[{"suffix":{"equals-ignore-case":".PNG"}}]}"#, #"{"a":"png"}"#, false),
            MatchRow(#"{"a":[{"equals-ignore-case":"ÄPFEL"}]}"#, #"{"a":"äpfel"}"#, true),
            MatchRow(#"{"a":[{"equals-ignore-case":"straße"}]}"#, #"{"a":"STRASSE"}"#, true),
            MatchRow(#"{"a":[{"suffix":{"equals-ignore-case":"ße"}}]}"#, #"{"a":"STRASSE"}"#, true),
            MatchRow(#"{"a":[{"prefix":{"equals-ignore-case":"ⱥ"}}]}"#, #"{"a":"Ⱥb"}"#, true),
            MatchRow(#"{"a":[{"equals-ignore-case":"abc"}]}"#, #"{"a":"abcd"}"#, false),
            MatchRow(#"{"a":[{"wildcard":"a*c"}]}"#, #"{"a":"abbc"}"#, true),
            MatchRow(#"{"a":[{"wildcard":"a*c"}]}"#, #"{"a":"ac"}"#, true),
            MatchRow(#"{"a":[{"wildcard":"a*a"}]}"#, #"{"a":"a"}"#, false),
            MatchRow(#"{"a":[{"wildcard":"*"}]}"#, #"{"a":""}"#, true),
            MatchRow(#"{"a":[{"wildcard":"*"}]}"#, #"{"a":1}"#, false),
            MatchRow(#"{"a":[{"wildcard":"*b*d*"}]}"#, #"{"a":"abcde"}"#, true),
            MatchRow(#"{"a":[{"wildcard":"*b*d*"}]}"#, #"{"a":"adcb"}"#, false),
            MatchRow(#"{"a":[{"wildcard":"a\\*b"}]}"#, #"{"a":"a*b"}"#, true),
            MatchRow(#"{"a":[{"wildcard":"a\\*b"}]}"#, #"{"a":"axb"}"#, false),
            MatchRow(#"{"a":[{"wildcard":"a\\\\*"}]}"#, #"{"a":"a\\b"}"#, true),
        ]
    )
    func strings(row: MatchRow) throws { try row.check() }

    @Test(
        "anything-but accepts every value that is not excluded, of any type, and no missing field",
        arguments: [
            MatchRow(#"{"a":[{"anything-but":"x"}]}"#, #"{"a":"y"}"#, true),
            MatchRow(#"{"a":[{"anything-but":"x"}]}"#, #"{"a":"x"}"#, false),
            MatchRow(#"{"a":[{"anything-but":"x"}]}"#, #"{}"#, false),
            MatchRow(#"{"a":[{"anything-but":"x"}]}"#, #"{"a":{"b":1}}"#, false),
            MatchRow(#"{"a":[{"anything-but":"x"}]}"#, #"{"a":null}"#, true),
            MatchRow(#"{"a":[{"anything-but":"x"}]}"#, #"{"a":5}"#, true),
            MatchRow(#"{"a":[{"anything-but":"x"}]}"#, #"{"a":["x","y"]}"#, true),
            MatchRow(#"{"a":[{"anything-but":"x"}]}"#, #"{"a":["x","x"]}"#, false),
            MatchRow(#"{"a":[{"anything-but":"x"}]}"#, #"{"a":[]}"#, false),
            MatchRow(#"{"a":[{"anything-but":["x","y"]}]}"#, #"{"a":"y"}"#, false),
            MatchRow(#"{"a":[{"anything-but":[1,2]}]}"#, #"{"a":2.0}"#, false),
            MatchRow(#"{"a":[{"anything-but":[1,2]}]}"#, #"{"a":"2"}"#, true),
            MatchRow(#"{"a":[{"anything-but":1}]}"#, #"{"a":true}"#, true),
            MatchRow(#"{"a":[{"anything-but":{"prefix":"x"}}]}"#, #"{"a":"xy"}"#, false),
            MatchRow(#"{"a":[{"anything-but":{"prefix":["x","y"]}}]}"#, #"{"a":"yx"}"#, false),
            MatchRow(#"{"a":[{"anything-but":{"prefix":["x","y"]}}]}"#, #"{"a":"z"}"#, true),
            MatchRow(#"{"a":[{"anything-but":{"suffix":"x"}}]}"#, #"{"a":"yx"}"#, false),
            MatchRow(#"{"a":[{"anything-but":{"suffix":["x","y"]}}]}"#, #"{"a":1}"#, true),
            MatchRow(#"{"a":[{"anything-but":{"equals-ignore-case":["X","y"]}}]}"#, #"{"a":"Y"}"#, false),
            MatchRow(#"{"a":[{"anything-but":{"equals-ignore-case":"X"}}]}"#, #"{"a":"xx"}"#, true),
            MatchRow(#"{"a":[{"anything-but":{"wildcard":"*x*"}}]}"#, #"{"a":"axb"}"#, false),
            MatchRow(#"{"a":[{"anything-but":{"wildcard":["*x*","b*"]}}]}"#, #"{"a":"c"}"#, true),
        ]
    )
    func anythingBut(row: MatchRow) throws { try row.check() }

    @Test(
        "numeric compares JSON numbers exactly and nothing else",
        arguments: [
            MatchRow(#"{"a":[{"numeric":[">",0,"<=",5]}]}"#, #"{"a":5}"#, true),
            MatchRow(#"{"a":[{"numeric":[">",0,"<=",5]}]}"#, #"{"a":0}"#, false),
            MatchRow(#"{"a":[{"numeric":["=",3.018e2]}]}"#, #"{"a":301.8}"#, true),
            MatchRow(#"{"a":[{"numeric":["<",10]}]}"#, #"{"a":-1e300}"#, true),
            MatchRow(#"{"a":[{"numeric":["<",10]}]}"#, #"{"a":"9"}"#, false),
            MatchRow(#"{"a":[{"numeric":["<=",0.3]}]}"#, #"{"a":0.30000000000000001}"#, false),
            MatchRow(#"{"a":[{"numeric":[">",9007199254740992]}]}"#, #"{"a":9007199254740993}"#, true),
            MatchRow(#"{"a":[{"numeric":[">=",1e18]}]}"#, #"{"a":1000000000000000000}"#, true),
            MatchRow(#"{"a":[{"numeric":[">",1e18]}]}"#, #"{"a":1000000000000000000.5}"#, true),
            MatchRow(#"{"a":[{"numeric":[">",-2,"<",-1]}]}"#, #"{"a":-1.5}"#, true),
        ]
    )
    func numeric(row: MatchRow) throws { try row.check() }

    @Test(
        "gt, gte, lt, lte and eq also read numeric strings",
        arguments: [
            MatchRow(#"{"a":[{"gte":1499}]}"#, #"{"a":"1499.00"}"#, true),
            MatchRow(#"{"a":[{"gt":1499}]}"#, #"{"a":"1499.00"}"#, false),
            MatchRow(#"{"a":[{"gt":1499}]}"#, #"{"a":1499.01}"#, true),
            MatchRow(#"{"a":{"b":[{"lt":0.3}]}}"#, #"{"a":{"b":"0.29999999999999999999"}}"#, true),
            MatchRow(#"{"a":[{"lte":5}]}"#, #"{"a":"five"}"#, false),
            MatchRow(#"{"a":[{"lte":5}]}"#, #"{"a":""}"#, false),
            MatchRow(#"{"a":[{"lte":5}]}"#, #"{"a":null}"#, false),
            MatchRow(#"{"a":[{"lte":5}]}"#, #"{"a":" 4"}"#, false),
            MatchRow(#"{"a":[{"eq":500}]}"#, #"{"a":"500.00"}"#, true),
            MatchRow(#"{"a":[{"eq":500}]}"#, #"{"a":500.0}"#, true),
            MatchRow(#"{"a":[{"eq":"500.0"}]}"#, #"{"a":500}"#, true),
            MatchRow(#"{"a":[{"eq":500}]}"#, #"{"a":"500.01"}"#, false),
            MatchRow(#"{"a":[{"gte":500,"lt":1000}]}"#, #"{"a":"999.99"}"#, true),
            MatchRow(#"{"a":[{"gte":500,"lt":1000}]}"#, #"{"a":"1000"}"#, false),
            MatchRow(
                #"{"a":[{"gt":123456789012345678901234567890}]}"#,
                #"{"a":"123456789012345678901234567890.1"}"#,
                true
            ),
        ]
    )
    func decimals(row: MatchRow) throws { try row.check() }

    @Test(
        "exists looks at scalars, not at objects or empty arrays",
        arguments: [
            MatchRow(#"{"a":[{"exists":true}]}"#, #"{"a":null}"#, true),
            MatchRow(#"{"a":[{"exists":true}]}"#, #"{"a":[]}"#, false),
            MatchRow(#"{"a":[{"exists":true}]}"#, #"{"a":{"b":1}}"#, false),
            MatchRow(#"{"a":[{"exists":false}]}"#, #"{"a":{"b":1}}"#, true),
            MatchRow(#"{"a":[{"exists":false}]}"#, #"{"a":[]}"#, true),
            MatchRow(#"{"a":[{"exists":false}]}"#, #"{}"#, true),
            MatchRow(#"{"a":[{"exists":false}]}"#, #"{"a":0}"#, false),
            MatchRow(#"{"a":[{"exists":false},"x"]}"#, #"{"a":"x"}"#, true),
            MatchRow(#"{"a":[{"exists":false},"x"]}"#, #"{"b":1}"#, true),
            MatchRow(#"{"a":[{"exists":false},"x"]}"#, #"{"a":"y"}"#, false),
        ]
    )
    func exists(row: MatchRow) throws { try row.check() }

    @Test(
        "cidr reads IPv4 and IPv6 addresses",
        arguments: [
            MatchRow(#"{"a":[{"cidr":"10.0.0.0/8"}]}"#, #"{"a":"10.200.3.4"}"#, true),
            MatchRow(#"{"a":[{"cidr":"10.0.0.0/8"}]}"#, #"{"a":"11.0.0.0"}"#, false),
            MatchRow(#"{"a":[{"cidr":"10.0.0.7/24"}]}"#, #"{"a":"10.0.0.1"}"#, true),
            MatchRow(#"{"a":[{"cidr":"10.0.0.0/25"}]}"#, #"{"a":"10.0.0.128"}"#, false),
            MatchRow(#"{"a":[{"cidr":"0.0.0.0/0"}]}"#, #"{"a":"255.255.255.255"}"#, true),
            MatchRow(#"{"a":[{"cidr":"0.0.0.0/0"}]}"#, #"{"a":"::1"}"#, false),
            MatchRow(#"{"a":[{"cidr":"10.0.0.0/8"}]}"#, #"{"a":"10.0.0"}"#, false),
            MatchRow(#"{"a":[{"cidr":"10.0.0.0/8"}]}"#, #"{"a":"10.0.0.256"}"#, false),
            MatchRow(#"{"a":[{"cidr":"10.0.0.0/8"}]}"#, #"{"a":"shop.example"}"#, false),
            MatchRow(#"{"a":[{"cidr":"10.0.0.0/8"}]}"#, #"{"a":10}"#, false),
            MatchRow(#"{"a":[{"cidr":"2001:db8::/32"}]}"#, #"{"a":"2001:0DB8:1:2:3:4:5:6"}"#, true),
            MatchRow(#"{"a":[{"cidr":"2001:db8::/33"}]}"#, #"{"a":"2001:db8:8000::1"}"#, false),
            MatchRow(#"{"a":[{"cidr":"2001:db8::/127"}]}"#, #"{"a":"2001:db8::1"}"#, true),
            MatchRow(#"{"a":[{"cidr":"2001:db8::/32"}]}"#, #"{"a":"2001:db8:::1"}"#, false),
            MatchRow(#"{"a":[{"cidr":"2001:db8::/32"}]}"#, #"{"a":"2001:db8::g"}"#, false),
        ]
    )
    func cidr(row: MatchRow) throws { try row.check() }
}
