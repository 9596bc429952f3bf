// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// An event as it is kept, with what was made of it: what a look back begins with.
package struct ArchivedEvent: Hashable, Sendable {
    /// The event as it was accepted; its headers and its body are empty where ``hasBody`` is `false`.
    package let event: NewEvent
    /// Whether its body is still kept.
    package let hasBody: Bool
    /// What its rules would see without the look-up, as JSON; `nil` for an event that needed none.
    package let payload: [UInt8]?
    /// How its look-up fares; `nil` when none is needed.
    package let lookUp: LookUpRecord?
    /// Its messages, in the order in which they were stored.
    package let messages: [ArchivedMessage]

    package init(
        event: NewEvent,
        hasBody: Bool,
        payload: [UInt8]?,
        lookUp: LookUpRecord?,
        messages: [ArchivedMessage]
    ) {
        self.event = event
        self.hasBody = hasBody
        self.payload = payload
        self.lookUp = lookUp
        self.messages = messages
    }
}

/// A message as it is kept, with its story.
package struct ArchivedMessage: Hashable, Sendable {
    /// The message as it stands.
    package let message: Message
    /// From when its age counts.
    package let agesFrom: Timestamp
    /// Every change of its state, the first one first.
    package let timeline: [TimelineEntry]
    /// Who gets it, as in ``Fact/recipient``; `nil` where that was not kept.
    package let recipient: String?

    package init(message: Message, agesFrom: Timestamp, timeline: [TimelineEntry], recipient: String? = nil) {
        self.message = message
        self.agesFrom = agesFrom
        self.timeline = timeline
        self.recipient = recipient
    }

    /// What its rule alone had it do: what a person decided, and how the partner answered, is left out.
    package var fate: RuledFate {
        // A digest is built when it leaves.
        if message.request == nil, let failed = timeline.first(where: { $0.to == .failed }) {
            return .notBuilt(why: failed.why)
        }
        if message.request == nil, timeline.isEmpty { return .notBuilt(why: message.reason) }
        if let hold = timeline.first(where: isHold) { return .held(why: hold.why) }
        if timeline.isEmpty, message.state == .suppressed { return .held(why: message.reason) }
        return .leaves(leavingTime)
    }

    /// A rule keeps it: not a person, and not the time that its delivery took.
    private func isHold(_ entry: TimelineEntry) -> Bool {
        guard entry.who == TimelineEntry.service else { return false }
        switch entry.to {
        case .cancelled: return ![.queued, .sending, .retrying, .uncertain].contains(entry.from)
        case .suppressed:
            // What its recipient said is no rule.
            if entry.why.hasPrefix(SendGate.consent.words) { return false }
            return entry.from == nil || !entry.why.hasPrefix(MessageStateMachine.expiredWords)
        default: return false
        }
    }

    private var leavingTime: RuledFate.LeavingTime {
        switch timeline.first?.to {
        case nil, .suppressed: return .unknown
        case .scheduled, .deferred:
            // Its age begins anew when a person retries it, and later when a gate holds it.
            let isMoved = timeline.dropFirst().contains { entry in
                entry.to == .deferred || (entry.to == .queued && entry.who != TimelineEntry.service)
            }
            return isMoved ? .unknown : .at(agesFrom)
        default: return .atOnce
        }
    }

    /// Whether it was suppressed when it was stored because of what its recipient had said: what else might have kept it
    /// was not asked.
    package var beganUnwanted: Bool {
        guard let first = timeline.first, first.to == .suppressed else { return false }
        return first.why.hasPrefix(SendGate.consent.words)
    }

    /// The message that tells the same by `once_per` and has kept this one; `nil` when none has.
    package var holder: MessageID? {
        guard let reason = timeline.first?.why else { return nil }
        for words in [Beginning.holderWords, Beginning.olderHolderWords] {
            guard let start = reason.firstRange(of: words.before),
                let end = reason[start.upperBound...].firstRange(of: words.after)
            else { continue }
            return MessageID(rawValue: String(reason[start.upperBound..<end.lowerBound]))
        }
        return nil
    }

    /// Since when the value was known that is no other one, by `when_changed`; `nil` where that did not keep it.
    package var knownSince: Timestamp? {
        guard timeline.first?.to == .suppressed, let reason = timeline.first?.why, reason.contains(ChangeVerdict.words),
            let time = reason.ranges(of: ChangeVerdict.sinceWords).last
        else { return nil }
        return Timestamp(rfc3339: String(reason[time.upperBound...]))
    }
}

/// What the rules alone have a message do.
package enum RuledFate: Hashable, Sendable {
    /// It leaves; how long pacing, a limit and the partner hold it is not said.
    case leaves(LeavingTime)
    /// It does not leave: `once_per`, an expiry, a limit, shadow mode, or an event that called it off.
    case held(why: String)
    /// It could not be built.
    case notBuilt(why: String)

    /// When its rule lets it leave.
    package enum LeavingTime: Hashable, Sendable {
        /// When it is stored.
        case atOnce
        /// Not before then.
        case at(Timestamp)
        /// That was not kept.
        case unknown
    }
}
