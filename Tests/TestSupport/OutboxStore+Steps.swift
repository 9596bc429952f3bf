// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import Outbox

/// What nearly every test of a store does with it.
extension ClaimStore {
    /// Claims for the account of ``Make``.
    package func claim(_ limit: Int = 10, lease: Duration = .seconds(60), at now: Timestamp) async throws
        -> [ClaimedMessage]
    {
        try await claim([ClaimQuota(account: "main", limit: limit)], lease: lease, now: now)
    }

    /// Settles one claimed message with an outcome.
    package func settle(_ claimed: ClaimedMessage, _ outcome: Outcome, at now: Timestamp) async throws
        -> SettlementResult?
    {
        try await settle([Settlement(of: claimed, outcome, at: now)]).first
    }

    /// When the next message of an account is due, of which none is due yet.
    package func nextDue(of account: String = "main", at now: Timestamp) async throws -> Timestamp? {
        let quota = ClaimQuota(account: account, limit: 1)
        return try await exchange([], [quota], lease: .seconds(60), now: now, riding: nil).nextDue
    }
}

extension Settlement {
    /// A claim that ended so after one attempt.
    package init(of claimed: ClaimedMessage, _ outcome: Outcome, at now: Timestamp) throws {
        var machine = claimed.machine()
        var generator = SystemRandomNumberGenerator()
        try machine.attemptEnded(outcome, at: now, policy: RetryPolicy(), using: &generator)
        let attempt = Attempt(number: claimed.claim, startedAt: now, duration: .milliseconds(120), outcome: outcome)
        self.init(of: claimed, machine, attempt: attempt, at: now)
    }
}

extension ReadingStore {
    /// Where a message stands.
    package func state(of id: MessageID) async throws -> MessageState? {
        try await message(id)?.message.state
    }
}
