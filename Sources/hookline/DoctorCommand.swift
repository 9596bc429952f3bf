// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import HooklineApp

/// `hookline doctor`: looks at everything that a service needs.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check everything that a service needs, and say what is wrong.",
        discussion: """
            Looks at configuration, rules, store, clock, partner, sources and the running service, and changes nothing. \
            Exits with 1 when something is wrong.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = await Doctor(configuration: global.config).run()
        output.print(json: report.json, text: report.text)
        if !report.isHealthy { throw ExitCode.findings }
    }
}
