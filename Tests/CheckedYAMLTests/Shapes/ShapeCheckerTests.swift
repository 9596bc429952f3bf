// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Testing

/// A tree held against a shape: every difference is told with its place, and what fits is passed over.
@Suite struct ShapeCheckerTests {
    /// A shape, what is written at its place, and what is told about it, without the file's name.
    struct Row: CustomTestStringConvertible, Sendable {
        let shape: Shape
        let yaml: String
        let told: [String]

        init(_ shape: Shape, _ yaml: String, _ told: String...) {
            (self.shape, self.yaml, self.told) = (shape, yaml, told)
        }

        var testDescription: String { "\(yaml) → \(told)" }
    }

    private static let order = Shape.object(
        ObjectShape(
            "an_order",
            "An order.",
            exactlyOne: [["text", "template"]],
            exclusive: [["after", "at"]],
            needs: [(key: "city", beside: ["country"])],
            [
                Field("name", .text(.nonEmpty), required: true, "What it is called."),
                Field("text", .anyText, "What is said."),
                Field("template", .text(.nonEmpty), "What is sent."),
                Field("after", .duration, "When, from now."),
                Field("at", .instant, "When."),
                Field("city", .anyText, "Where."),
                Field("country", .text(.nonEmpty), "In which country."),
            ]
        )
    )

    private static let digits = TextRule("digits", pattern: "^[0-9]+$") { $0.allSatisfy(\.isNumber) }
    private static let spell = ForeignMapping("spell", expectation: "a spell", schema: ["type": "object"])

