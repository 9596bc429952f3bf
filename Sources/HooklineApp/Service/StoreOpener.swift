// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
import Messages
package import Outbox
internal import SQLiteOutbox

/// Opens the store that the configuration names.
package enum StoreOpener {
    /// Opens it for the service: creates what is missing and owns it.
    ///
    /// - Parameters:
    ///   - location: Where it is.
    ///   - timeout: How long a write waits that a sender waits for, while another process holds the store.
    ///   - reckoned: What time it is for keys and for deleting.
    /// - Returns: The store, to be closed in the end, and what was found in it.
    /// - Throws: `StoreError` when it cannot be opened, is damaged, or another service owns it.
    static func openForService(
        _ location: Settings.StoreLocation,
        timeout: Duration,
        reckoned: ReckonedTime
    ) async throws(StoreError) -> (store: any ServiceStore, examination: StoreExamination?) {
        switch location {
        case .sqlite(let path):
            var options = SQLiteOutbox.Options()
            options.patience = timeout
            options.busyTimeout = max(options.busyTimeout, timeout)
            let store = try await SQLiteOutbox.open(path, options: options, reckoned: reckoned)
            return (store, store.examination)
        }
    }

    /// Opens it beside a service that may be running.
    ///
    /// - Parameters:
    ///   - location: Where it is.
    ///   - createsIt: Whether it is made when there is none yet, as a service's first start would.
    /// - Returns: The store; close it in the end.
    /// - Throws: `StoreError` when there is none or it cannot be opened.
    package static func openForTools(
        _ location: Settings.StoreLocation,
        createsIt: Bool = false
    ) async throws(StoreError) -> any ServiceStore {
        switch location {
        case .sqlite(let path):
            if createsIt, !FileManager.default.fileExists(atPath: path) {
                await (try SQLiteOutbox.open(path, role: .service)).close()
            }
            return try await SQLiteOutbox.open(path, role: .tool)
        }
    }
}
