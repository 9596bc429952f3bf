// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Foundation
import HooklineApp
import Messages
import Outbox

/// Which messages a person decides about.
struct MessageIDs: ParsableArguments {
    @Argument(help: "The messages' ids, msg_….")
    var ids: [String]

    /// Decides about each, and says what became of it.
    func decide(_ decision: Decision, _ global: GlobalOptions) async throws {
        let who = ProcessInfo.processInfo.environment["USER"] ?? "command line"
        try await decideEach(ids, global) { store, id in
            try await store.decide(decision, on: MessageID(rawValue: id), by: who, at: SystemClock().now).state.rawValue
        }
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
