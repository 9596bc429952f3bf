// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Rules
import ServiceConfiguration

/// `hookline rules schema`: the format of rule files for editors.
struct RulesSchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of rule files.",
        discussion: "JSON Schema 2020-12, made from the same definitions as the reader."
    )

    @Flag(help: "The schema of *_test.yaml files instead.")
    var tests = false

    func run() async throws {
        Terminal.print(json: (tests ? RuleSchema.tests : RuleSchema.rules).text(.indented) + "\n")
    }
}

/// `hookline config …`: what can be done with configurations without serving.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print the format of the configuration.",
        subcommands: [Schema.self]
    )

    /// `hookline config schema`.
    struct Schema: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of the configuration.",
            discussion: "JSON Schema 2020-12, made from the same definitions as the reader."
        )

        func run() async throws {
            Terminal.print(json: SettingsSchema.json.text(.indented) + "\n")
        }
    }
}
