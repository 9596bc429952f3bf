// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// How a claimed message fared: what its state machine made of it, for the store to write down.
package struct Settlement: Hashable, Sendable {
    /// The message.
    package let message: MessageID
    /// The claim that is settled.
    package let claim: Int
    /// The attempt, to be kept with the message; `nil` when the request did not leave or its end is unknown to the queue.
    package let attempt: Attempt?
    /// The changes of state, at least one.
    package let steps: [MessageStateMachine.Step]
    /// Where the message stands from then on.
    package let state: MessageState
    /// When it may leave next; `nil` unless it waits.
    package let dueAt: Timestamp?
    /// How many attempts count from then on.
    package let attempts: Int
    /// When it happened.
    package let at: Timestamp

    /// The settlement of what a machine went through.
    ///
    /// - Parameters:
    ///   - claimed: The message as it was claimed.
    ///   - machine: Its machine, after what happened.
    ///   - attempt: The attempt, if the request was handed to the sender.
    ///   - at: When it happened.
    package init(
        of claimed: ClaimedMessage,
        _ machine: borrowing MessageStateMachine,
        attempt: Attempt?,
        at: Timestamp
    ) {
        message = claimed.id
        claim = claimed.claim
        self.attempt = attempt
        steps = machine.steps
        state = machine.state
        dueAt = machine.dueAt
        attempts = machine.attempts
        self.at = at
    }

    /// The partner's id, when the partner took the message.
    package var partnerID: String? {
        if case .accepted(let partnerID) = attempt?.outcome { partnerID } else { nil }
    }
}

/// What a settlement did.
package enum SettlementResult: Hashable, Sendable {
    /// It was written down.
    case settled
    /// The lease had run out; the partner's acceptance was written down all the same.
    case acceptedLate
    /// The lease had run out and somebody else has decided; ignored. The state is the message's own.
    case ignored(MessageState)
    /// There is no such message any more.
    case unknown
}

/// What a person can decide about a message.
package enum Decision: Hashable, Sendable {
    /// Send it after all: out of `failed` or `uncertain`.
    case retry
    /// Do not send it: out of every waiting state, and `uncertain`.
    case cancel
}
