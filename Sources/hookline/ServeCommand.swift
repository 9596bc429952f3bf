// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HooklineApp

/// `hookline serve`: runs the service.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the service.",
        discussion: "SIGTERM and SIGINT drain and end it; SIGHUP reads the rules again."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try global.settings()
        let logger = LogSetup.logger(settings)
        Settings.logNumberingPlans(logger)
        do {
            let service = try await HooklineService(settings: settings, logger: logger)
            try await service.run { addresses in
                Terminal.print("hookline: admin: listening on \(addresses.admin)\n")
                Terminal.print("hookline: hooks: listening on \(addresses.hooks)\n")
            }
        } catch let error as StartError {
            Terminal.printErrors(error.findings)
            throw ExitCode(sysexit: error.kind == .store ? .ioError : .config)
        } catch {
            // Such as an address that is taken.
            Terminal.printError("\(error)")
            throw ExitCode(sysexit: .unavailable)
        }
    }
}
