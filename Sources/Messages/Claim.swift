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
    /// How close together messages of a number to a recipient leave, where the store keeps that for all nodes; `nil` where
    /// whoever claims does.
    package let pair: PairLimit?
    /// The same of a number, whatever the recipient.
    package let number: PairLimit?

    package init(account: String, limit: Int, pair: PairLimit? = nil, number: PairLimit? = nil) {
        (self.account, self.limit, self.pair, self.number) = (account, limit, pair, number)
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
    /// What to send, as it leaves.
    package let request: RenderedRequest
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
    package let onUncertain: OnUncertain
    /// The departures by which limits count this claim; none for a message without limit.
    package let departures: [Fact]
    /// What it may leave as instead; `nil` for nothing.
    package let alternative: Alternative.Form?
    /// Who gets it, such as `phone:919812345670`; `nil` where that was not kept.
    package let recipient: String?
    /// What it is for; `nil` where nobody knows.
    package let category: MessageCategory?
    /// What it comes of in traces; `nil` where that is in none, or was not asked.
    package var origin: TraceOrigin?

    package init(
        id: MessageID,
        event: EventID,
        rule: String,
        account: String,
        request: RenderedRequest,
        claim: Int,
        claimedAt: Timestamp,
        leaseEnds: Timestamp,
        attempts: Int,
        agesFrom: Timestamp,
        expiresAt: Timestamp?,
        onUncertain: OnUncertain,
        departures: [Fact] = [],
        alternative: Alternative.Form? = nil,
        recipient: String? = nil,
        category: MessageCategory? = nil,
        origin: TraceOrigin? = nil
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
        self.departures = departures
        self.alternative = alternative
        self.recipient = recipient
        self.category = category
        self.origin = origin
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
            onUncertain: onUncertain,
            alternative: alternative
        )
    }
}

extension MessageRecord {
    /// A worker takes the message, whose due time has come.
    ///
    /// What has expired, has no request, cannot be read whole or is held by a gate is settled on the way; ``claimed`` is
    /// `nil` then. One that
    /// the gate held already that holds it now waits on without an entry of its timeline.
    ///
    /// - Parameters:
    ///   - leaseEnds: How long the claim holds.
    ///   - now: The time now.
    ///   - hold: What holds it (``hold(at:keys:departures:)``); `nil` when nothing does.
    /// - Returns: The new entries of its timeline.
    /// - Throws: When the message does not wait.
    package mutating func claim(
        until leaseEnds: Timestamp,
        at now: Timestamp,
        held hold: Hold? = nil
    ) throws(MessageStateMachine.IllegalTransition) -> [TimelineEntry] {
        if let hold { return try wait(for: hold, at: now) }
        var machine = machine()
        try machine.claim(at: now)
        if machine.state == .sending {
            claims += 1
            claimedAt = now
            self.leaseEnds = leaseEnds
            let why = damage ?? (message.request == nil ? "the store has no request of it" : nil)
            if let why { try machine.turnOutUnfit(why, at: now) }
        }
        return follow(machine, at: now)
    }

    /// A gate holds it: it spends nothing meanwhile, and its age is no older for it.
    ///
    /// A digest that was never tried is built anew when the gate opens.
    mutating func wait(
        for hold: Hold,
        at now: Timestamp
    ) throws(MessageStateMachine.IllegalTransition) -> [TimelineEntry] {
        var machine = machine()
        guard let until = hold.until else {
            try machine.suppress(because: hold.reason)
            return follow(machine, at: now)
        }
        let isHeldOn = message.state == .deferred && hold.isOfSameGate(as: message.reason)
        try machine.postpone(to: until, because: hold.reason)
        let entries = isHeldOn ? [] : follow(machine, at: now)
        message.dueAt = until
        if digest?.isBuilt == true, message.attempts == 0, !hold.gate.givesTurns { unbuild() }
        agesFrom = agesFrom.advanced(by: now.duration(to: until))
        return entries
    }

    /// What it waited for has happened: it is due at once, while it still waits so.
    ///
    /// - Parameters:
    ///   - reason: What happened.
    ///   - now: The time now.
    /// - Returns: The new entries of its timeline; none when it does not wait for anything of the kind.
    package mutating func hasten(because reason: String, at now: Timestamp) -> [TimelineEntry] {
        guard message.state == .deferred else { return [] }
        var machine = machine()
        guard (try? machine.postpone(to: now, because: reason)) != nil else { return [] }
        return follow(machine, at: now)
    }

    /// The message as a worker holds it; `nil` when it is not `sending` or has no request.
    package var claimed: ClaimedMessage? {
        guard let request = message.request, let claimedAt, let leaseEnds else { return nil }
        return ClaimedMessage(
            id: message.id,
            event: message.event,
            rule: message.rule,
            account: message.account,
            request: request,
            claim: claims,
            claimedAt: claimedAt,
            leaseEnds: leaseEnds,
            attempts: message.attempts,
            agesFrom: agesFrom,
            expiresAt: message.expiresAt,
            onUncertain: message.onUncertain,
            departures: departures,
            alternative: alternative,
            recipient: recipient,
            category: category
        )
    }
}

extension MessageRecord {
    /// What the message comes of in traces, as it was claimed last.
    ///
    /// Its send is a part of the trace in which its event was accepted when it is its first and follows at once; one that was
    /// put off, is tried again, tells of many events, or was made by a replay, is in a trace of its own.
    ///
    /// - Parameters:
    ///   - contexts: Where its events were accepted, the oldest first; none for events that are in no trace.
    ///   - leftOut: How many more there are.
    ///   - acceptedAt: When the first of them was accepted.
    /// - Returns: What it comes of; `nil` when that is in no trace.
    package func origin(_ contexts: [TraceContext], leftOut: Int = 0, acceptedAt: Timestamp) -> TraceOrigin? {
        guard !contexts.isEmpty, let claimedAt else { return nil }
        let isSoon = acceptedAt.duration(to: claimedAt) <= TraceOrigin.atOnce
        return TraceOrigin(contexts, leftOut: leftOut, isAtOnce: isSoon && claims == 1 && digest == nil)
    }
}

extension MessageStateMachine {
    fileprivate mutating func turnOutUnfit(_ why: String, at now: Timestamp) throws(IllegalTransition) {
        let detail = AttemptDetail(code: "unfit", reason: why)
        // A refusal is final: nothing is drawn.
        var generator = SystemRandomNumberGenerator()
        try attemptEnded(.refused(detail), at: now, policy: RetryPolicy(), using: &generator)
    }
}
