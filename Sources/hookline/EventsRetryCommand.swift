// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Events
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
            let refused = try await withStore(global) { store in
                var refused = 0
                for id in ids {
                    // An untyped catch: the compiler (6.3.1) fails on a typed one with a condition.
                    do {
                        try await store.resume(EventID(rawValue: id), at: SystemClock().now)
                        Terminal.print("\(id): \(Disposition.Name.pending.rawValue)\n")
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
}
