// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Foundation
import Inquiries
import Outbox
import PartnerAPI
import Presentation
import RuleDrafts
import Rules
import ServiceConfiguration
import Webhooks

/// `hookline rules new`: a rule made of an event and a template.
struct RulesNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a rule of an event and an approved template, with a test, checked and tried; send nothing.",
        discussion: """
            hookline rules new evt_01K… --template payment_received --save rules/payments.yaml
            hookline rules new order.json --source shop --type order.paid --template order_paid --templates templates.json
            Exits with 1 when something is left to do: it stands in the rule as TODO_…, and nothing is sent before. The \
            rule file has no data of the event's customer; what is printed beside it has.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions
    @Argument(
        help:
            "The id of an event that is kept, evt_…, or a file with a body as its sender posts it; - reads standard input."
    )
    var event: String
    @Option(help: "The template's name.")
    var template: String
    @Option(help: "The template's language, such as en or en_US; the first that is approved if left out.")
    var language: String?
    @Option(help: "The account of the configuration that sends; the first if left out.")
    var account: String?
    @Option(help: "Write the rule to this file, which must not be there yet, such as rules/payments.yaml.")
    var save: String?
    @Option(
        name: .customLong("fill"),
        help: "What to put into a gap, as GAP=TEXT, such as 2='{{ order.total }}'; repeated for each."
    )
    var fillings: [String] = []
    @Option(help: "The templates: live, or a JSON file; live if left out.")
    var templates: String?
    @Option(help: "Of a file: the source's name, which rules refer to.")
    var source: String?
    @Option(help: "Of a file: the preset, where the configuration has no such source.")
    var preset: String?
    @Option(help: "Of a file: the event's type, where it is not in the body.")
    var type: String?
    @OptionGroup var headers: HeaderOptions

    private var isKept: Bool { event.hasPrefix("evt_") && source == nil && preset == nil }

    func validate() throws {
        if !isKept, source == nil, preset == nil {
            throw ValidationError(
                "'\(event)' is no id of an event (evt_…); of a file, expected --source with the source's name"
            )
        }
        if isKept, !headers.header.isEmpty {
            throw ValidationError("--header belongs to a file; an event that is kept has its own")
        }
        if isKept, type != nil { throw ValidationError("--type belongs to a file; an event that is kept has its own") }
        if !isKept, server.server != nil {
            throw ValidationError("--server makes rules of events that it keeps, evt_…")
        }
        try server.refuse([("--templates", templates != nil)])
        for text in fillings where !text.contains("=") {
            throw ValidationError("--fill is '\(text)'; expected GAP=TEXT, such as 2='{{ order.total }}'")
        }
        guard let save else { return }
        let name = save.split(separator: "/").last ?? ""
        if !name.hasSuffix(".yaml") && !name.hasSuffix(".yml") || name.hasSuffix("_test.yaml") || name.hasPrefix(".") {
            throw ValidationError("--save is '\(save)'; expected the name of a rule file, such as rules/payments.yaml")
        }
    }

    func run() async throws {
        if let save, FileManager.default.fileExists(atPath: save) {
            throw refuse("\(save): is there already; expected a new name", .dataError)
        }
        let settings = try global.settingsForTools()
        if let remote = try server.remote { return try await ServerOptions.orPrinted { try await make(at: remote) } }
        try global.requireAccount(account)
        do {
            let found = try await draftable(settings)
            var question = found.question(template: template, catalogue: try await catalogue())
            question.language = language
            question.account = account
            question.takenNames = takenNames(settings)
            question.checks = settings?.ruleChecks ?? RuleCheckOptions(senders: KnownSenders(sources: []))
            for text in fillings {
                let gap = text.prefix { $0 != "=" }
                question.fillings[String(gap)] = String(text.dropFirst(gap.count + 1))
            }
            try finish(try RuleDrafter.draft(question), settings)
        } catch let error as ExplainError {
            throw refuse("\(event): \(error.reason)", .dataError)
        } catch let error as RuleDraftError {
            throw refuse(error.reason, .dataError)
        } catch let error as PartnerAccessError {
            throw refuse(error.reason, .unavailable)
        }
    }

    private func refuse(_ reason: String, _ code: ExitCode.Sysexit) -> ExitCode {
        Terminal.printError(reason)
        return ExitCode(sysexit: code)
    }

    /// Has a service make it of an event that it keeps, and saves it here.
    private func make(at remote: RemoteService) async throws {
        let path = "/events/\(PercentEncoding.encode(event))/rule"
        let wish = JSON(leavingOutNil: [
            "template": .string(template), "language": language.map(JSON.string), "account": account.map(JSON.string),
            "fill": .texts(fillings),
        ])
        let draft = try await remote.json(path, body: wish)
        let text = draft["rule"]?.string ?? ""
        if let save { try write(text, to: save) }
        if output.json {
            Terminal.print(json: draft.text(.indented) + "\n")
        } else {
            let report = try await remote.text(path, body: wish)
            Terminal.print((save == nil ? text + "\n" : "") + report + "\n" + next(draft["name"]?.string ?? "new"))
        }
        if draft["whole"] != true { throw ExitCode.findings }
    }

    // MARK: What it is made of

    private func draftable(_ settings: Settings?) async throws -> DraftableEvent {
        guard !isKept else {
            let settings = try settings ?? global.settings(needsSecrets: false)
            return try await withStore(global, settings: settings) { store in
                try await DraftableEvent(EventID(rawValue: event), in: store, settings)
            }
        }
        let name = source ?? preset ?? ""
        let request = EventExplainer.Request(
            source: name,
            preset: preset,
            type: type,
            headers: headers.fields,
            body: try Terminal.read(event, expecting: "an event's body")
        )
        return try DraftableEvent(request, source: settings?.sources.first { $0.name == name })
    }

    private func catalogue() async throws -> TemplateCatalogue {
        if let templates, templates != "live" {
            return try await TemplateSource(templates).catalogue { try global.settings() }
        }
        guard global.hasConfiguration else {
            throw PartnerAccessError(
                reason: "there is no \(global.config) to ask the partner with; expected --templates with a file"
            )
        }
        return try await PartnerAccess.catalogue(account: account, settings: try global.settings())
    }

    /// The names of the rules that are there, so that the new one has none of them.
    private func takenNames(_ settings: Settings?) -> Set<String> {
        let path = settings?.rules ?? "rules"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return RuleFolder.load([path]).rules?.names ?? []
    }

    // MARK: What comes of it

    private func finish(_ draft: RuleDraft, _ settings: Settings?) throws {
        if let save { try write(draft.text, to: save) }
        let masking = settings.map(Masking.init) ?? .none
        output.print(
            json: RuleDraftViews.json(draft, masking: masking),
            text: (save == nil ? draft.text + "\n" : "") + RuleDraftViews.text(draft, masking: masking) + "\n"
                + next(draft.name)
        )
        if !draft.isWhole { throw ExitCode.findings }
    }

    private func next(_ name: String) -> String {
        save.map { "saved as \($0); next: hookline rules check \($0) && hookline rules test \($0)\n" }
            ?? "next: the same with --save rules/\(name).yaml\n"
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
        } catch {
            throw refuse("\(path): cannot be written: \(error.localizedDescription)", .ioError)
        }
    }
}
