// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// The requests that must not count twice.
package protocol IdempotencyStore: Sendable {
    /// How a key was used within its window; a repetition is counted on the event that came first.
    ///
    /// - Returns: `nil` when the key is free. Somebody else may take it a moment later, so
    ///   ``accept(_:key:answer:)`` decides again.
    func use(of key: IdempotencyKey, at now: Timestamp) async throws(StoreError) -> IdempotencyUse?

    /// Stores an event with its messages and takes the key, in one transaction; or finds that the key was used.
    ///
    /// Of requests with the same key that run at the same time, exactly one is stored.
    ///
    /// - Parameters:
    ///   - submission: What to store.
    ///   - key: The caller's key.
    ///   - answer: What the caller is answered when it is stored.
    /// - Returns: What became of it; it is on disk by then.
    /// - Throws: `StoreError`; nothing is stored then, and the key is free.
    func accept(
        _ submission: Submission,
        key: IdempotencyKey,
        answer: KeptAnswer
    ) async throws(StoreError) -> IdempotentReceipt
}
