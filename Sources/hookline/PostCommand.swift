// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HooklineApp

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
