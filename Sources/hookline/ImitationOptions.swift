// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import HooklineApp
import Webhooks

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
