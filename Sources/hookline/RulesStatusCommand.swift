// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import HooklineApp

/// `hookline rules status`: which rules a running service has, and how it last read them.
struct RulesStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show which rules the running service has, and how it last read them.",
        discussion: "Exits with 1 when older rules go on: the files have errors, or wait for a template."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status: RulesStatus
        do {
            status = try await RulesStatus.fetch(try global.settings())
        } catch let error as RulesStatus.Failure {
            Terminal.printError(error.reason)
            throw ExitCode(sysexit: .unavailable)
        }
        output.print(json: status.json, text: status.text)
        if !status.isSuccess { throw ExitCode.findings }
    }
}
