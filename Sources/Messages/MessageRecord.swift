// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Everything that is stored of one message, and the law of what may become of it.
///
/// A store reads a record, asks it, and writes the record back together with the entries of its timeline that the
/// record returned: it decides nothing itself. The questions stand beside their values: ``claim(until:at:)`` in
/// Claim.swift, ``settle(_:)`` in Settlement.swift, ``decide(_:by:at:)`` in Decision.swift, ``callOff(by:at:)`` in
/// Cancellation.swift, those of digests in DigestLaw.swift.
package struct MessageRecord: Hashable, Sendable {
    /// What people and programs see of it.
    package var message: Message
    /// From when its age counts: when it was first due, or when a person retried it.
    package var agesFrom: Timestamp
    /// How many times it was claimed.
    package var claims: Int
    /// When it was claimed last.
    package var claimedAt: Timestamp?
    /// When its lease runs out; set exactly while it is `sending`.
    package var leaseEnds: Timestamp?
    /// How many entries its timeline has.
    package var timelineLength: Int
    /// Who gets it, such as `phone:919812345670`; `nil` where that was not kept, and for what could not be built.
    package var recipient: String? {
        get { message.recipient }
        set { message.recipient = newValue }
    }
    /// What stands between its claims and its send; `nil` for nothing.
    package var gates: SendGates?
    /// By which a later event may call it off; `nil` where none may.
    package var key: String?
    /// What it tells once; `nil` when it may be told any number of times.
    package var onceKey: String?
    /// The event that called it off when it was too late to be cancelled; `nil` when none did.
    package var calledOffBy: String?
    /// What it is for; `nil` where that is not known.
    package var category: MessageCategory?
    /// What was kept with it, for it to leave as when the partner does not take it as it is; `nil` for nothing.
    package var alternative: Alternative.Form?
    /// A person had it sent although its recipient had opted out: opt-outs up to then do not hold it; `nil` for nothing.
    package var overridesUntil: Timestamp?
    /// What of it the store could not read, so that it cannot leave; `nil` of every sound one.
    package var damage: String?
    /// The events that it tells together; `nil` for a message of one event.
    package var digest: Digest?
    /// How far it got after the partner had taken it; `nil` where no source tells.
    package var arrival: Arrival? {
        get { message.arrival }
        set { message.arrival = newValue }
    }

    package init(
        message: Message,
        agesFrom: Timestamp,
        claims: Int,
        claimedAt: Timestamp?,
        leaseEnds: Timestamp?,
        timelineLength: Int,
        recipient: String? = nil,
        gates: SendGates? = nil,
        key: String? = nil,
        onceKey: String? = nil,
        calledOffBy: String? = nil,
        category: MessageCategory? = nil,
        alternative: Alternative.Form? = nil,
        digest: Digest? = nil
    ) {
        self.message = message
        self.agesFrom = agesFrom
        self.claims = claims
        self.claimedAt = claimedAt
        self.leaseEnds = leaseEnds
        self.timelineLength = timelineLength
        if let recipient { self.recipient = recipient }
        self.gates = gates
        self.key = key
        self.onceKey = onceKey
        self.calledOffBy = calledOffBy
        self.category = category
        self.alternative = alternative
        self.digest = digest
    }

    /// A message as it begins.
    ///
    /// - Parameters:
    ///   - new: What a rule built.
    ///   - event: The event that caused it, and the event's source.
    ///   - beginning: Where it begins.
    ///   - now: The time now.
    package init(_ new: NewMessage, of event: (id: EventID, source: String), _ beginning: Beginning, at now: Timestamp)
    {
        let message = Message(
            id: new.id,
            event: event.id,
            source: event.source,
            rule: new.rule,
            account: new.account,
            request: new.request,
            state: beginning.state,
            reason: beginning.reason,
            dueAt: beginning.state.isWaiting ? beginning.due : nil,
            expiresAt: new.terms.expiresAt,
            onUncertain: new.terms.onUncertain,
            attempts: 0,
            partnerID: nil,
            createdAt: now,
            updatedAt: now
        )
        self.init(fresh: message, agesFrom: beginning.due)
        recipient = Fact.name(of: new.recipient)
        gates = new.terms.gates
        // What only 'when_changed' goes by is looked for by the same word; no event calls it off.
        (key, onceKey) = (new.terms.key ?? new.terms.change?.key, new.terms.once?.key)
        (category, alternative) = (new.category, new.alternative?.form)
    }

    /// A message that could not be built: it begins as `failed`, and cannot be retried.
    ///
    /// - Parameters:
    ///   - failure: What a rule could not build.
    ///   - event: The event that caused it, and the event's source.
    ///   - now: The time now.
    package init(_ failure: FailedMessage, of event: (id: EventID, source: String), at now: Timestamp) {
        let message = Message(
            id: failure.id,
            event: event.id,
            source: event.source,
            rule: failure.rule,
            account: "",
            request: nil,
            state: .failed,
            reason: failure.reason,
            dueAt: nil,
            expiresAt: nil,
            onUncertain: .hold,
            attempts: 0,
            partnerID: nil,
            createdAt: now,
            updatedAt: now
        )
        self.init(fresh: message, agesFrom: now)
        recipient = failure.recipient.map(Fact.name)
    }

    init(fresh message: Message, agesFrom: Timestamp) {
        self.init(
            message: message,
            agesFrom: agesFrom,
            claims: 0,
            claimedAt: nil,
            leaseEnds: nil,
            timelineLength: 1
        )
    }

    /// The first entry of its timeline, of a message that has just begun.
    package var firstEntry: TimelineEntry {
        let (at, state) = (message.createdAt, message.state)
        return TimelineEntry(at: at, who: TimelineEntry.service, from: nil, to: state, why: message.reason)
    }

    /// The law of its states.
    package func machine() -> MessageStateMachine {
        MessageStateMachine(
            state: message.state,
            attempts: message.attempts,
            dueAt: message.dueAt,
            agesFrom: agesFrom,
            expiresAt: message.expiresAt,
            onUncertain: message.onUncertain,
            alternative: alternative
        )
    }

    /// Takes over what a machine went through.
    mutating func follow(
        _ machine: borrowing MessageStateMachine,
        by who: String = TimelineEntry.service,
        at now: Timestamp
    ) -> [TimelineEntry] {
        message.dueAt = machine.dueAt
        message.expiresAt = machine.expiresAt
        message.attempts = machine.attempts
        agesFrom = machine.agesFrom
        return append(machine.steps, by: who, at: now)
    }

    /// Takes over changes of state; the lease ends with `sending`.
    mutating func append(
        _ steps: [MessageStateMachine.Step],
        by who: String = TimelineEntry.service,
        at now: Timestamp
    ) -> [TimelineEntry] {
        timelineLength += steps.count
        if let last = steps.last {
            message.state = last.to
            message.reason = last.reason
        }
        if message.state != .sending { leaseEnds = nil }
        if !message.state.isWaiting { digest?.isOpen = false }
        message.updatedAt = now
        return steps.map { TimelineEntry($0, by: who, at: now) }
    }
}
