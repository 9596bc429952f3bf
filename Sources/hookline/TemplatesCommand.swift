// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import HooklineApp
import PartnerAPI

/// `hookline templates …`: the templates that the account may send.
struct TemplatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "templates",
        abstract: "See the account's templates, as the partner has them now.",
        subcommands: [List.self, Show.self],
        defaultSubcommand: List.self
    )

    /// Which account's templates.
    struct AccountOptions: ParsableArguments {
        @Option(help: "The account of the configuration; the first if left out.")
        var account: String?

        func catalogue(_ global: GlobalOptions) async throws -> TemplateCatalogue {
            do {
                return try await PartnerAccess.catalogue(account: account, settings: try global.settings())
            } catch let error as PartnerAccessError {
                Terminal.printError(error.reason)
                throw ExitCode(sysexit: .unavailable)
            }
        }
    }

    /// `hookline templates list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the templates.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var chosen: AccountOptions

        func run() async throws {
            let catalogue = try await chosen.catalogue(global)
            output.print(json: catalogue.json(), text: TemplateViews.table(catalogue.templates))
        }
    }

    /// `hookline templates show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a template in all its languages.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var chosen: AccountOptions
        @Argument(help: "The template's name.")
        var name: String

        func run() async throws {
            let found = try await chosen.catalogue(global).templates.filter { $0.name == name }
            guard !found.isEmpty else {
                Terminal.printError("there is no template '\(name)'; 'hookline templates list' shows those there are")
                throw ExitCode.findings
            }
            output.print(
                json: JSON.array(found.map(\.record)),
                text: found.map(TemplateViews.text).joined(separator: "\n")
            )
        }
    }
}
