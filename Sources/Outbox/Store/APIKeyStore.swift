// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Where the keys of the durable partner API are: in the store, so that every process that has it sees a change with
/// its next look.
package protocol APIKeyStore: Sendable {
    /// The key of that id as it is now, revoked or not; never an earlier state.
    func apiKey(_ id: String) async throws(StoreError) -> APIKey?

    /// All keys, revoked ones too, the oldest first.
    func apiKeys() async throws(StoreError) -> [APIKey]
}

/// All that the service needs of its store.
package typealias ServiceStore =
    APIKeyStore & ActionStore & ConsentStore & DigestStore & IdempotencyStore & JobStore & OutboxStore
    & PendingEventStore & TokenStore
