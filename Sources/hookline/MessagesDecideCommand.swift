// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Foundation
import HooklineApp
import Outbox

/// Which messages a person decides about.
struct MessageIDs: ParsableArguments {
    @Argument(help: "The messages' ids, msg_….")
    var ids: [String]

    /// Decides about each, and says what became of it.
    func decide(_ decision: Decision, _ global: GlobalOptions) async throws {
        let who = ProcessInfo.processInfo.environment["USER"] ?? "command line"
        let refused = try await withStore(global) { store in
            var refused = 0
            for id in ids {
                // An untyped catch: the compiler (6.3.1) fails on a typed one with a condition.
                do {
                    let now = SystemClock().now
                    let message = try await store.decide(decision, on: MessageID(rawValue: id), by: who, at: now)
                    Terminal.print("\(id): \(message.state.rawValue)\n")
                } catch let error as StoreError {
                    guard error.code == .notFound || error.code == .conflict else { throw error }
                    Terminal.printError("\(id): \(error.reason)")
                    refused += 1
                }
            }
            return refused
        }
        if refused > 0 { throw ExitCode.findings }
    }
}

extension MessagesCommand {
    /// `hookline messages retry`.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Send failed or uncertain messages after all.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var chosen: MessageIDs

        func run() async throws {
            try await chosen.decide(.retry, global)
        }
    }

    /// `hookline messages cancel`.
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Call off messages that have not left.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var chosen: MessageIDs

        func run() async throws {
            try await chosen.decide(.cancel, global)
        }
    }
}
