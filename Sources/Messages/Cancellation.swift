// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// What an event does beside the messages that it makes: it is carried out in the transaction that accepts the event,
/// before those messages begin.
package struct SideEffects: Hashable, Sendable {
    /// The messages that it calls off, in the order of the rules.
    package let cancellations: [Cancellation]
    /// The rules whose `cancel_when` it is, and for which it has no key, in the order of the rules.
    package let keyless: [KeylessCancellation]
    /// The values that rules look at, in the order of the rules and of their elements.
    package let changes: [Change]
    /// What it says became of messages.
    package var reports: [DeliveryReport]
    /// What recipients told us by it.
    package var heard: [Heard]
    /// What a STOP among that is about.
    package var stopScope: ConsentScope

    /// Nothing, as of most events.
    package static let none = SideEffects()

    package init(
        cancellations: [Cancellation] = [],
        keyless: [KeylessCancellation] = [],
        changes: [Change] = [],
        reports: [DeliveryReport] = [],
        heard: [Heard] = [],
        stopScope: ConsentScope = .allButAuthentication
    ) {
        self.cancellations = cancellations
        self.keyless = keyless
        self.changes = changes
        self.reports = reports
        self.heard = heard
        self.stopScope = stopScope
    }

    /// Whether there is nothing to do.
    package var isEmpty: Bool {
        cancellations.isEmpty && keyless.isEmpty && changes.isEmpty && reports.isEmpty && heard.isEmpty
    }
}

/// An event calls off what one rule has made under one key: `cancel_when`.
///
/// It concerns all recipients, and the messages whose events were accepted before it. Senders do not keep to an order,
/// so it also holds for a while against messages that come after it.
package struct Cancellation: Hashable, Sendable {
    /// How long it holds beyond the rule's `delay`.
    static let margin: Duration = .seconds(3_600)
    /// How long it holds at most, and where the `delay` is a time that each message has of its own.
    package static let longestReach: Duration = .seconds(7 * 86_400)

    /// The rule whose messages are meant.
    package let rule: String
    /// The `key` that they have, as exact text.
    package let key: String
    /// How long it holds against messages that come after it; `nil` for not at all.
    package let reach: Duration?
    /// Whether the rule collects events into digests, which it then concerns.
    package let collects: Bool

    /// The cancellation by an event.
    ///
    /// - Parameters:
    ///   - rule: The rule whose messages are meant.
    ///   - key: The key that they have.
    ///   - delay: How long the rule has its messages wait; `nil` where each has a time of its own.
    ///   - isOwn: Whether the event makes messages of the rule itself: it takes the place of those before it then, and
    ///     calls off none that come after it.
    ///   - collects: Whether the rule collects events into digests.
    package init(rule: String, key: String, delay: Duration?, isOwn: Bool = false, collects: Bool = false) {
        self.collects = collects
        self.rule = rule
        self.key = key
        let reach = min(delay.map { $0 + Self.margin } ?? Self.longestReach, Self.longestReach)
        self.reach = isOwn ? nil : reach
    }

    /// Under which it is remembered.
    package var fact: Fact { Fact(kind: .calledOff, rule: rule, key: key) }

    /// The last time at which a message may have been stored that came after the event and is concerned all the same.
    ///
    /// - Parameter event: The event, which may have been accepted long before it is evaluated.
    /// - Returns: That time.
    package func lastConcerned(by event: CallingEvent) -> Timestamp {
        event.receivedAt.advanced(by: reach ?? .zero)
    }

    /// What is remembered of it, for messages that come after it.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys.
    ///   - other: What is remembered of another one.
    /// - Returns: The one of both that holds longer; `nil` when there is none.
    package func early(
        by event: CallingEvent,
        at now: Timestamp,
        keys: Timestamp,
        over other: EarlyCancellation? = nil
    ) -> EarlyCancellation? {
        guard let reach, event.receivedAt.advanced(by: reach) > now else { return other }
        let until = keys.advanced(by: reach - event.receivedAt.duration(to: now))
        if let other, other.until >= until { return other }
        return EarlyCancellation(event.id, until: until)
    }
}

/// The event that calls messages off.
package struct CallingEvent: Hashable, Sendable {
    /// Its id.
    package let id: EventID
    /// What happened, in the sender's words; may be empty.
    package let type: String
    /// When it was accepted.
    package let receivedAt: Timestamp

    package init(id: EventID, type: String, receivedAt: Timestamp) {
        self.id = id
        self.type = NumberHiding.hide(in: type)
        self.receivedAt = receivedAt
    }

    /// The event as it was accepted.
    package init(_ event: NewEvent) {
        self.init(id: event.id, type: event.type, receivedAt: event.receivedAt)
    }

    /// The event as the timeline of a message names it.
    package var name: String { type.isEmpty ? "\(id)" : "\(id) (\(type))" }
}

/// The event that called messages off before they came, and until when that holds.
package typealias EarlyCancellation = Held<EventID>

