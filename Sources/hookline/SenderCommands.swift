// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLogic
import Events
import Foundation
import HTTPTypes
import Webhooks

/// `hookline sources …`: what Hookline knows of the senders.
struct SourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "See what Hookline knows of the senders.",
        subcommands: [List.self, Show.self],
        defaultSubcommand: List.self
    )

    /// `hookline sources list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the presets.")

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let presets = Preset.all.sorted { $0.name < $1.name }
            output.print(json: JSON.array(presets.map(\.json)), text: presets.map { $0.line + "\n" }.joined())
        }
    }

    /// `hookline sources show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show everything about one preset.")

        @OptionGroup var output: OutputOptions
        @Argument(help: "The preset's name.")
        var preset: String

        func run() async throws {
            guard let found = Preset.named(preset) else {
                Terminal.printError("there is no preset '\(preset)'; 'hookline sources list' shows those there are")
                throw ExitCode.findings
            }
            output.print(json: found.json, text: found.sheet)
        }
    }
}

/// Which sender to imitate, and with what: a source of the configuration, or any preset with a secret.
struct ImitationOptions: ParsableArguments {
    @Option(help: "The source of the configuration whose sender is imitated.")
    var source: String?
    @Option(help: "The preset to imitate: with --secret, or with the configuration's source of that preset.")
    var preset: String?
    @Option(help: "What the preset's sender signs with, or file:PATH; may be repeated. Needs no configuration.")
    var secret: [String] = []
    @Option(help: "A file with a private key of your own, for senders that sign with one.")
    var key: String?
    @Option(help: "The address that the preset's sender signs, for senders that do.")
    var publicURL: String?
    @Option(help: "The event's type, where the sender writes it in a header or in the address.")
    var type: String?
    @Option(help: "The sender's id of the event; a new one if left out.")
    var id: String?
    @OptionGroup var headers: HeaderOptions
    @Argument(help: "The body; - reads standard input. For senders of forms also a JSON object of the fields.")
    var file: String

    func validate() throws {
        guard (source == nil) != (preset == nil) else { throw ValidationError("expected either --source or --preset") }
        guard source == nil || (secret.isEmpty && publicURL == nil) else {
            throw ValidationError("--secret and --public-url go with --preset; a source has its own")
        }
    }

    /// The signed request; prints why there is none, or what it lacks.
    func imitation(_ global: GlobalOptions) throws -> Imitation {
        do {
            let key = try key.map { try SenderKey(String(decoding: Terminal.read($0), as: UTF8.self)) }
            let details = Imitation.Details(type: type, id: id, headers: headers.fields, key: key)
            let imitation = try Imitation(
                sender(global, key),
                body: try Terminal.read(file, expecting: "the body to sign"),
                details
            )
            if let warning = imitation.warning { Terminal.printError(warning) }
            return imitation
        } catch let error as ImitationError {
            Terminal.printError(error.reason)
            throw error.exitCode
        } catch let error as WebhookError {
            Terminal.printError("\(key ?? ""): \(error.reason)")
            throw ExitCode(sysexit: .dataError)
        }
    }

    private func sender(_ global: GlobalOptions, _ key: SenderKey?) throws -> ImitatedSender {
        if let source { return try ImitatedSender(try global.settings(), source: source) }
        let preset = preset ?? ""
        let isAlone = !secret.isEmpty || key != nil || publicURL != nil || !global.hasConfiguration
        guard isAlone else { return try ImitatedSender(try global.settings(), preset: preset) }
        let secrets = try secret.map(Self.text)
        return try ImitatedSender(preset: preset, secrets: secrets, key: key, publicURL: publicURL)
    }

    /// What an option says, or the file that it names: a secret in a command line is there for all to read.
    private static func text(_ option: String) throws -> String {
        guard option.hasPrefix("file:") else { return option }
        let bytes = try Terminal.read(String(option.dropFirst("file:".count)))
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension ImitationError {
    /// What the command ends with.
    var exitCode: ExitCode {
        switch kind {
        case .usage: .validationFailure
        case .configuration: ExitCode(sysexit: .config)
        case .body: ExitCode(sysexit: .dataError)
        case .unavailable: ExitCode(sysexit: .unavailable)
        }
    }
}

/// `--header`, on commands that make a request.
struct HeaderOptions: ParsableArguments {
    @Option(help: "A header as NAME:VALUE; may be repeated.")
    var header: [String] = []

    func validate() throws {
        for text in header where Self.field(text) == nil {
            throw ValidationError("--header '\(text)'; expected NAME:VALUE")
        }
    }

    /// The headers in their order.
    var fields: HTTPFields { HTTPFields(header.compactMap(Self.field)) }

    private static func field(_ text: String) -> HTTPField? {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { return nil }
        return HTTPField(name: name, value: String(parts[1].drop { $0 == " " }))
    }
}

/// `hookline sign`: the headers that a sender would post a body with.
struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a body as its sender would.",
        discussion: """
            hookline sign --preset stripe --secret file:stripe.secret checkout.json
            Prints the headers; post them with the body exactly as it is in the file. Where the signature stands in the
            body, or the sender posts a form, the body to post follows after an empty line.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var imitated: ImitationOptions

    func run() async throws {
        let imitation = try imitated.imitation(global)
        Terminal.print(exactly: imitation.headerLines.map { $0 + "\n" }.joined())
        Terminal.print(exactly: imitation.queryLines.map { "query parameter: \($0)\n" }.joined())
        if let body = imitation.changedBody { Terminal.print(exactly: "\n\(String(decoding: body, as: UTF8.self))\n") }
    }
}

/// `hookline post`: posts a signed body as its sender would.
struct PostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "post",
        abstract: "Sign a body as its sender would, and post it.",
        discussion: """
            hookline post --preset stripe --secret file:stripe.secret checkout.json
            Works without a configuration for every preset whose sender can be imitated: 'hookline sources list'.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var imitated: ImitationOptions
    @Option(help: "The whole address; the source's, or http://127.0.0.1:8080/hooks/PRESET, if left out.")
    var to: String?
    @Flag(help: "Say what became of the event, and follow its messages to their end.")
    var follow = false

    func run() async throws {
        let imitation = try imitated.imitation(global)
        let answer: PostAnswer
        do {
            answer = try await imitation.post(to: to)
        } catch {
            Terminal.printError(error.reason)
            throw error.exitCode
        }
        Terminal.print("HTTP \(answer.status)\n\(answer.text)\n")
        guard (200...299).contains(answer.status) else { throw ExitCode.findings }
        guard follow else { return }
        let settings = try global.settings()
        let hasFailed = try await withStore(global) { store in
            try await EventFollower(store: store, settings: settings).follow(answer.events, of: imitation.source) {
                Terminal.print($0)
            }
        }
        if hasFailed { throw ExitCode.findings }
    }
}
