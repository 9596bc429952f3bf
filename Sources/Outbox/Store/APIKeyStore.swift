// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Where the keys of the durable partner API are: in the store, so that every process that has it sees a change with
/// its next look.
package protocol APIKeyStore: Sendable {
    /// Keeps a new key.
    ///
    /// - Throws: `StoreError` with code `conflict` when the id is taken.
    func addAPIKey(_ key: APIKey) async throws(StoreError)

    /// The key of that id as it is now, revoked or not; never an earlier state.
    func apiKey(_ id: String) async throws(StoreError) -> APIKey?

    /// All keys, revoked ones too, the oldest first.
    func apiKeys() async throws(StoreError) -> [APIKey]

    /// Revokes a key; one that is revoked already keeps its time.
    ///
    /// - Returns: The key as it is now.
    /// - Throws: `StoreError` with code `notFound` when there is none of that id.
    func revokeAPIKey(_ id: String, at now: Timestamp) async throws(StoreError) -> APIKey
}

/// All that the service needs of its store.
package typealias ServiceStore =
    APIKeyStore & ActionStore & ConsentStore & DigestStore & IdempotencyStore & JobStore & OutboxStore
    & PendingEventStore & TokenStore
