// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Inquiries
import Outbox
import PartnerAPI
import Presentation
import ServiceConfiguration

/// `hookline templates …`: the templates that the account may send.
struct TemplatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "templates",
        abstract: "See the account's templates, as the partner has them now.",
        discussion: "With --server as the service there last heard them.",
        subcommands: [List.self, Show.self],
        defaultSubcommand: List.self
    )

    /// Which account's templates.
    struct AccountOptions: ParsableArguments {
        @OptionGroup var server: ServerOptions
        @Option(help: "The account of the configuration; the first if left out.")
        var account: String?

        func catalogue(_ global: GlobalOptions) async throws -> TemplateCatalogue {
            do {
                return try await PartnerAccess.catalogue(account: account, settings: try global.settings())
            } catch let error as PartnerAccessError {
                Terminal.printError(error.reason)
                throw ExitCode(sysexit: .unavailable)
            }
        }
    }

    /// `hookline templates list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the templates.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var chosen: AccountOptions
        @Option(help: "Only templates whose name or words have this in them.")
        var text: String?

        func run() async throws {
            let query = [("account", chosen.account), ("text", text)]
            if let remote = try chosen.server.remote {
                return try await ServerOptions.orPrinted {
                    guard output.json else { return Terminal.print(try await remote.text("/templates", query)) }
                    let records = try await remote.json("/templates", query)["data"] ?? []
                    let json: JSON = ["success": true, "data": ["templates": records]]
                    Terminal.print(json: json.text(.indented) + "\n")
                }
            }
            let catalogue = try await chosen.catalogue(global)
            let found = catalogue.templates.filter { $0.says(text ?? "") }
            output.print(json: TemplateCatalogue(found).json(), text: TemplateViews.table(found))
        }
    }

    /// `hookline templates show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a template in all its languages.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var chosen: AccountOptions
        @Argument(help: "The template's name.")
        var name: String

        func run() async throws {
            let path = "/templates/\(PercentEncoding.encode(name))"
            if try await chosen.server.shows(path, output, query: [("account", chosen.account)]) { return }
            let found = try await chosen.catalogue(global).templates.filter { $0.name == name }
            guard !found.isEmpty else {
                Terminal.printError("there is no template '\(name)'; 'hookline templates list' shows those there are")
                throw ExitCode.findings
            }
            output.print(
                json: JSON.array(found.map(\.record)),
                text: found.map(TemplateViews.text).joined(separator: "\n")
            )
        }
    }
}

/// `hookline send`: one message by hand, straight to the partner.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send one message by hand, past the outbox.",
        discussion: """
            hookline send --to 919876543210 --template payment_received --language en --var 1=Asha --var 2=₹499.00
            hookline send --to 919876543210 --text 'Hello from our system.'
            hookline send --to 919876543210 --body carousel.json
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "The recipient's number: digits with country code, no +; wins over the body's.")
    var to: String?
    @Option(help: "The template's name.")
    var template: String?
    @Option(help: "The template's language, such as en or en_US.")
    var language: String?
    @Option(
        name: .customLong("var"),
        help: "A variable as SLOT=VALUE, or NAME=VALUE for a gap with a name; repeated for each."
    )
    var variables: [String] = []
    @Option(help: "A text, which WhatsApp delivers only inside a customer's service window.")
    var text: String?
    @Option(
        help: "A JSON file with the API's body (any type: components, carousel, interactive), - reads standard input."
    )
    var body: String?
    @Option(help: "The account of the configuration; the first if left out.")
    var account: String?
    @Flag(help: "Draw the message as the customer reads it, too.")
    var show = false
    @Flag(help: "Send it to somebody who wants no such messages, too.")
    var anyway = false

    func validate() throws {
        guard [template, text, body].count(where: { $0 != nil }) == 1 else {
            throw ValidationError("expected one of --template, --text and --body")
        }
        guard to != nil || body != nil else { throw ValidationError("expected --to") }
        guard template != nil || (variables.isEmpty && language == nil) else {
            throw ValidationError("--var and --language belong to --template")
        }
        for variable in variables where !variable.contains("=") {
            throw ValidationError("--var '\(variable)'; expected SLOT=VALUE, such as 1=Asha, or NAME=VALUE")
        }
    }

    func run() async throws {
        let settings = try global.settings()
        let request: MessageRequest
        do {
            request = try await message(settings)
        } catch let error as MessageRequestError {
            Terminal.printError("\(error)")
            throw ExitCode(sysexit: .dataError)
        }
        if !anyway { try await requireConsent(request, settings) }
        let report = await ManualMessage.send(request, account: account, settings: settings)
        if show, let bubble = await ManualMessage.bubble(request, account: account, settings: settings) {
            Terminal.print(bubble + "\n")
        }
        output.print(json: report.json, text: report.text + "\n")
        guard report.isAccepted else { throw ExitCode(sysexit: .unavailable) }
    }

    /// Ends the command where the recipient wants no such message.
    private func requireConsent(_ request: MessageRequest, _ settings: Settings) async throws {
        let name = account ?? settings.defaultAccount ?? ""
        let objection: String?
        do {
            objection = try await RecipientKnowledge.with(settings) { knowledge in
                var catalogue: TemplateCatalogue?
                // Without its category a template counts as marketing.
                if knowledge != nil, case .template = request.content {
                    catalogue = try? await PartnerAccess.catalogue(account: account, settings: settings)
                }
                return try await knowledge?.objection(to: request, account: name, in: catalogue)
            }
        } catch let error as StoreError {
            Terminal.printError("the store: \(error.reason)")
            throw ExitCode(sysexit: .unavailable)
        }
        guard let objection else { return }
        Terminal.printError("not sent: \(objection); --anyway sends it all the same")
        throw ExitCode.findings
    }

    private func message(_ settings: Settings) async throws -> MessageRequest {
        if let body { return try ManualMessage.request(body: try Terminal.readJSON(body).root.value, to: to) }
        return try ManualMessage.request(
            to: to ?? "",
            template: template,
            language: language,
            variables: variables,
            text: text,
            catalogue: await ManualMessage.catalogue(for: variables, account: account, settings: settings)
        )
    }
}
