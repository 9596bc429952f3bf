// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Inquiries
import Outbox
import PartnerAPI
import Presentation
import Rules
import ServiceConfiguration
import Webhooks

/// `hookline explain`: why an event does or does not send something.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what every rule makes of an event, and show the messages.",
        discussion: """
            hookline explain order.json --source shop --type orders/paid --templates live
            A body with several events is explained event by event. Exits with 1 when no message would leave and none is called off. Works without a configuration: then --preset says how the source
            reads its events, or --type what happened.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The event's body as the sender posts it; - reads standard input.")
    var file: String
    @Option(help: "The source's name, which rules refer to.")
    var source: String
    @Option(help: "The preset, where the configuration has no such source.")
    var preset: String?
    @Option(help: "The event's type, where it is not in the body.")
    var type: String?
    @OptionGroup var headers: HeaderOptions
    @Option(help: "Rule files and folders; those of the configuration, or rules/, if left out.")
    var rules: [String] = []
    @Option(help: "Templates to show messages with and to hold them against: live, or a JSON file.")
    var templates: String?

    func run() async throws {
        let settings = try global.settingsForTools()
        let set = try RuleSet(loading: rules.isEmpty ? [settings?.rules ?? "rules"] : rules)
        let report: ExplainedBody
        do {
            let catalogue = try await templates.asyncMap {
                try await TemplateSource($0).catalogue { try global.settings() }
            }
            let limits = settings?.limits ?? []
            let explained = try EventExplainer(rules: set, catalogue: catalogue, limits: limits).explain(
                .init(
                    source: source,
                    preset: preset,
                    type: type,
                    headers: headers.fields,
                    body: try Terminal.read(file, expecting: "an event's body")
                ),
                source: settings?.sources.first { $0.name == source }
            )
            report = try await RecipientKnowledge.with(settings) { knowledge in
                try await explained.told(knowledge, account: settings?.defaultAccount ?? "", in: catalogue)
            }
        } catch let error as ExplainError {
            Terminal.printError("\(file): \(error.reason)")
            throw ExitCode(sysexit: .dataError)
        } catch let error as PartnerAccessError {
            Terminal.printError(error.reason)
            throw ExitCode(sysexit: .unavailable)
        } catch let error as StoreError {
            Terminal.printError("the store: \(error.reason)")
            throw ExitCode(sysexit: .unavailable)
        }
        output.print(json: report.json, text: report.text)
        if !report.doesSomething { throw ExitCode.findings }
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
        guard let self else { return nil }
        return try await body(self)
    }
}
