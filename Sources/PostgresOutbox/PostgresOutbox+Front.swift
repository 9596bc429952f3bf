// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox
import PostgresConnection

// What the durable partner API needs of the store.

extension PostgresOutbox: APIKeyStore {
    package func apiKey(_ id: String) async throws(StoreError) -> APIKey? {
        try await read { try APIKeyRows.key(id, &$0) }
    }

    package func apiKeys() async throws(StoreError) -> [APIKey] {
        try await read { try APIKeyRows.all(&$0) }
    }
}

extension PostgresOutbox: IdempotencyStore {
    /// A free key costs a read alone.
    package func use(of key: IdempotencyKey, at now: Timestamp) async throws(StoreError) -> IdempotencyUse? {
        let keys = keys(at: now)
        guard try await read({ try IdempotencyRows.use(of: key, at: keys, &$0)?.use }) != nil else { return nil }
        return try await write { try IdempotencyRows.countedUse(of: key, at: keys, counting: now, &$0) }
    }

    /// Requests that wait share a commit, those with keys and those without.
    package func accept(
        _ submission: Submission,
        key: IdempotencyKey,
        answer: KeptAnswer
    ) async throws(StoreError) -> IdempotentReceipt {
        let keys = keys(at: submission.event.receivedAt)
        let result = await withCheckedContinuation { continuation in
            let request = AcceptQueue.Keyed(submission: submission, key: key, answer: answer, keys: keys) {
                continuation.resume(returning: $0)
            }
            accepts.add(.keyed(request))
        }
        return try result.get()
    }
}
