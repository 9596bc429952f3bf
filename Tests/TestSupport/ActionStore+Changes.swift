// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

/// What people change by hand, in fewer words than an `OperatorAction` takes; each goes the way of the service, with its
/// line in the audit log.
extension ActionStore {
    /// Decides about a message.
    @discardableResult
    package func decide(
        _ decision: Decision,
        on id: MessageID,
        by who: String,
        at now: Timestamp
    ) async throws(StoreError) -> Message {
        guard case .message(let message) = try await change(.decide(decision, id), who, now) else { unexpected() }
        return message
    }

    /// Begins a job, where that is said only if it is about so much.
    package func begin(_ order: JobOrder, ifAbout count: Int? = nil, at now: Timestamp) async throws(StoreError) -> Job
    {
        let action = OperatorAction(.beginJob(order), by: Operator(.user, order.who), ifAbout: count, at: now)
        guard case .job(let job) = try await carryOut(action) else { unexpected() }
        return job
    }

    /// Pauses, resumes or ends a job.
    package func change(_ change: JobChange, of id: JobID, by who: String, at now: Timestamp) async throws(StoreError)
        -> Job
    {
        guard case .job(let job) = try await self.change(.changeJob(change, id), who, now) else { unexpected() }
        return job
    }

    /// Writes lines into the ledger of consent.
    package func record(_ entries: [ConsentEntry], at now: Timestamp) async throws(StoreError) -> ConsentReceipt {
        guard case .consent(let receipt) = try await change(.consent(entries), "asha", now) else { unexpected() }
        return receipt
    }

    /// Has an event looked up again.
    package func resume(_ id: EventID, at now: Timestamp) async throws(StoreError) {
        _ = try await change(.lookUpAgain(id), "asha", now)
    }

    /// Keeps a new key of the partner API.
    package func addAPIKey(_ key: APIKey) async throws(StoreError) {
        _ = try await change(.addKey(key), "asha", key.createdAt)
    }

    /// Takes a key of the partner API back.
    package func revokeAPIKey(_ id: String, at now: Timestamp) async throws(StoreError) -> APIKey {
        guard case .key(let key) = try await change(.revokeKey(id), "asha", now) else { unexpected() }
        return key
    }

    private func change(_ change: OperatorAction.Change, _ who: String, _ now: Timestamp) async throws(StoreError)
        -> Changed
    {
        try await carryOut(OperatorAction(change, by: Operator(.user, who), at: now))
    }

    private func unexpected() -> Never { preconditionFailure("a change ends as what it changes") }
}
