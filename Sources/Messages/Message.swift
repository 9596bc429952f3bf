// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// One message to one recipient, as it stands in the outbox.
package struct Message: Hashable, Sendable {
    /// Our id for it.
    package var id: MessageID
    /// The event that caused it.
    package var event: EventID
    /// The event's source.
    package var source: String
    /// The rule that built it, or could not.
    package var rule: String
    /// The account it leaves through; empty for a message that could not be built.
    package var account: String
    /// What to send, as it leaves; `nil` for a message that could not be built.
    package var request: RenderedRequest?
    /// Where it stands.
    package var state: MessageState
    /// Why it stands there, in a sentence; the last entry of its timeline.
    package var reason: String
    /// When it may leave next; `nil` unless it waits.
    package var dueAt: Timestamp?
    /// Not sent any more from this time on.
    package var expiresAt: Timestamp?
    /// What happens when it is not known whether the partner took it.
    package var onUncertain: OnUncertain
    /// How many attempts counted; one that ended with refused credentials does not.
    package var attempts: Int
    /// The partner's id of the message, once it was accepted.
    package var partnerID: String?
    /// When it was stored.
    package var createdAt: Timestamp
    /// When its state last changed.
    package var updatedAt: Timestamp
    /// How far it got after the partner had taken it, which is no state; `nil` where no source tells.
    package var arrival: Arrival?
    /// Who gets it, such as `phone:919812345670`; `nil` where that was not kept, and for what could not be built.
    package var recipient: String?

    package init(
        id: MessageID,
        event: EventID,
        source: String,
        rule: String,
        account: String,
        request: RenderedRequest?,
        state: MessageState,
        reason: String,
        dueAt: Timestamp?,
        expiresAt: Timestamp?,
        onUncertain: OnUncertain,
        attempts: Int,
        partnerID: String?,
        createdAt: Timestamp,
        updatedAt: Timestamp,
        arrival: Arrival? = nil
    ) {
        self.id = id
        self.event = event
        self.source = source
        self.rule = rule
        self.account = account
        self.request = request
        self.state = state
        self.reason = reason
        self.dueAt = dueAt
        self.expiresAt = expiresAt
        self.onUncertain = onUncertain
        self.attempts = attempts
        self.partnerID = partnerID
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.arrival = arrival
    }
}

/// A message with its whole story.
package struct MessageDetail: Hashable, Sendable {
    /// The message as it stands.
    package let message: Message
    /// The tries, the first one first.
    package let attempts: [Attempt]
    /// Every change of its state, the first one first.
    package let timeline: [TimelineEntry]
    /// The events that it tells together; `nil` for a message of one event.
    package let digest: DigestDetail?
    /// The job that made it of an event of the past; `nil` when it was made as its event came.
    package let replay: JobID?
    /// The message of a later replay that tells what it was to tell; `nil` for none.
    package let successor: MessageID?

    package init(
        message: Message,
        attempts: [Attempt],
        timeline: [TimelineEntry],
        digest: DigestDetail? = nil,
        replay: JobID? = nil,
        successor: MessageID? = nil
    ) {
        self.message = message
        self.attempts = attempts
        self.timeline = timeline
        self.digest = digest
        self.replay = replay
        self.successor = successor
    }
}
