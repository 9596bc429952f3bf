// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
import Messages
import Outbox

extension EventsCommand {
    /// `hookline events retry`.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look up again what events leave out, at once or after their look-up was given up."
        )

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The events' ids, evt_….")
        var ids: [String]

        func run() async throws {
            try await decideEach(ids, global) { store, id in
                try await store.resume(EventID(rawValue: id), at: SystemClock().now)
                return Disposition.Name.pending.rawValue
            }
        }
    }
}
