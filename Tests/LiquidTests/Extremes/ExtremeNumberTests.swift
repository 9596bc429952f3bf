// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import ExtremeNumbers
import Foundation
import Testing

@testable import Liquid

/// Every filter and every tag that counts is given numbers of strangers: as its input and as its arguments.
@Suite("Numbers of strangers in Liquid")
struct ExtremeNumberTests {
    private static let inputs: [LiquidValue] = [
        .string("abc, def"), .array([.number(LiquidNumber(1)), .string("b")]),
    ]

    private func numbers() -> [LiquidValue] {
        ExtremeNumbers.json.compactMap { JSONNumber($0).map { .number(LiquidNumber($0)) } }
            + (ExtremeNumbers.texts + ["-9223372036854775808", "1e16", "1e400", "1767225600000000000"]).map {
                .string($0)
            }
    }

    /// A value, or a refusal.
    private func render(_ template: LiquidTemplate, _ values: [String: LiquidValue]) throws -> Int {
        let root = try JSONDocument(Array("{}".utf8)).root
        let scope = LiquidScope(root: root, variables: values, now: testNow)
        do throws(LiquidError) {
            return try template.render(scope).utf8.count
        } catch {
            #expect(!"\(error)".isEmpty)
            return 0
        }
    }

    @Test("a filter gives a value or refuses", arguments: LiquidEnvironment.standard.filterNames)
    func filtering(_ name: String) throws {
        let entry = try #require(LiquidEnvironment.standard.filters[name])
        let numbers = numbers()
        for count in entry.arguments.lowerBound...min(entry.arguments.upperBound, entry.arguments.lowerBound + 1) {
            let arguments = (0..<count).map { "a\($0)" }.joined(separator: ", ")
            let template = try LiquidTemplate("{{ v | \(name)\(count > 0 ? ": " : "")\(arguments) }}")
            for number in numbers {
                let fixed: [String: LiquidValue] = ["v": number, "a0": .string("INR"), "a1": .number(LiquidNumber(2))]
                _ = try render(template, fixed)
                guard count > 0 else { continue }
                _ = try render(template, ["v": number, "a0": number, "a1": number, "a2": number])
                for input in Self.inputs {
                    _ = try render(template, ["v": input, "a0": number, "a1": number, "a2": number])
                    _ = try render(template, ["v": input, "a0": .string("%Y"), "a1": number, "a2": .string("x")])
                }
            }
        }
    }

    private static let tags = [
        "{% for i in list limit: n offset: n %}{{ i }}{% endfor %}",
        "{% for i in list reversed limit: n %}{{ forloop.rindex }}{% endfor %}{% for i in list offset: continue %}{% endfor %}",
        "{% for i in (n..3) %}{{ forloop.length }}{% break %}{% endfor %}",
        "{% for i in (1..n) limit: 2 offset: n %}{{ i }}{% endfor %}",
        "{% for i in (n..n) %}{{ i }}{% endfor %}",
        "{% tablerow i in list cols: n limit: n offset: n %}{{ tablerowloop.col }}{% endtablerow %}",
        "{{ list[n] }}{{ (n..m).size }}{{ (n..m).first }}{{ (m..n).last }}",
        "{% assign x = (n..m) %}{{ x.size }}{% if n > m %}a{% elsif n == m %}b{% endif %}",
        "{% case n %}{% when 1 %}a{% when 1e400 %}b{% endcase %}{% cycle n: 'a', 'b' %}",
    ]

    @Test("a tag that counts does its work or refuses", arguments: tags)
    func counting(_ text: String) throws {
        var environment = LiquidEnvironment.standard
        environment.undefined = .lax
        guard let template = try? LiquidTemplate(text, environment: environment) else { return }
        for number in numbers() {
            let list = LiquidValue.array([.string("a"), .string("b")])
            for other in [
                LiquidValue.number(LiquidNumber(.max)), .number(LiquidNumber(.min)), .number(LiquidNumber(3)),
            ] {
                _ = try render(template, ["list": list, "n": number, "m": other])
            }
        }
    }

    @Test("numbers in the text of a template are read or refused", arguments: ExtremeNumbers.all)
    func literals(_ text: String) throws {
        for form in [
            "{{ \(text) }}", "{{ 1 | plus: \(text) }}", "{{ 'a' | slice: \(text) }}",
            "{% for i in (\(text)..\(text)) %}{% endfor %}",
            "{{ 'now' | date: '%\(text)Y' }}", "{{ x[\(text)] }}", "{{ 1.5 | round: \(text) }}",
        ] {
            guard let template = try? LiquidTemplate(form) else { continue }
            _ = try render(template, [:])
        }
    }
}
