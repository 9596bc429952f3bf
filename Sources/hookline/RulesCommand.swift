// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `hookline rules …`: what can be done with rule files without sending anything.
struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Check rule files and run their tests.",
        subcommands: [
            RulesCheckCommand.self, RulesTestCommand.self, RulesSchemaCommand.self, RulesStatusCommand.self,
        ]
    )
}
