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
    /// The departures that are taken back, since the claim is known not to have reached anybody.
    package let takesBack: [Fact]
    /// Whether the message leaves as its rule's `otherwise` from then on.
    package let takesOtherwise: Bool
    /// What has to happen before the message may leave, for a store to find it by; `nil` where time alone decides.
    package let waitsFor: String?
    /// Where its event was accepted, in a trace; `nil` when that is in none, or was not asked.
    package let trace: TraceContext?

    /// The settlement of what a machine went through.
    ///
    /// An attempt that does not count (``Outcome/counts``) is not kept.
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
        self.attempt = attempt.flatMap { $0.outcome.counts ? $0 : nil }
        steps = machine.steps
        state = machine.state
        dueAt = machine.dueAt
        attempts = machine.attempts
        self.at = at
        takesOtherwise = machine.takesOtherwise
        waitsFor = machine.waitsFor
        trace = claimed.origin?.contexts.first
        let mayHaveArrived = machine.steps.contains { $0.to == .accepted || $0.to == .uncertain }
        takesBack = mayHaveArrived ? [] : claimed.departures
    }

    /// What it adds to the timeline of a message that is as its claim left it: `sending`, by that claim.
    ///
    /// For such a message, unless it was called off, the settlement's own values are the law's whole answer
    /// (``MessageRecord/settle(_:otherwise:)``) where it is not to become another, so a store may write them without reading the row, where the row itself says that
    /// it is one.
    package var entries: [TimelineEntry] { steps.map { TimelineEntry($0, at: at) } }

    /// The partner's id, when the partner took the message.
    package var partnerID: String? {
        if case .accepted(let partnerID, _) = attempt?.outcome { partnerID } else { nil }
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

extension MessageRecord {
    /// Takes over how its claim ended, while that is the last claim and still runs.
    ///
    /// One that was called off meanwhile is not sent again. After the lease has run out the news that the partner took the
    /// message is still worth having: whoever would send it again must not. Once it has been claimed anew, it is too late
    /// for that.
    ///
    /// - Parameters:
    ///   - settlement: How the claim ended.
    ///   - alternative: What was kept for it to leave as; asked for only where the settlement says so.
    /// - Returns: What it did, with the new entries of the timeline; none when it was ignored, and its attempt is not
    ///   kept then either.
    package mutating func settle(
        _ settlement: Settlement,
        otherwise alternative: Alternative? = nil
    ) -> (result: SettlementResult, entries: [TimelineEntry]) {
        guard settlement.claim == claims else { return (.ignored(message.state), []) }
        guard message.state != .sending else {
            let steps = calledOffBy.map(settlement.steps(calledOffBy:)) ?? settlement.steps
            message.dueAt = steps.last?.to.isWaiting == true ? settlement.dueAt : nil
            message.attempts = settlement.attempts
            message.partnerID = settlement.partnerID ?? message.partnerID
            let entries = append(steps, at: settlement.at)
            if settlement.takesOtherwise, message.state.isWaiting { become(alternative) }
            return (.settled, entries)
        }
        var machine = machine()
        guard let partnerID = settlement.partnerID, (try? machine.acceptedLate()) != nil else {
            return (.ignored(message.state), [])
        }
        message.partnerID = partnerID
        return (.acceptedLate, follow(machine, at: settlement.at))
    }
}
