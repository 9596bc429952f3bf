// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import HooklineApp
import Webhooks

/// `hookline sources …`: what Hookline knows of the senders.
struct SourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "See what Hookline knows of the senders.",
        subcommands: [List.self, Show.self],
        defaultSubcommand: List.self
    )

    /// `hookline sources list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the presets.")

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let presets = Preset.all.sorted { $0.name < $1.name }
            output.print(json: JSON.array(presets.map(\.json)), text: presets.map { $0.line + "\n" }.joined())
        }
    }

    /// `hookline sources show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show everything about one preset.")

        @OptionGroup var output: OutputOptions
        @Argument(help: "The preset's name.")
        var preset: String

        func run() async throws {
            guard let found = Preset.named(preset) else {
                Terminal.printError("there is no preset '\(preset)'; 'hookline sources list' shows those there are")
                throw ExitCode.findings
            }
            output.print(json: found.json, text: found.sheet)
        }
    }
}
