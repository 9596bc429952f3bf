// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Foundation
import HooklineApp
import Rules

/// `hookline rules test`: runs the tests that stand beside rules.
struct RulesTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the rules' own tests.",
        discussion: "Exits with 1 when a test fails or a file has errors."
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
            senders: KnownSenders(sources: settings?.sources ?? [])
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
