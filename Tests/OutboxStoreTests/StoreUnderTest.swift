// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import MemoryOutbox
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import SQLiteOutbox
import TestSupport
import Testing

/// A kind of store that the suite runs against.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let lend: @Sendable (ReckonedTime?, (any ServiceStore) async throws -> Void) async throws -> Void

    /// The stores that can be had on this machine.
    static let available = [
        StoreUnderTest(testDescription: "SQLite") { reckoned, body in
            try await withTemporaryFolder { folder in
                var options = SQLiteOutbox.Options()
                options.linksReports = true
                options.knowsWindows = true
                options.readsTraces = true
                let path = folder.appending(path: "outbox.db").path
                let store = try await SQLiteOutbox.open(path, options: options, reckoned: reckoned)
                try await closing(store) { try await body(store) }
            }
        },
        StoreUnderTest(testDescription: "memory") { reckoned, body in
            let store = MemoryOutbox(reckoned: reckoned)
            try await closing(store) { try await body(store) }
        },
    ]

    /// Those of which PostgreSQL already plays the parts of a test, with it; a test fails where that is missing.
    static let all =
        available + [
            StoreUnderTest(testDescription: "PostgreSQL") { reckoned, body in
                try await PostgresServer.shared().withDatabase { _, address in
                    var options = PostgresOutbox.Options()
                    // Tests say what time it is, and go back in it.
                    (options.usesDatabaseClock, options.looksThroughEvery) = (false, .zero)
                    // Of a machine that does many things at once.
                    options.patience = .seconds(30)
                    options.answersWithin = .seconds(60)
                    (options.linksReports, options.knowsWindows, options.readsTraces) = (true, true, true)
                    let store = try await PostgresOutbox.open(address, options: options, reckoned: reckoned)
                    try await closing(store) { try await body(store) }
                    let lane = PostgresLane(to: address)
                    let wrong = try await lane.wrongCounts()
                    await lane.close()
                    #expect(wrong == [])
                }
            }
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
        var value: Value?
        try await lend(reckoned) { value = try await body($0) }
        return try #require(value)
    }
}
