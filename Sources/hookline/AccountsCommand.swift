// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Outbox
import ServiceConfiguration

/// `hookline accounts …`: how the accounts of a running service fare.
struct AccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "Show how the accounts of the running service fare, and let them go on.",
        subcommands: [List.self, Resume.self],
        defaultSubcommand: List.self
    )

    /// `hookline accounts list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the accounts: which send, and which wait, for what."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let json = try await fetched()
            output.print(json: json, text: RunningAccounts(json: json).text)
        }

        private func fetched() async throws -> JSON {
            guard let remote = try server.remote else { return try await AccountsCommand.ask(global, "/accounts") }
            return try await ServerOptions.orPrinted {
                let accounts = try await remote.json("/accounts")["data"] ?? []
                return ["accounts": accounts, "portfolios": try await remote.json("/portfolios")["data"] ?? []]
            }
        }
    }

    /// `hookline accounts resume`.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an account go on that stopped until a person says so.",
            discussion: "Mend first what is wrong: 'hookline accounts list' says it. A restart does the same."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The account's name in the configuration.")
        var account: String
        @OptionGroup var why: ReasonOption

        func run() async throws {
            if let remote = try server.remote { return try await resume(remote) }
            try global.requireAccount(account)
            let json = try await AccountsCommand.ask(global, "/accounts/resume", body: ["account": .string(account)])
            let line = AuditLine(
                at: SystemClock().now,
                who: .atCommandLine,
                action: "accounts.resume",
                subject: account,
                reason: why.reason,
                detail: RunningAccounts.resumed(json)
            )
            try await withStore(global) { try await $0.record(line, taking: nil) }
            output.print(json: json, text: RunningAccounts.resumed(json))
        }

        private func resume(_ remote: RemoteService) async throws {
            let body = JSON(leavingOutNil: ["reason": why.reason.map(JSON.string)])
            let path = "/accounts/\(PercentEncoding.encode(account))/resume"
            let json = try await ServerOptions.orPrinted { try await remote.json(path, body: body) }
            output.print(json: json, text: RunningAccounts.resumed(json))
        }
    }

    fileprivate static func ask(_ global: GlobalOptions, _ path: String, body: JSON? = nil) async throws -> JSON {
        do {
            return try await RunningService(try global.settings(needsSecrets: false)).ask(path, body: body)
        } catch let error as RunningService.Failure {
            Terminal.printError(error.reason)
            throw ExitCode(sysexit: .unavailable)
        }
    }
}
