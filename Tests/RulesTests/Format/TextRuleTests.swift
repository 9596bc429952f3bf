// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Foundation
import Testing

@testable import Rules

/// What a text must look like: the reader and the schema's regular expression say the same.
@Suite struct TextRuleTests {
    /// A rule with texts that it takes and texts that it does not.
    struct Row: CustomTestStringConvertible, Sendable {
        let rule: TextRule
        let taken: [String]
        let refused: [String]

        var testDescription: String { rule.expectation }
    }

    private static let rows = [
        Row(rule: .nonEmpty, taken: ["a", " ", "\n", "é"], refused: [""]),
        Row(
            rule: .ruleName,
            taken: ["order-paid", "A_1", String(repeating: "a", count: 100)],
            refused: ["", "a b", "é", "a.b", String(repeating: "a", count: 101)]
        ),
        Row(rule: .variableName, taken: ["name", "_n", "n1"], refused: ["", "1n", "a-b", "ñ"]),
        Row(rule: .slot, taken: ["1", "12", "c0_1", "c9_20"], refused: ["", "0", "01", "c10_1", "c0_", "customer"]),
        Row(rule: .gap, taken: ["1", "c0_1", "customer", "_c"], refused: ["", "0", "1a", "a-b"]),
        Row(rule: .buttonIndex, taken: ["0", "9"], refused: ["", "10", "-1", "a", "٣"]),
        Row(rule: .language, taken: ["en", "en_US", "pt-BR"], refused: ["", "e", "en US", "abcdefghijklmnopq"]),
        Row(rule: .timeOfDay, taken: ["00:00", "21:00", "23:59"], refused: ["", "24:00", "9:00", "21:60", "21.00"]),
        Row(rule: .version, taken: ["1"], refused: ["", "2", "1.0"]),
    ]

    @Test("takes what it says and nothing else", arguments: rows)
    func accepts(row: Row) {
        #expect(row.taken.filter { !row.rule.accepts($0) } == [])
        #expect(row.refused.filter(row.rule.accepts) == [])
    }

    @Test("editors, which know its regular expression, say the same", arguments: rows)
    func pattern(row: Row) throws {
        let expression = try Regex(try #require(row.rule.pattern))
        #expect(row.taken.filter { $0.firstMatch(of: expression) == nil } == [])
        #expect(row.refused.filter { $0.firstMatch(of: expression) != nil } == [])
    }

    @Test("a time zone is a name of the zones' own, or the recipient's")
    func timeZones() {
        #expect(["recipient", "Asia/Kolkata", "UTC"].allSatisfy(TextRule.timeZone.accepts))
        #expect(!["Asia/Bombay City", "", "here"].contains(where: TextRule.timeZone.accepts))
    }

    @Test("a time of day is read to the minute and written as it was read", arguments: ["00:00", "09:05", "23:59"])
    func timeOfDay(text: String) throws {
        let time = try #require(TimeOfDay(text))
        #expect(time.description == text)
        #expect((0..<1_440).contains(time.minutes))
    }

    @Test("two rules differ in what is said to be expected")
    func expectations() {
        let all = Self.rows.map(\.rule.expectation)
        #expect(Set(all).count == all.count)
        #expect(TextRule.timeOfDay.expectation == "a time of day, such as '21:00'")
    }
}
