// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// How many messages to claim for one account.
package struct ClaimQuota: Hashable, Sendable {
    /// The account.
    package let account: String
    /// The most messages to claim; at least 1.
    package let limit: Int

    package init(account: String, limit: Int) {
        self.account = account
        self.limit = limit
    }
}

/// A message in a worker's hands.
package struct ClaimedMessage: Hashable, Sendable {
    /// The message's id.
    package let id: MessageID
    /// The event that caused it.
    package let event: EventID
    /// The rule that built it.
    package let rule: String
    /// The account it leaves through.
    package let account: String
    /// What to send, to whom.
    package let request: MessageRequest
    /// Which claim of the message this is, from 1; a settlement names it, so that a late one is recognised.
    package let claim: Int
    /// When the claim was made.
    package let claimedAt: Timestamp
    /// When the lease runs out.
    package let leaseEnds: Timestamp
    /// How many attempts counted before this one.
    package let attempts: Int
    /// From when the message's age counts.
    package let agesFrom: Timestamp
    /// Not sent any more from this time on.
    package let expiresAt: Timestamp?
    /// What happens when it is not known whether the partner took it.
    package let onUncertain: NewMessage.OnUncertain

    package init(
        id: MessageID,
        event: EventID,
        rule: String,
        account: String,
        request: MessageRequest,
        claim: Int,
        claimedAt: Timestamp,
        leaseEnds: Timestamp,
        attempts: Int,
        agesFrom: Timestamp,
        expiresAt: Timestamp?,
        onUncertain: NewMessage.OnUncertain
    ) {
        self.id = id
        self.event = event
        self.rule = rule
        self.account = account
        self.request = request
        self.claim = claim
        self.claimedAt = claimedAt
        self.leaseEnds = leaseEnds
        self.attempts = attempts
        self.agesFrom = agesFrom
        self.expiresAt = expiresAt
        self.onUncertain = onUncertain
    }

    /// The law of this message, in state `sending`.
    ///
    /// - Parameter span: By how much later its age begins and it expires: how far the clock jumped during the attempt.
    /// - Returns: The state machine.
    package func machine(laterBy span: Duration = .zero) -> MessageStateMachine {
        MessageStateMachine(
            state: .sending,
            attempts: attempts,
            dueAt: nil,
            agesFrom: agesFrom.advanced(by: span),
            expiresAt: expiresAt?.advanced(by: span),
            onUncertain: onUncertain
        )
    }
}
