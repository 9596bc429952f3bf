// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Liquid
import Testing

@Suite struct LiquidConstantCheckTests {
    private func found(_ source: String, _ environment: LiquidEnvironment = .standard) throws -> [String] {
        var check = LiquidConstantCheck()
        return try check.check(LiquidTemplate(source, environment: environment)).map(\.description)
    }

    @Test(
        "a constant argument that no input can make right is found, with its place",
        arguments: [
            ("{{ total | money: 'XYZ' }}", 19), ("{{ total | money: 'INR', 'xx' }}", 26),
            ("{{ total | minor_units: 'XYZ' }}", 25), ("{{ at | date: '%d %B', 'Asia/Bombay' }}", 24),
            ("{{ n | divided_by: 0 }}", 20), ("{{ n | modulo: 0 }}", 16), ("{{ n | times: 2 | divided_by: 0.0 }}", 31),
            ("{{ text | truncate: 'abc' }}", 21), ("{{ text | truncatewords: 'abc' }}", 26),
            ("{{ text | slice: 'x' }}", 18), ("{{ text | slice: 0, 'x' }}", 21), ("{{ list | list: '{a}', 0 }}", 24),
            ("{{ text | mask: 'x' }}", 17), ("{{ list | concat: 'a' }}", 19),
            ("{% assign a = total | money: 'XYZ' %}", 30), ("{% if a %}{% echo total | money: 'XYZ' %}{% endif %}", 34),
        ]
    )
    func wrong(source: String, column: Int) throws {
        var check = LiquidConstantCheck()
        let errors = try check.check(LiquidTemplate(source))
        #expect(errors.map(\.column) == [column], "\(errors)")
    }

    @Test("beside an argument from the data, the constant one is judged")
    func partly() throws {
        #expect(try found("{{ total | money: currency, 'xx' }}").count == 1)
        #expect(try found("{{ total | money: currency, 'en_IN' }}") == [])
    }

    @Test("one wrong call gives one sentence, the one that rendering gives")
    func sentence() throws {
        #expect(
            try found("{{ at | date: '%d %B', 'Asia/Bombay' }}") == [
                "line 1, column 24: date: unknown time zone 'Asia/Bombay'; expected a name such as 'Asia/Kolkata', "
                    + "or an offset such as '+05:30'; did you mean 'Asia/Kolkata'?"
            ]
        )
    }

    @Test(
        "what depends on the input, or is right, is left alone",
        arguments: [
            "{{ url | url_suffix: 'https://shop.example/' }}", "{{ total | money: 'INR' }}", "{{ a | default: 'you' }}",
            "{{ items | list: '{quantity} x {title}', 3 }}", "{{ items | where: 'a.b', 'c' | map: 'title' }}",
            "{{ items | sum: 'price' | minor_units: 'INR' | money: 'INR', 'hi_IN' }}", "{{ n | divided_by: m }}",
            "{{ at | date: '%d.%m.%Y', '+05:30' }}", "{{ a | truncate: 20, '' | slice: -3, 2 }}",
            "{{ a | split: ',' }}",
            "{{ items | sort: 'price' | first }}", "{{ n | at_least: 1 | round: 2 }}", "{{ a | replace: 'x', 'y' }}",
            "{{ text | base64_decode }}", "{{ nil | money: 'INR' }}", "{{ a | hmac_sha256: 'key' }}",
            "{{ items | find: 'id', 4 }}", "{{ items | uniq: 'id' | compact: 'id' | sort_natural: 'id' }}",
        ]
    )
    func right(source: String) throws {
        #expect(try found(source) == [])
    }

    @Test("what begins with a constant is evaluated, up to what comes from the data")
    func constantInput() throws {
        #expect(try found("{{ 'abc' | money: 'INR' }}").count == 1)
        #expect(try found("{{ '@@' | base64_decode | append: name }}").count == 1)
        #expect(try found("{{ 'now' | date: '%Y' | append: name }}") == [])
    }

    @Test("a filter that a program adds takes part, by what it throws")
    func ownFilter() throws {
        var environment = LiquidEnvironment.standard
        environment.register("repeated", arguments: 1...1) { input, arguments, _ throws(LiquidError) in
            guard let count = arguments[0]?.asNumber?.int, count > 0 else { throw .argument("a count is at least 1") }
            guard let text = input.asString else { throw .argument("only a text can be repeated") }
            return .string(String(repeating: text, count: count))
        }
        environment.register("region", arguments: 1...1) { input, arguments, _ throws(LiquidError) in
            if input.asString?.hasPrefix("+") == true { return input }
            guard arguments[0]?.asString == "IN" else { throw .argument("no such region", position: 0) }
            return input
        }
        #expect(
            try found("{{ a | repeated: 0 }}", environment) == ["line 1, column 18: repeated: a count is at least 1"]
        )
        #expect(try found("{{ a | repeated: 3 }}", environment) == [])
        #expect(try found("{{ a | region: 'UK' }}", environment) == ["line 1, column 16: region: no such region"])
    }
}