    private func told(_ yaml: String, _ shape: Shape) throws -> [String] {
        let (root, mistakes) = YAMLFile.read(path: "a", bytes: Array(yaml.utf8))
        #expect(mistakes == [])
        var checker = ShapeChecker()
        checker.check(try #require(root), shape)
        return checker.diagnostics.map { "\($0.location.line):\($0.location.column) \($0.sentence) [\($0.id)]" }
    }

    @Test(
        "scalars",
        arguments: [
            Row(.boolean, "true"),
            Row(.boolean, "'true'", "1:1 found 'true'; expected true or false [wrong-type]"),
            Row(
                .boolean,
                "yes",
                "1:1 found 'yes'; expected true or false; write true, since 'yes' is a text in YAML 1.2 [wrong-type]"
            ),
            Row(
                .boolean,
                "Off",
                "1:1 found 'Off'; expected true or false; write false, since 'off' is a text in YAML 1.2 [wrong-type]"
            ),
            Row(.integer(1...5), "5"),
            Row(.integer(1...5), "6", "1:1 found '6'; expected a whole number from 1 to 5 [invalid-value]"),
            Row(.integer(1...5), "1.5", "1:1 found '1.5'; expected a whole number from 1 to 5 [wrong-type]"),
            Row(
                .integer(1...5),
                "'3'",
                "1:1 found '3'; expected a whole number from 1 to 5; write it without quotes [wrong-type]"
            ),
            Row(.anyText, "007"),
            Row(.anyText, "[]", "1:1 found a list; expected a text [wrong-type]"),
            Row(.anyText, "~", "1:1 found nothing; expected a text [wrong-type]"),
            Row(.choice(["retry", "hold"]), "hold"),
            Row(
                .choice(["retry", "hold"]),
                "retri",
                "1:1 found 'retri'; expected 'retry' or 'hold'; did you mean 'retry'? [invalid-value]"
            ),
            Row(.instant, "2026-01-15T10:00:00+05:30"),
            Row(
                .instant,
                "2026-01-15",
                "1:1 found '2026-01-15'; expected a date and time with its offset, such as '2026-01-15T10:00:00+05:30'; "
                    + "write '2026-01-15T00:00:00Z' for UTC, or with an offset such as '+05:30' in the place of the 'Z' "
                    + "[invalid-value]"
            ),
            Row(.duration, "15m"), Row(.text(digits), "12"),
            Row(.text(digits), "1a", "1:1 found '1a'; expected digits [invalid-value]"),
            Row(.text(.nonEmpty), "''", "1:1 found ''; expected a text [invalid-value]"), Row(.json, "[1, {a: ~}]"),
        ]
    )
    func scalars(row: Row) throws {
        #expect(try told(row.yaml, row.shape) == row.told)
    }

    @Test(
        "lists, maps and what may be one of several",
        arguments: [
            Row(.list(.boolean), "[true, false]"),
            Row(.list(.boolean), "[]", "1:1 found an empty list; expected at least one element [invalid-value]"),
            Row(.list(.boolean, atLeast: 0), "[]"),
            Row(.list(.boolean), "true", "1:1 found 'true'; expected a list [wrong-type]"),
            Row(
                .list(.boolean),
                "- true\n- 1\n- 2",
                "2:3 found '1'; expected true or false [wrong-type]",
                "3:3 found '2'; expected true or false [wrong-type]"
            ),
            Row(.oneOrMany(.boolean), "false"),
            Row(.oneOrMany(.boolean), "[false, x]", "1:9 found 'x'; expected true or false [wrong-type]"),
            Row(.map(digits, .anyText), "{'1': a, '22': b}"),
            Row(
                .map(digits, .anyText),
                "{one: a, '1': []}",
                "1:2 found the key 'one'; expected digits [invalid-value]",
                "1:15 found a list; expected a text [wrong-type]"
            ),
            Row(.anyOf([.anyText, .list(.anyText)]), "a"), Row(.anyOf([.anyText, .list(.anyText)]), "[a]"),
            Row(
                .anyOf([.anyText, .list(.anyText)]),
                "{a: b}",
                "1:1 found a mapping; expected a text, or a list [wrong-type]"
            ),
            Row(.tree, "a", "1:1 found 'a'; expected a mapping [wrong-type]"),
            Row(.foreign(spell), "[a]", "1:1 found a list; expected a spell [wrong-type]"),
            Row(.foreign(spell), "{a: ~}"),
            Row(
                .anyText,
                "{customer.phone}",
                "1:1 found {customer.phone} without quotes, which YAML reads as a mapping; expected a quoted text; "
                    + "write \"{{ customer.phone }}\" [unquoted-braces]"
            ),
        ]
    )
    func collections(row: Row) throws {
        #expect(try told(row.yaml, row.shape) == row.told)
    }

    @Test(
        "objects: their keys, and which of them go together",
        arguments: [
            Row(order, "{name: a, text: hi}"),
            Row(order, "{name: a, text: hi, city: Pune, country: IN}"),
            Row(order, "{text: hi}", "1:1 found no 'name'; expected it: what it is called [missing-key]"),
            Row(
                order,
                "{nmae: a, text: hi}",
                "1:2 found the unknown key 'nmae'; expected a key of this an order; did you mean 'name'? [unknown-key]"
            ),
            Row(
                order,
                "{name: a, text: hi, x: 1}",
                "1:21 found the unknown key 'x'; expected one of after, at, city, country, name, template, text "
                    + "[unknown-key]"
            ),
            Row(
                order,
                "{name: a}",
                "1:1 found none of 'text', 'template'; expected exactly one [missing-key]"
            ),
            Row(
                order,
                "{name: a, template: t, text: hi}",
                "1:24 found 'text' beside 'template'; expected only one of them [conflicting-keys]"
            ),
            Row(
                order,
                "{name: a, text: hi, after: 1h, at: '2026-01-15T10:00:00Z'}",
                "1:32 found 'at' beside 'after'; expected only one of them [conflicting-keys]"
            ),
            Row(
                order,
                "{name: a, text: hi, city: Pune}",
                "1:21 found 'city' without 'country'; expected both or neither [conflicting-keys]"
            ),
            Row(order, "[a]", "1:1 found a list; expected a mapping [wrong-type]"),
            Row(
                order,
                "",
                "1:1 found nothing; expected keys such as 'name', 'text', 'template', 'after', 'at', for the file is "
                    + "empty [wrong-type]"
            ),
        ]
    )
    func objects(row: Row) throws {
        #expect(try told(row.yaml, row.shape) == row.told)
    }
}
