// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Rules

/// `hookline rules check`: everything that is wrong with rule files.
struct RulesCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Report everything that is wrong with rule files.",
        discussion: "Exits with 1 when there are errors; warnings alone do not fail."
    )

    @Argument(help: "Rule files and folders; rules/ if left out.")
    var paths: [String] = ["rules"]
    @Option(help: "How findings are written: \(DiagnosticFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = DiagnosticFormat.text

    func run() async throws {
        let (rules, diagnostics) = RuleFolder.load(paths)
        Terminal.print(format.render(diagnostics))
        guard let rules else { throw ExitCode.findings }
        if format == .text {
            let warnings = diagnostics.isEmpty ? "" : ", \(diagnostics.count) warnings"
            Terminal.print("\(rules.count) rules are fine\(warnings)\n")
        }
    }
}

extension DiagnosticFormat: ExpressibleByArgument {}
