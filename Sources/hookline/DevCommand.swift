// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HooklineApp
import ServiceConfiguration
import Webhooks
import Workbench

/// `hookline dev`: service and sandbox in one terminal.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Run the service with the partner's sandbox, and show what comes and what customers would read.",
        discussion: """
            For writing rules: they are read again when a file is saved. Sends to nobody: accounts that are not at a sandbox \
            of this machine are refused. Ctrl-C ends it.
            """
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try global.settings()
        let logger = LogSetup.logger(settings)
        do {
            let workbench = try Workbench(settings: settings, logger: logger, say: { Terminal.print($0) }) {
                addresses,
                port in
                let scheme = settings.scheme
                let paths = settings.sources.map { "  \($0.name): \(scheme)://\(addresses.hooks)\($0.path)\n" }.joined()
                Terminal.print(
                    """
                    sandbox: http://127.0.0.1:\(port)/ shows what customers would read
                    console: \(settings.innerScheme)://\(addresses.admin)/console/ ('hookline tokens create --name me --scope admin --pii' signs in)
                    senders post to
                    \(paths)
                    """
                )
            }
            try await workbench.runUntilStopped()
        } catch let error as WorkbenchError {
            Terminal.printError(error.reason)
            throw ExitCode(sysexit: .config)
        } catch let error as StartError {
            Terminal.printErrors(error.findings)
            throw ExitCode(sysexit: error.kind == .store ? .ioError : .config)
        } catch {
            Terminal.printError("\(error)")
            throw ExitCode(sysexit: .unavailable)
        }
    }
}
