// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Rehearsal
import TestSupport
import Testing

/// The rules' own tests: what passes, what a failure says, what the reports look like.
@Suite struct RuleTestRunnerTests {
    /// Lives as long as the suite's value, which is one test.
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private let rules = """
        version: 1
        source: shop
        defaults: {country: IN}
        rules:
          - name: thanks
            event: order.paid
            once_per: "{{ id }}"
            to: "{{ phone }}"
            send: {template: thanks, variables: ["{{ name }}", "{{ total | money: 'INR' }}"]}
        """
    private let event = #"{type: order.paid, body: {id: 1, phone: "9845061237", name: Meera, total: "10.00"}}"#

    /// Runs tests that stand under the rule.
    private func run(_ tests: String) throws -> RuleTestReport {
        let path = try folder.write("shop.yaml", rules + "\n    tests:\n" + tests)
        let report = RuleTestRunner.run([path])
        #expect(report.diagnostics == [])
        return report
    }

    private func failures(_ tests: String) throws -> [[String]] {
        try run(tests).results.map(\.failures)
    }

    @Test("limits of the configuration count over rules and days, by the category that a rule or a template has (32)")
    func namedLimits() throws {
        let text = """
            version: 1
            source: shop
            defaults: {country: IN}
            rules:
              - {name: sale, event: sale, category: marketing, to: "{{ phone }}", send: {template: sale}}
              - {name: news, event: news, to: "{{ phone }}", send: {template: news}}
              - {name: code, event: code, category: authentication, to: "{{ phone }}", send: {template: code}}
            tests:
              - events:
                  - {type: sale, at: 2026-01-01T10:00:00Z, body: {phone: "9845061237"}}
                  - {type: news, at: 2026-01-02T10:00:00Z, body: {phone: "9845061237"}}
                  - {type: code, at: 2026-01-03T10:00:00Z, body: {phone: "9845061237"}}
                  - {type: news, at: 2026-01-08T10:00:00Z, body: {phone: "9845061237"}}
                expect:
                  - {rule: sale, to: "919845061237", template: sale}
                  - {rule: code, to: "919845061237", template: code}
                  - {rule: news, to: "919845061237", template: news, at: 2026-01-08T10:00:00Z}
            """
        let path = try folder.write("limits.yaml", text)
        let week = SendLimit(count: 1, every: .seconds(7 * 86_400))
        let limits = [NamedLimit(name: "promotions", limit: week, categories: [.marketing])]
        #expect(RuleTestRunner.run([path], limits: limits).results.map(\.failures) == [[]])
        let without = RuleTestRunner.run([path]).results.flatMap(\.failures)
        #expect(without.last?.hasPrefix("message 4: expected none, found {rule: \"news\"") == true, "\(without)")
    }

    @Test("a message that is as expected passes; fields that are not asked about are not compared")
    func passes() throws {
        let told = try failures(
            """
                  - event: \(event)
                    expect: [{to: "919845061237", template: thanks, variables: {1: Meera, 2: ₹10.00}}]
                  - event: \(event)
                    expect: [{rule: thanks, to: "919845061237", template: thanks, variables: [Meera, ₹10.00], once_per: 1}]
                  - event: {type: order.shipped, body: {}}
                    expect: []
            """
        )
        #expect(told == [[], [], []])
    }

