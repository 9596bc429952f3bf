// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Foundation
import Testing

@testable import Rules

/// The JSON Schema says what the reader says, as far as a schema can.
@Suite struct RuleSchemaTests {
    /// Mistakes of values, of keys and of types, which a schema sees.
    private static let visible: Set<String> = [
        "bad-boolean.yaml", "bad-choice.yaml", "bad-duration.yaml", "bad-quiet-hours.yaml",
        "bad-rule-name.yaml", "bad-slot.yaml", "carousel-without-card.yaml", "components-beside-variables.yaml",
        "empty-file.yaml", "empty-list.yaml", "key-needs-company.yaml", "many-mistakes-in-one-run.yaml",
        "missing-keys.yaml", "nothing-where-a-text-is.yaml", "pattern-empty-list.yaml", "two-kinds-of-message.yaml",
        "unknown-key.yaml", "wrong-types.yaml",
    ]

    private func value(_ file: Fixture, _ text: String) throws -> JSON? {
        var reader = YAMLReader(SourceText(path: file.name, text: text))
        return reader.read()?.json
    }

    @Test("the schema accepts every shipped rule file")
    func shipped() throws {
        let validator = SchemaValidator(document: RuleSchema.rules)
        let files = Fixture.files(in: Fixture.shippedRules).filter { $0.name.hasSuffix(".yaml") }
        #expect(files.count >= 2)
        for file in files {
            let value = try #require(try value(file, try file.text()))
            #expect(validator.accepts(value), "\(file.name)")
        }
    }

    @Test("the schema refuses the mistakes that a schema can see", arguments: Fixture.all("mistakes"))
    func mistakes(file: Fixture) throws {
        guard Self.visible.contains(file.name) else { return }
        let golden = try GoldenFile(file)
        let value = try #require(try value(file, golden.input))
        #expect(!SchemaValidator(document: RuleSchema.rules).accepts(value))
    }

    @Test("every file of that list exists")
    func list() {
        #expect(Self.visible.subtracting(Fixture.all("mistakes").map(\.name)) == [])
    }

    @Test("the schema accepts what the reader takes in forms that the shipped files do not use")
    func forms() throws {
        let text = """
            source: [a, b]
            rules:
              - name: a
                match: {a: {b: [1]}, c: x}
                to: [{contact_id: "1"}, "{{ b }}", {phone: ["{{ a }}", "{{ b }}"]}]
                once_per: 5
                send: {template: t, carousel: {for_each: "{{ a }}", limit: 3, card: {body: {a: 1}, buttons: [{index: 0, url: x}], header: {id: "4"}}}}
                otherwise: {interactive: {type: button}}
                limit: {count: 1, every: 1d}
                quiet_hours: {from: "21:00", to: "09:00"}
            """
        var reader = YAMLReader(SourceText(path: "a.yaml", text: text))
        let root = reader.read()
        #expect(SchemaValidator(document: RuleSchema.rules).accepts(try #require(root?.json)))
    }

    @Test("the published schema is the one that is generated; RECORD_SNAPSHOTS=1 writes it")
    func published() throws {
        let file = Fixture.named("rules.schema.json")
        let text = RuleSchema.rules.text(.indented) + "\n"
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" { try file.write(text) }
        #expect(try file.text() == text)
    }

    @Test("test files have a schema too")
    func tests() throws {
        let validator = SchemaValidator(document: RuleSchema.tests)
        #expect(validator.accepts(["tests": [["event": ["body": 1], "expect": []]]]))
        #expect(!validator.accepts(["tests": [["event": ["body": 1, "file": "a"], "expect": []]]]))
        #expect(!validator.accepts(["tests": [["expect": []]]]))
    }
}
