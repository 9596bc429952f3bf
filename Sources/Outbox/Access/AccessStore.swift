// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// Carries out what people and programs of theirs change by hand, and keeps who did what.
package protocol ActionStore: Sendable {
    /// Makes a change, writes its line into the audit log and takes the caller's key, all in one transaction.
    ///
    /// Of requests with the same key exactly one is carried out, whoever is killed when.
    ///
    /// - Parameters:
    ///   - action: The change.
    ///   - once: By what a repetition is recognised; `nil` carries it out anyway.
    /// - Returns: What became of it; it is on disk by then.
    /// - Throws: `StoreError`; nothing is changed then and the key is free. What was refused with `notFound` or
    ///   `conflict` has a line of its own in the audit log.
    func carryOut(_ action: OperatorAction, once: OnceRequest?) async throws(StoreError) -> ActionOutcome

    /// How a key was used within its window; `nil` when it is free.
    func use(ofActionKey key: IdempotencyKey, at now: Timestamp) async throws(StoreError) -> IdempotencyUse?

    /// Writes a line about what was done elsewhere than in the store, and takes the caller's key.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - key: The caller's key, if any, and what a repetition is answered.
    /// - Throws: `StoreError`; nothing is written then.
    func record(_ line: AuditLine, taking key: (IdempotencyKey, KeptAnswer)?) async throws(StoreError)

    /// Lines of the audit log, the newest first.
    func audit(_ filter: AuditFilter) async throws(StoreError) -> Page<AuditLine>
}

/// Where the tokens of the admin API are: in the store, so that every process that has it sees a change with its next
/// look.
package protocol TokenStore: Sendable {
    /// The token with that fingerprint as it is now, whatever its state; never an earlier one.
    func token(fingerprint: [UInt8]) async throws(StoreError) -> AccessToken?

    /// All tokens, also those that open nothing any more, the oldest first.
    func tokens() async throws(StoreError) -> [AccessToken]

    /// Keeps when a token was used; never waits, and drops that when too much waits.
    func noteUse(ofToken id: String, at now: Timestamp)
}

extension ActionStore {
    /// Makes a change that nobody repeats.
    ///
    /// - Parameter action: The change.
    /// - Returns: What came of it; it is on disk by then.
    /// - Throws: `StoreError`; nothing is changed then.
    package func carryOut(_ action: OperatorAction) async throws(StoreError) -> Changed {
        guard case .done(let changed) = try await carryOut(action, once: nil) else {
            preconditionFailure("a change without a key is never a repetition")
        }
        return changed
    }
}
