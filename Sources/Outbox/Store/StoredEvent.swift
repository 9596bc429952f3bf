// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages

/// An event in a list.
package struct EventSummary: Hashable, Sendable {
    /// Our own id.
    package let id: EventID
    /// The name of the source.
    package let source: String
    /// What happened, in the sender's words.
    package let type: String
    /// The sender's id of the event.
    package let senderID: String?
    /// When it happened, in the sender's word.
    package let time: Timestamp
    /// When it reached us.
    package let receivedAt: Timestamp
    /// The label of the secret that had signed it.
    package let secretLabel: String?
    /// What became of it.
    package let disposition: Disposition
    /// How many times it was delivered again.
    package let duplicates: Int
    /// When it was last delivered again.
    package let lastDuplicateAt: Timestamp?
    /// How many messages it caused.
    package let messages: Int
    /// What it called off of earlier events, in a list; `nil` when no `cancel_when` was about it.
    package var calledOff: CallOffReport?

    package init(
        id: EventID,
        source: String,
        type: String,
        senderID: String?,
        time: Timestamp,
        receivedAt: Timestamp,
        secretLabel: String?,
        disposition: Disposition,
        duplicates: Int,
        lastDuplicateAt: Timestamp?,
        messages: Int
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.senderID = senderID
        self.time = time
        self.receivedAt = receivedAt
        self.secretLabel = secretLabel
        self.disposition = disposition
        self.duplicates = duplicates
        self.lastDuplicateAt = lastDuplicateAt
        self.messages = messages
    }
}

/// An event with all that is kept of it.
package struct StoredEvent: Hashable, Sendable {
    /// The event as it was accepted, with headers and body.
    package let event: NewEvent
    /// How many times it was delivered again.
    package let duplicates: Int
    /// When it was last delivered again.
    package let lastDuplicateAt: Timestamp?
    /// How its look-up fares; `nil` when none is needed.
    package let lookUp: LookUpRecord?
    /// Its messages, in the order of the rules; failures come last.
    package let messages: [Message]
    /// What it called off of earlier events; `nil` when no `cancel_when` was about it.
    package let calledOff: CallOffReport?
    /// Whether headers and body are kept still; without them ``event`` has none.
    package let hasBody: Bool

    package init(
        event: NewEvent,
        duplicates: Int,
        lastDuplicateAt: Timestamp?,
        lookUp: LookUpRecord?,
        messages: [Message],
        calledOff: CallOffReport? = nil,
        hasBody: Bool = true
    ) {
        self.hasBody = hasBody
        self.event = event
        self.duplicates = duplicates
        self.lastDuplicateAt = lastDuplicateAt
        self.lookUp = lookUp
        self.messages = messages
        self.calledOff = calledOff
    }
}