extension EarlyCancellation {
    /// An event that came after one that is replayed, and before what is made of that now.
    package static func replayed(_ event: EventID, at keys: Timestamp) -> EarlyCancellation {
        EarlyCancellation(event, until: keys.advanced(by: .seconds(1)))
    }
}

/// What a cancellation does to a message: the table of `cancel_when`.
package enum CallOff: Hashable, Sendable {
    /// It waited, and does not leave any more.
    case cancelled
    /// It is being sent: it will not be sent again, and whether this one arrives, its answer tells.
    case leaving
    /// The partner has it, or may have.
    case tooLate

    /// What a cancellation does to a message in a state; `nil` where it has left for good or never will.
    package init?(_ state: MessageState) {
        switch state {
        case .scheduled, .queued, .retrying, .deferred: self = .cancelled
        case .sending: self = .leaving
        case .accepted, .uncertain: self = .tooLate
        case .failed, .cancelled, .suppressed: return nil
        }
    }
}

/// How many messages an event called off.
package struct CallOffCount: Hashable, Sendable {
    /// They waited, and do not leave.
    package private(set) var cancelled: Int
    /// They were just being sent.
    package private(set) var leaving: Int
    /// The partner had them, or may have had.
    package private(set) var tooLate: Int

    package init(cancelled: Int = 0, leaving: Int = 0, tooLate: Int = 0) {
        self.cancelled = cancelled
        self.leaving = leaving
        self.tooLate = tooLate
    }

    /// The counts from what ``json`` gave; `nil` for anything else.
    package init?(_ json: JSON) {
        guard let cancelled = json["cancelled"]?.number?.int, let leaving = json["leaving"]?.number?.int,
            let tooLate = json["too_late"]?.number?.int
        else { return nil }
        self.init(cancelled: cancelled, leaving: leaving, tooLate: tooLate)
    }

    /// The counts as programs are told.
    package var json: JSON {
        [
            "cancelled": .number(JSONNumber(cancelled)), "leaving": .number(JSONNumber(leaving)),
            "too_late": .number(JSONNumber(tooLate)),
        ]
    }

    /// The counts as people are told.
    package var sentence: String {
        "\(cancelled.counted("message")), \(leaving) while it was leaving, \(tooLate) too late"
    }

    /// Adds the counts of one key to those of others.
    package static func += (left: inout CallOffCount, right: CallOffCount) {
        left.cancelled += right.cancelled
        left.leaving += right.leaving
        left.tooLate += right.tooLate
    }

    /// Counts what became of a message, or of several; `nil` is not counted.
    package mutating func add(_ effect: CallOff?, times: Int = 1) {
        switch effect {
        case .cancelled: cancelled += times
        case .leaving: leaving += times
        case .tooLate: tooLate += times
        case nil: break
        }
    }
}

extension MessageRecord {
    /// An event calls the message off.
    ///
    /// - Parameters:
    ///   - event: Which event.
    ///   - now: The time now.
    /// - Returns: What that did, and the new entries of its timeline.
    package mutating func callOff(by event: CallingEvent, at now: Timestamp) -> (CallOff?, [TimelineEntry]) {
        guard let effect = CallOff(message.state) else { return (nil, []) }
        let note: String
        switch effect {
        case .cancelled: return (effect, cancelled(by: event, at: now))
        case .leaving: note = "called off by \(event.name) while it is leaving"
        case .tooLate:
            guard message.state == .uncertain else { return (effect, []) }
            note = "called off by \(event.name), and nobody knows whether the partner took it"
        }
        guard calledOffBy == nil else { return (effect, []) }
        calledOffBy = event.name
        let step = MessageStateMachine.Step(from: message.state, to: message.state, reason: note)
        return (effect, append([step], at: now))
    }

    private mutating func cancelled(by event: CallingEvent, at now: Timestamp) -> [TimelineEntry] {
        var machine = machine()
        do throws(MessageStateMachine.IllegalTransition) {
            try machine.cancel(because: "called off by \(event.name)")
        } catch {
            preconditionFailure("what waits can be cancelled: \(error)")
        }
        return follow(machine, at: now)
    }
}

extension Settlement {
    /// The steps of a message that was called off while it was leaving: it is never sent again by itself.
    ///
    /// - Parameter event: What called it off.
    /// - Returns: Accepted and failed stay; what would be tried again is cancelled; what is uncertain waits for a person.
    func steps(calledOffBy event: String) -> [MessageStateMachine.Step] {
        guard let last = steps.last else { return [] }
        if let doubt = steps.firstIndex(where: { $0.to == .uncertain }) {
            let reason = "\(steps[doubt].reason); called off by \(event), so it is not sent again by itself"
            return steps[..<doubt] + [.init(from: steps[doubt].from, to: .uncertain, reason: reason)]
        }
        let stays = !state.isWaiting
        let reason =
            stays
            ? "\(last.reason); called off while it was leaving, by \(event)" : "\(last.reason); called off by \(event)"
        return steps.dropLast() + [.init(from: last.from, to: stays ? state : .cancelled, reason: reason)]
    }
}
