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

/// When secrets had signed events of a source.
package struct SecretUses: Hashable, Sendable {
    /// The use of one secret.
    package struct Use: Hashable, Sendable {
        /// The first event that was looked at and that it had signed.
        package var first: Timestamp
        /// The last one.
        package var last: Timestamp
        /// How many there were.
        package var events: Int

        package init(first: Timestamp, last: Timestamp, events: Int) {
            (self.first, self.last, self.events) = (first, last, events)
        }
    }

    /// By the secret's label; one that had signed none of them is not there.
    package var byLabel: [String: Use] = [:]
    /// How many events were looked at.
    package var looked = 0
    /// Whether these are all that are kept of the source.
    package var isWhole = false

    package init() {}

    /// Counts an event.
    mutating func add(_ label: String?, at time: Timestamp) {
        looked += 1
        guard let label else { return }
        let use = byLabel[label]
        byLabel[label] = Use(
            first: min(use?.first ?? time, time),
            last: max(use?.last ?? time, time),
            events: (use?.events ?? 0) + 1
        )
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
    ///
    /// These are the first ones where fewer were asked for.
    package let messages: [Message]
    /// How many messages it caused or joined, also those that were not asked for.
    package let messageCount: Int
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
        messageCount: Int? = nil,
        calledOff: CallOffReport? = nil,
        hasBody: Bool = true
    ) {
        self.messageCount = max(messageCount ?? 0, messages.count)
        self.hasBody = hasBody
        self.event = event
        self.duplicates = duplicates
        self.lastDuplicateAt = lastDuplicateAt
        self.lookUp = lookUp
        self.messages = messages
        self.calledOff = calledOff
    }
}
