// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CheckedYAML
import CommandLogic
import Events
import Foundation
import Inquiries
import PartnerAPI
import Rehearsal
import Rules
import ServiceConfiguration
import Webhooks

/// `hookline rules …`: what can be done with rule files without sending anything.
struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Make rules of events, check and test rule files, and rehearse them.",
        subcommands: [
            RulesNewCommand.self, RulesCheckCommand.self, RulesTestCommand.self, RulesBacktestCommand.self,
            RulesSchemaCommand.self, RulesStatusCommand.self,
        ]
    )
}

/// `hookline rules check`: everything that is wrong with rule files.
struct RulesCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Report everything that is wrong with rule files.",
        discussion: "Exits with 1 when there are errors; warnings alone do not fail."
    )

    @Argument(help: "Rule files and folders; those of the configuration, or rules/, if left out.")
    var paths: [String] = []
    @Option(help: "How findings are written: \(DiagnosticFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = DiagnosticFormat.text

    @Option(help: "Hold the rules against templates, too: live, or a JSON file.")
    var templates: String?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try global.settingsForTools()
        let paths = paths.isEmpty ? [settings?.rules ?? "rules"] : paths
        let (rules, diagnostics) = RuleFolder.check(paths, options: try await options(settings))
        let findings = format.render(diagnostics)
        if format == .json { Terminal.print(json: findings) } else { Terminal.print(findings) }
        guard let rules else { throw ExitCode.findings }
        if format == .text {
            let warnings = diagnostics.isEmpty ? "" : ", with \(diagnostics.count.counted("warning"))"
            Terminal.print("\(rules.count.counted("rule is", "rules are")) fine\(warnings)\n")
        }
    }

    private func options(_ settings: Settings?) async throws -> RuleCheckOptions {
        var options = settings?.ruleChecks ?? RuleCheckOptions(senders: KnownSenders(sources: []))
        guard let templates else { return options }
        do {
            options.catalogue = try await TemplateSource(templates).catalogue { try global.settings() }
        } catch let error as PartnerAccessError {
            Terminal.printError(error.reason)
            throw ExitCode(sysexit: .unavailable)
        }
        return options
    }
}

extension DiagnosticFormat: ExpressibleByArgument {}

extension RuleSet {
    /// The rules of files and folders; prints what is wrong with them and ends the command where that keeps them from being
    /// rules.
    ///
    /// - Parameter paths: Files and folders.
    /// - Throws: `ExitCode` after the mistakes were printed.
    init(loading paths: [String]) throws {
        let (rules, diagnostics) = RuleFolder.load(paths)
        guard let rules else {
            Terminal.printErrors(diagnostics.filter { $0.severity == .error })
            throw ExitCode(sysexit: .dataError)
        }
        self = rules
    }
}

/// `hookline rules test`: runs the tests that stand beside rules.
struct RulesTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the rules' own tests.",
        discussion: "Exits with 1 when a test fails, a file has errors, or there is no test."
    )

    @Argument(help: "Rule files and folders; those of the configuration, or rules/, if left out.")
    var paths: [String] = []
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Write JUnit's XML to this file, too.")
    var junit: String?

    func run() async throws {
        let settings = try global.settingsForTools()
        let report = RuleTestRunner.run(
            paths.isEmpty ? [settings?.rules ?? "rules"] : paths,
            senders: KnownSenders(sources: settings?.sources ?? []),
            limits: settings?.limits ?? []
        )
        if let junit { try write(report.junit, to: junit) }
        output.print(json: report.json, text: report.text)
        if !report.isPassed { throw ExitCode.findings }
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path))
        } catch {
            Terminal.printError("\(path): cannot be written: \(error.localizedDescription)")
            throw ExitCode(sysexit: .ioError)
        }
    }
}

/// `hookline rules status`: which rules a running service has, and how it last read them.
struct RulesStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show which rules the running service has, and how it last read them.",
        discussion: "Exits with 1 when older rules go on: the files have errors, or wait for a template."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status: RunningRules
        do {
            if let remote = try server.remote {
                let json = try await ServerOptions.orPrinted { try await remote.json("/rules/status") }
                status = RunningRules(json: json)
            } else {
                status = try await RunningRules.fetch(try global.settings())
            }
        } catch let error as RunningService.Failure {
            Terminal.printError(error.reason)
            throw ExitCode(sysexit: .unavailable)
        }
        output.print(json: status.json, text: status.text)
        if !status.isSuccess { throw ExitCode.findings }
    }
}
