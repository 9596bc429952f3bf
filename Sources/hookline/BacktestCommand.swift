// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CheckedYAML
import Events
import Inquiries
import Rehearsal
import Rules
import ServiceConfiguration
import Webhooks

/// `hookline rules backtest`: what the rules would have made of what came in.
struct RulesBacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract:
            "Rehearse the rules over all events that are kept, and say which messages would differ; send nothing.",
        discussion: """
            Compares with the messages that the events had, or with other rules (--against). Every event that is kept is \
            rehearsed in the order in which it came, because it may hold back what comes later; the filters say what is \
            told of.
            Exits with 0 when all messages would leave as before, with 1 when there are differences, with 65 when the \
            rules have errors.
            """
    )

    @Argument(help: "Rule files and folders; those of the configuration if left out.")
    var paths: [String] = []
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Rule files or a folder to compare with, instead of the messages that are kept.")
    var against: [String] = []
    @Option(
        help:
            "Events in a file instead of those that are kept: JSON Lines as 'events export' writes them, - for standard input."
    )
    var events: String?
    @OptionGroup var span: SpanOptions
    @Option(help: "Only events of this source.")
    var source: String?
    @Option(help: "Only messages of this rule.")
    var rule: String?
    @Option(help: "The most differences to list; all are counted.")
    var limit = 50
    @Option(help: "Templates to hold the rules against: live, or a JSON file.")
    var templates: String?

    func validate() throws {
        guard (0...10_000).contains(limit) else { throw ValidationError("--limit is \(limit); expected 0 to 10000") }
    }

    func run() async throws {
        let settings = try global.settings(needsSecrets: false)
        try Self.require(source, among: settings.sources.map(\.name), "source of the configuration")
        var question = ArchiveBacktest.Question(rules: try RuleSet(loading: paths.isEmpty ? [settings.rules] : paths))
        question.against = against.isEmpty ? nil : try RuleSet(loading: against)
        question.scope = Backtest.Scope(since: span.since, until: span.until, source: source, rule: rule)
        question.limit = limit
        do {
            if let templates {
                question.catalogue = try await TemplateSource(templates).catalogue { try global.settings() }
            }
        } catch let error as PartnerAccessError {
            Terminal.printError(error.reason)
            throw ExitCode(sysexit: .unavailable)
        }
        let answer = try await answer(question, settings)
        if answer.report.rules.isEmpty {
            let rules = question.rules.summaries + (question.against?.summaries ?? [])
            try Self.require(rule, among: rules.map(\.name), "rule, and none of a message that is kept")
        }
        output.print(json: answer.json, text: answer.text)
        if !answer.report.isEmpty { throw ExitCode.findings }
    }

    /// Refuses a name that nothing has: that nothing differs would say nothing.
    private static func require(_ name: String?, among names: [String], _ what: String) throws {
        guard let name, !names.contains(name) else { return }
        let hint = NearMiss.question(for: name, among: names).map { "; \($0)" } ?? ""
        throw ValidationError("'\(name)' is the name of no \(what)\(hint)")
    }

    private func answer(_ question: ArchiveBacktest.Question, _ settings: Settings) async throws -> BacktestAnswer {
        guard let events else {
            return try await withStore(global, settings: settings) {
                try await ArchiveBacktest.run(question, over: $0, settings)
            }
        }
        guard let lines = EventLines(path: events, now: SystemClock().now) else {
            Terminal.printError("\(events): cannot be read; expected a file")
            throw ExitCode(sysexit: .noInput)
        }
        do throws(EventLines.Mistake) {
            return try ArchiveBacktest.run(question, over: lines, settings)
        } catch {
            Terminal.printError("\(events): \(error)")
            throw ExitCode(sysexit: .dataError)
        }
    }
}
