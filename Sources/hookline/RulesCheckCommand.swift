// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CheckedYAML
import Events
import HooklineApp
import PartnerAPI
import Rules
import Webhooks

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
