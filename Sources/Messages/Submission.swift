// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// What an event comes to by the rules.
package struct Consequences: Sendable {
    /// Whether a rule matched.
    package let disposition: Disposition
    /// The messages that can be sent or recorded, in the order of the rules.
    package let messages: [NewMessage]
    /// The digests that it goes into.
    package let digests: DigestItems
    /// The messages that could not be built.
    package let failures: [FailedMessage]
    /// What it does beside its messages, before these begin.
    package let sideEffects: SideEffects

    package init(
        disposition: Disposition,
        messages: [NewMessage],
        digests: DigestItems = .none,
        failures: [FailedMessage],
        sideEffects: SideEffects = .none
    ) {
        self.disposition = disposition
        self.messages = messages
        self.digests = digests
        self.failures = failures
        self.sideEffects = sideEffects
    }
}

/// One event with all it caused: what the store takes in one transaction, wholly or not at all.
package struct Submission: Sendable {
    /// The event.
    package var event: NewEvent
    /// The messages that the rules built for it, in the order of the rules.
    package let messages: [NewMessage]
    /// The digests that it goes into.
    package let digests: DigestItems
    /// The messages that rules could not build.
    package let failures: [FailedMessage]
    /// What it does beside its messages, before these begin.
    package let sideEffects: SideEffects
    /// By what a repeated delivery of the same event is recognised; `nil` where the source gives nothing to go by.
    package let dedupe: Dedupe?
    /// What the rules will see once the event was looked up, as JSON; `nil` for an event that was evaluated.
    package let pendingPayload: [UInt8]?

    /// The key of an event among those of its source.
    package struct Dedupe: Hashable, Sendable {
        /// How long senders are known to repeat themselves at most: 30 days.
        package static let defaultWindow: Duration = .seconds(30 * 86_400)

        /// The sender's id of the event, or a digest of its body.
        package let key: String
        /// How long the key is remembered, from the event's arrival.
        package let window: Duration

        package init(key: String, window: Duration = defaultWindow) {
            self.key = key
            self.window = window
        }
    }

    package init(
        event: NewEvent,
        messages: [NewMessage] = [],
        digests: DigestItems = .none,
        failures: [FailedMessage] = [],
        sideEffects: SideEffects = .none,
        dedupe: Dedupe? = nil,
        pendingPayload: [UInt8]? = nil
    ) {
        self.event = event
        self.messages = messages
        self.digests = digests
        self.failures = failures
        self.sideEffects = sideEffects
        self.dedupe = dedupe
        self.pendingPayload = pendingPayload
    }
}

/// What the store answers to a submission; all of it is on disk by then.
package struct Receipt: Hashable, Sendable {
    /// The event's id; for a duplicate that of the event that came first.
    package let event: EventID
    /// Whether the event had been accepted before; nothing of this submission was stored then.
    package let isDuplicate: Bool
    /// The event's messages as they began, in the order of the rules, then the digests that it went into; failures come
    /// last.
    ///
    /// For a duplicate, as they stand.
    package let messages: [Entry]
    /// What it called off of earlier events; `nil` when no `cancel_when` is about it, and for a duplicate.
    package let calledOff: CallOffReport?
    /// What became of each of its reports (``SideEffects/reports``); nothing for a duplicate.
    package let reports: [DeliveryReport.Result]
    /// What became of what it told for the ledger of consent; `nil` when it told nothing, and for a duplicate.
    package let consent: ConsentReceipt?

    /// One message of the event.
    package struct Entry: Hashable, Sendable {
        /// The message's id.
        package let id: MessageID
        /// The rule that built it.
        package let rule: String
        /// Where it stands.
        package let state: MessageState
        /// What kept it from leaving when it began; `nil` when nothing did, and for a duplicate.
        package let obstacle: Beginning.Obstacle?

        package init(id: MessageID, rule: String, state: MessageState, obstacle: Beginning.Obstacle? = nil) {
            self.id = id
            self.rule = rule
            self.state = state
            self.obstacle = obstacle
        }

        /// The line of a message as it stands.
        package init(_ message: Message, obstacle: Beginning.Obstacle? = nil) {
            self.init(id: message.id, rule: message.rule, state: message.state, obstacle: obstacle)
        }
    }

    package init(
        event: EventID,
        isDuplicate: Bool,
        messages: [Entry],
        calledOff: CallOffReport? = nil,
        reports: [DeliveryReport.Result] = [],
        consent: ConsentReceipt? = nil
    ) {
        self.event = event
        self.isDuplicate = isDuplicate
        self.messages = messages
        self.calledOff = calledOff
        self.reports = reports
        self.consent = consent
    }
}
