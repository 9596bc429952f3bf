// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import MemoryOutbox
import Messages
import Outbox
import PostgresOutbox
import PostgresServer
import SQLiteOutbox
import TestSupport
import Testing

/// A kind of store that the suite runs against.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let open: @Sendable (URL, ReckonedTime?) async throws -> any ServiceStore

    /// The stores that can be had on this machine.
    static let available = [
        StoreUnderTest(testDescription: "SQLite") { folder, reckoned in
            var options = SQLiteOutbox.Options()
            options.linksReports = true
            options.knowsWindows = true
            options.readsTraces = true
            return try await SQLiteOutbox.open(
                folder.appending(path: "outbox.db").path,
                options: options,
                reckoned: reckoned
            )
        },
        StoreUnderTest(testDescription: "memory") { _, reckoned in MemoryOutbox(reckoned: reckoned) },
    ]

    /// Lends a new, empty store.
    ///
    /// - Parameters:
    ///   - reckoned: What time it is for keys and for deleting; the callers' word counts if left out.
    ///   - body: Uses the store, which is closed afterwards.
    /// - Returns: What the body returned.
    /// - Throws: What the body threw, or why there is no store.
    func withStore<Value>(
        reckoned: ReckonedTime? = nil,
        _ body: (any ServiceStore) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryFolder { folder in
            let store = try await open(folder, reckoned)
            return try await closing(store) { try await body(store) }
        }
    }
}

/// The roles between which an event becomes a message, and a message is sent.
typealias DeliveringStore = ClaimStore & ReadingStore & StoreLife & SubmissionStore

/// A kind of store that plays those roles, whatever else it does.
struct OutboxUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let lend: @Sendable ((any DeliveringStore) async throws -> Void) async throws -> Void

    /// The stores that can be had on this machine; a test of PostgreSQL fails where that is missing.
    static let available =
        StoreUnderTest.available.map { kind in
            OutboxUnderTest(testDescription: kind.testDescription) { body in
                try await kind.withStore { try await body($0) }
            }
        } + [
            OutboxUnderTest(testDescription: "PostgreSQL") { body in
                try await PostgresServer.shared().withDatabase { _, address in
                    var options = PostgresOutbox.Options()
                    // Tests say what time it is, and go back in it.
                    (options.usesDatabaseClock, options.looksThroughEvery) = (false, .zero)
                    // Of a machine that does many things at once.
                    options.patience = .seconds(30)
                    options.answersWithin = .seconds(60)
                    let store = try await PostgresOutbox.open(address, options: options)
                    try await closing(store) { try await body(store) }
                }
            }
        ]

    /// Lends a new, empty store.
    ///
    /// - Parameter body: Uses the store, which is closed afterwards.
    /// - Throws: What the body threw, or why there is no store.
    func withStore(_ body: (any DeliveringStore) async throws -> Void) async throws {
        try await lend(body)
    }
}
