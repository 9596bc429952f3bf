// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HooklineApp
import Messages
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

/// Carries out what a person decided about each of several events or messages, and prints what became of it.
///
/// - Parameters:
///   - ids: Which ones.
///   - global: Where the configuration is.
///   - body: Carries it out for one id and returns its new state; `StoreError` with code `notFound` or `conflict`
///     is printed, and the others go on.
/// - Throws: `ExitCode` when any was refused, or after an error of the store was printed.
func decideEach(
    _ ids: [String],
    _ global: GlobalOptions,
    _ body: (any ServiceStore, String) async throws -> String
) async throws {
    let refused = try await withStore(global) { store in
        var refused = 0
        for id in ids {
            // An untyped catch: the compiler (6.3.1) fails on a typed one with a condition.
            do {
                Terminal.print("\(id): \(try await body(store, id))\n")
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
