// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HooklineApp
import Outbox

/// Opens the configured store beside a service that may be running, and closes it again.
///
/// - Parameters:
///   - global: Where the configuration is.
///   - createsIt: Whether the store is made when there is none yet.
///   - body: What to do with the store.
/// - Returns: What `body` returns.
/// - Throws: `ExitCode` after an error was printed.
func withStore<Result: Sendable>(
    _ global: GlobalOptions,
    createsIt: Bool = false,
    _ body: (any ServiceStore) async throws -> Result
) async throws -> Result {
    let settings = try global.settings(needsSecrets: false)
    do {
        let store = try await StoreOpener.openForTools(settings.store, createsIt: createsIt)
        let result: Result
        do {
            result = try await body(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
        return result
    } catch let error as StoreError {
        Terminal.printError("the store: \(error.reason)")
        throw ExitCode(sysexit: .ioError)
    }
}
