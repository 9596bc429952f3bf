// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import MemoryOutbox
import Messages
import Outbox
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
            try await SQLiteOutbox.open(folder.appending(path: "outbox.db").path, reckoned: reckoned)
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
            do {
                let value = try await body(store)
                await store.close()
                return value
            } catch {
                await store.close()
                throw error
            }
        }
    }
}

extension OutboxStore {
    /// Claims for the account of ``Make``.
    func claim(_ limit: Int = 10, lease: Duration = .seconds(60), at now: Timestamp) async throws -> [ClaimedMessage] {
        try await claim([ClaimQuota(account: "main", limit: limit)], lease: lease, now: now)
    }

    /// Settles one claimed message with an outcome.
    func settle(_ claimed: ClaimedMessage, _ outcome: Outcome, at now: Timestamp) async throws -> SettlementResult? {
        var machine = claimed.machine()
        var generator = SystemRandomNumberGenerator()
        try machine.attemptEnded(outcome, at: now, policy: RetryPolicy(), using: &generator)
        let attempt = Attempt(number: claimed.claim, startedAt: now, duration: .milliseconds(120), outcome: outcome)
        return try await settle([Settlement(of: claimed, machine, attempt: attempt, at: now)]).first
    }

    /// Where a message stands.
    func state(of id: MessageID) async throws -> MessageState? {
        try await message(id)?.message.state
    }
}
