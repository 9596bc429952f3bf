// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Outbox
internal import SQLiteOutbox

/// Opens the store that the configuration names.
package enum StoreOpener {
    /// Opens it for the service: creates what is missing and owns it.
    ///
    /// - Parameter location: Where it is.
    /// - Returns: The store; close it in the end.
    /// - Throws: `StoreError` when it cannot be opened or another service owns it.
    package static func openForService(_ location: Settings.StoreLocation) async throws(StoreError) -> any ServiceStore
    {
        switch location {
        case .sqlite(let path): try await SQLiteOutbox.open(path, role: .service)
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