    @Test("events that go back in time are a mistake of the test, with the place of the time")
    func backInTime() throws {
        func at(_ time: String) -> String { "{type: order.paid, at: '2026-01-15T\(time)+05:30', body: {}}" }
        let path = try folder.write(
            "shop.yaml",
            rules + """

                    tests:
                      - events: [\(at("10:00:00")), \(at("10:00:00")), \(at("12:00:00"))]
                        expect: []
                      - events:
                          - \(at("12:00:00"))
                          - \(at("10:00:00"))
                          - \(at("11:00:00"))
                        expect: []
                      - now: 2026-01-15T10:00:00+05:30
                        events:
                          - \(at("12:00:00"))
                          - {type: order.paid, body: {}}
                        expect: []
                """
        )
        let report = RuleTestRunner.run([path])
        #expect(report.results.isEmpty && !report.isPassed)
        let end = "after an event at '2026-01-15T12:00:00+05:30'; expected the events in the order in which they arrive"
        let found = report.diagnostics.map { "\($0)".replacing(path, with: "") }
        #expect(
            found == [
                ":15:36: error: found '2026-01-15T10:00:00+05:30' \(end) [invalid-test]",
                ":16:36: error: found '2026-01-15T11:00:00+05:30' \(end) [invalid-test]",
                ":21:13: error: found no 'at', which is the test's 'now', 2026-01-15T04:30:00.000Z, \(end) [invalid-test]",
            ]
        )
    }

    @Test("rules without a test, and tests that cannot be read, do not pass")
    func nothingRan() throws {
        let bare = RuleTestRunner.run([try folder.write("shop.yaml", rules)])
        #expect(!bare.isPassed)
        #expect(bare.text == "found no tests; expected 'tests' beside a rule, or files such as 'orders_test.yaml'\n")
        let path = try folder.write("a_test.yaml", "version: 1\ntests: []\n")
        let broken = RuleTestRunner.run([path])
        #expect(!broken.isPassed)
        let found = "error: found an empty list; expected at least one element [invalid-value]"
        #expect(broken.text == "\(path):2:8: \(found)\nno test ran, because of 1 error\n")
    }

    @Test("a difference is told field by field, with what was expected and what was found")
    func differs() throws {
        let told = try failures(
            """
                  - event: \(event)
                    expect: [{to: "919845061238", template: thanks, variables: {1: Meera, 2: ₹11.00, 3: x}}]
            """
        )
        #expect(
            told == [
                [
                    "message 1: to\n  expected \"919845061238\"\n  found    \"919845061237\"",
                    "message 1: variables.2\n  expected \"₹11.00\"\n  found    \"₹10.00\"",
                    "message 1: variables.3\n  expected \"x\"\n  found    nothing",
                ]
            ]
        )
    }

    @Test("the list of messages is compared whole: one too many and one too few are told")
    func whole() throws {
        let told = try failures(
            """
                  - event: \(event)
                    expect: []
                  - event: {type: order.shipped, body: {}}
                    expect: [{to: "1", text: hi}]
                  - event: \(event)
                    expect: [{to: "919845061237", template: thanks}]
            """
        )
        #expect(
            told[0] == [
                #"message 1: expected none, found {rule: "thanks", to: "919845061237", template: "thanks", variables.1: "Meera", variables.2: "₹10.00"}"#
            ]
        )
        #expect(told[1] == [#"message 1: expected {to: "1", text: "hi"}, found none"#])
        #expect(told[2].count == 2)
    }

    @Test("why an expected message was not sent stands in the difference")
    func unsent() throws {
        let told = try failures(
            """
                  - event: {type: order.paid, body: {id: 1, phone: "123", name: Meera, total: "10.00"}}
                    expect: [{to: "919845061237", template: thanks}]
            """
        )
        #expect(told[0].first == #"message 1: expected {to: "919845061237", template: "thanks"}, found none"#)
        #expect(told[0].last?.contains("not sent") == true)
        #expect(told[0].last?.contains("no phone number to send to") == true)
    }

    @Test("an expected error is compared with the reason, and with it all reasons")
    func errors() throws {
        let broken = #"{type: order.paid, body: {id: 1, phone: "9845061237", total: "10.00"}}"#
        let told = try failures(
            """
                  - event: \(broken)
                    expect: [{rule: thanks, error: name}]
                  - event: \(broken)
                    expect: [{error: something else}]
            """
        )
        #expect(told[0] == [])
        #expect(told[1].count == 1)
    }

    @Test("in a sequence once_per counts, until its window is over")
    func sequence() throws {
        func at(_ time: String) -> String {
            #"{type: order.paid, at: \#(time), body: {id: 1, phone: "9845061237", name: Meera, total: "10.00"}}"#
        }
        let told = try failures(
            """
                  - events: [\(at("2026-01-01T00:00:00Z")), \(at("2026-01-30T23:00:00Z")), \(at("2026-01-31T00:00:00Z"))]
                    expect:
                      - {to: "919845061237", template: thanks, variables: [Meera, ₹10.00], at: 2026-01-01T00:00:00Z}
                      - {to: "919845061237", template: thanks, variables: [Meera, ₹10.00], at: 2026-01-31T00:00:00Z}
            """
        )
        #expect(told == [[]])
    }

    @Test("a test file asks all rules of the folder, with its own country and templates")
    func testFile() throws {
        _ = try folder.write("a/shop.yaml", rules.replacing("defaults: {country: IN}\n", with: ""))
        _ = try folder.write("a/more.yaml", "rules: [{name: more, to: '{{ phone }}', send: {text: hi}}]")
        _ = try folder.write("templates.json", #"[{"name": "other", "language": "en"}]"#)
        _ = try folder.write("event.json", #"{"id": 1, "phone": "9845061237", "name": "Meera", "total": 10}"#)
        _ = try folder.write(
            "all_test.yaml",
            """
            source: shop
            country: IN
            templates: templates.json
            tests:
              - name: both rules
                event: {file: event.json, type: order.paid}
                expect:
                  - {rule: more, to: "919845061237", text: hi}
                  - {rule: thanks, error: no template has the name 'thanks'}
            """
        )
        let report = RuleTestRunner.run([folder.path])
        #expect(report.text == "1 test, 0 failed\n")
        #expect(report.untested == [])
    }

    @Test("a rule that no test reaches is named; rules with mistakes run no test")
    func untested() throws {
        #expect(try run("      - event: {type: x, body: {}}\n        expect: []").untested == ["thanks"])
        let path = try folder.write("shop.yaml", rules.replacing("money", with: "mony"))
        let report = RuleTestRunner.run([path])
        #expect(!report.isPassed)
        #expect(report.results.isEmpty)
        #expect(report.text.contains("did you mean 'money'?"))
    }

    @Test("the reports say the same to people, programs and build servers")
    func reports() throws {
        let report = try run("      - name: a <b> & \"c\"\n        event: \(event)\n        expect: []")
        let result = try #require(report.results.first)
        #expect(report.text.hasPrefix("FAIL \(result.location) a <b> & \"c\"\n  message 1: expected none, found "))
        #expect(report.text.hasSuffix("1 test, 1 failed\n"))
        #expect(report.json["passed"] == false)
        #expect(report.json["tests"]?[0]?["failures"]?.array?.count == 1)
        #expect(report.junit.contains("<testcase name=\"a &lt;b&gt; &amp; &quot;c&quot;\""))
        #expect(report.junit.contains("tests=\"1\" failures=\"1\" errors=\"0\""))
    }
}
