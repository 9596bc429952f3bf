// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

// What the durable partner API needs of the store.

extension SQLiteOutbox: APIKeyStore {
    package func apiKey(_ id: String) async throws(StoreError) -> APIKey? {
        try await read { try APIKeyTable(database: $0).key(id) }
    }

    package func apiKeys() async throws(StoreError) -> [APIKey] {
        try await read { try APIKeyTable(database: $0).all() }
    }
}

extension SQLiteOutbox: IdempotencyStore {
    /// A free key costs a read alone.
    package func use(of key: IdempotencyKey, at now: Timestamp) async throws(StoreError) -> IdempotencyUse? {
        let keys = times(at: now).keys
        guard try await read({ try IdempotencyTable(database: $0, keys: keys).use(of: key)?.use }) != nil else {
            return nil
        }
        return try await writes.perform(within: patience) { database, _ in
            try IdempotencyTable(database: database, keys: keys).countedUse(of: key, at: now)
        }
    }

    package func accept(
        _ submission: Submission,
        key: IdempotencyKey,
        answer: KeptAnswer
    ) async throws(StoreError) -> IdempotentReceipt {
        let prepared = PreparedSubmission(submission)
        let keys = times(at: submission.event.receivedAt).keys
        return try await writes.perform(within: patience) {
            try IdempotencyTable(database: $0, keys: keys).accept(prepared, key: key, answer: answer, effects: &$1)
        }
    }
}
