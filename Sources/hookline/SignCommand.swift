// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HooklineApp

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
