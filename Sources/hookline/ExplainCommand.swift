// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
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
            hookline explain evt_01K…
            A body with several events is explained event by event. Exits with 1 when no message would leave and none is \
            called off. Works without a configuration: then --preset says how the source reads its events, or --type what \
            happened. With --server the rules that run there are asked.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions
    @Argument(
        help:
            "A file with an event's body as the sender posts it, - reads standard input; or the id of an event that is kept, evt_…."
    )
    var file: String
    @Option(help: "Of a file: the source's name, which rules refer to.")
    var source: String?
    @Option(help: "The preset, where the configuration has no such source.")
    var preset: String?
    @Option(help: "The event's type, where it is not in the body.")
    var type: String?
    @OptionGroup var headers: HeaderOptions
    @Option(help: "Rule files and folders; those of the configuration, or rules/, if left out.")
    var rules: [String] = []
    @Option(help: "Templates to show messages with and to hold them against: live, or a JSON file.")
    var templates: String?

    private var isKept: Bool { file.hasPrefix("evt_") && source == nil }

    func validate() throws {
        if source == nil, !isKept { throw ValidationError("of a file, expected --source with the source's name") }
        if isKept, preset != nil || type != nil || !headers.header.isEmpty {
            throw ValidationError("--preset, --type and --header belong to a file; an event that is kept has its own")
        }
        try server.refuse([("--rules", !rules.isEmpty), ("--templates", templates != nil)])
    }

    func run() async throws {
        if let remote = try server.remote { return try await ServerOptions.orPrinted { try await ask(remote) } }
        let settings = isKept ? try global.settings(needsSecrets: false) : try global.settingsForTools()
        let set = try RuleSet(loading: rules.isEmpty ? [settings?.rules ?? "rules"] : rules)
        let report: ExplainedBody
        do {
            let catalogue = try await templates.asyncMap {
                try await TemplateSource($0).catalogue { try global.settings() }
            }
            let explainer = EventExplainer(rules: set, catalogue: catalogue, limits: settings?.limits ?? [])
            report = try await explained(by: explainer, catalogue, settings)
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

    private func explained(
        by explainer: EventExplainer,
        _ catalogue: TemplateCatalogue?,
        _ settings: Settings?
    ) async throws -> ExplainedBody {
        if isKept, let settings {
            return try await withStore(global, settings: settings) { store in
                let explained = try await explainer.explain(EventID(rawValue: file), in: store, settings)
                return explained.masked(by: Masking(settings))
            }
        }
        let name = source ?? ""
        let request = EventExplainer.Request(
            source: name,
            preset: preset,
            type: type,
            headers: headers.fields,
            body: try Terminal.read(file, expecting: "an event's body")
        )
        let explained = try explainer.explain(request, source: settings?.sources.first { $0.name == name })
        return try await RecipientKnowledge.with(settings) { knowledge in
            try await explained.told(knowledge, account: settings?.defaultAccount ?? "", in: catalogue)
        }
    }

    /// Asks the rules that run in a service.
    private func ask(_ remote: RemoteService) async throws {
        let (path, body) = try question()
        let (report, text) = try await remote.both(path, body: body)
        output.print(json: report, text: text)
        let events = report["events"]?.array ?? [report]
        if !events.contains(where: { $0["does_something"] == true }) { throw ExitCode.findings }
    }

    private func question() throws -> (path: String, body: JSON?) {
        guard !isKept else { return ("/events/\(PercentEncoding.encode(file))/explanation", nil) }
        let payload = String(decoding: try Terminal.read(file, expecting: "an event's body"), as: UTF8.self)
        let body = JSON(leavingOutNil: [
            "source": source.map(JSON.string), "body": .string(payload), "preset": preset.map(JSON.string),
            "type": type.map(JSON.string), "headers": .texts(headers.header),
        ])
        return ("/explain", body)
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
        guard let self else { return nil }
        return try await body(self)
    }
}
