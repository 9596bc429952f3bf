// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HooklineApp

/// Which source to imitate, and with what.
struct ImitationOptions: ParsableArguments {
    @Option(help: "The source of the configuration whose sender is imitated.")
    var source: String
    @Option(help: "The event's type, where the sender writes it in a header.")
    var type: String?
    @Option(help: "The sender's id of the event; a new one if left out.")
    var id: String?
    @Argument(help: "The body; - reads standard input.")
    var file: String

    func imitation(_ settings: Settings) throws -> Imitation {
        do {
            return try Imitation(settings, source: source, body: try Terminal.read(file), type: type, id: id)
        } catch let error as ImitationError {
            Terminal.printError(error.reason)
            throw ExitCode(sysexit: .config)
        }
    }
}

/// `hookline sign`: the headers that a sender would post a body with.
struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a body as its sender would.",
        discussion: "Prints the headers; post them with the body exactly as it is in the file."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var imitated: ImitationOptions

    func run() async throws {
        let imitation = try imitated.imitation(try global.settings())
        Terminal.print(imitation.headerLines.map { $0 + "\n" }.joined())
        Terminal.print(imitation.queryLines.map { "query parameter: \($0)\n" }.joined())
    }
}
