// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import PartnerAPI

/// Which events of the past a person wants to go through the rules once more; what is left out does not restrict.
package struct ReplayScope: Hashable, Sendable {
    /// The events' ids; empty for all.
    package var events: [EventID]
    /// Not events that came before.
    package var since: Timestamp?
    /// Not events that came then or later.
    package var until: Timestamp?
    /// The source's name.
    package var source: String?
    /// The event's type.
    package var type: String?
    /// The rule's name: what other rules make of the events is left alone.
    package var rule: String?
    /// Only events with a message that has failed or could not be built.
    package var isFailedOnly: Bool
    /// Whether what was told is told again.
    package var again: Bool
    /// Whether expiries and delays count from now, and not from when the event came.
    package var isAsOfNow: Bool

    package init(
        events: [EventID] = [],
        since: Timestamp? = nil,
        until: Timestamp? = nil,
        source: String? = nil,
        type: String? = nil,
        rule: String? = nil,
        isFailedOnly: Bool = false,
        again: Bool = false,
        isAsOfNow: Bool = false
    ) {
        self.events = events
        self.since = since
        self.until = until
        self.source = source
        self.type = type
        self.rule = rule
        self.isFailedOnly = isFailedOnly
        self.again = again
        self.isAsOfNow = isAsOfNow
    }

    /// Whether it means every event that is kept.
    package var isUnbounded: Bool {
        events.isEmpty && since == nil && until == nil && source == nil && type == nil && rule == nil && !isFailedOnly
    }

    /// The same without what comes from a moment on, where it goes by filters: what is counted can then be begun, however
    /// busy a service is.
    ///
    /// - Parameter now: The moment.
    /// - Returns: The scope; one of ids as it is.
    package func bounded(by now: Timestamp) -> ReplayScope {
        guard events.isEmpty else { return self }
        var scope = self
        // What is told of a time has milliseconds: the next one, so that what came until now is in it when it is told back.
        let end = Timestamp(microseconds: (now.microseconds / 1_000 + 1) * 1_000)
        scope.until = min(until ?? end, end)
        return scope
    }

    /// Whether an event is meant.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - states: Where its messages stand.
    /// - Returns: Whether it is.
    package func takes(_ event: NewEvent, _ states: [MessageState]) -> Bool {
        (events.isEmpty || events.contains(event.id)) && source ?? event.source == event.source
            && type ?? event.type == event.type && event.receivedAt >= since ?? event.receivedAt
            && until.map { event.receivedAt < $0 } ?? true && (!isFailedOnly || states.contains(.failed))
    }

    /// The scope in words.
    package var words: String {
        var words = events.isEmpty ? [] : [events.count.counted("event") + " by id"]
        for (name, value) in [("source", source), ("type", type), ("rule", rule)] {
            if let value { words.append("\(name) \(value)") }
        }
        if let since { words.append("since \(since.rfc3339)") }
        if let until { words.append("until \(until.rfc3339)") }
        if isFailedOnly { words.append("with failed messages") }
        if words.isEmpty { words = ["all"] }
        if again { words.append("what was told again") }
        if isAsOfNow { words.append("as of now") }
        return words.joined(separator: ", ")
    }

    /// The scope as a store keeps it.
    package var json: JSON {
        [
            "events": .array(events.map { .string($0.rawValue) }), "since": since.json, "until": until.json,
            "source": source.json, "type": type.json, "rule": rule.json, "failed": .bool(isFailedOnly),
            "again": .bool(again), "as_of_now": .bool(isAsOfNow),
        ]
    }

    /// The scope from what ``json`` gave; `nil` for anything else.
    package init?(_ json: JSON) {
        guard let ids = json["events"]?.array?.compactMap(\.string), let failed = json["failed"]?.bool,
            let again = json["again"]?.bool, let isAsOfNow = json["as_of_now"]?.bool
        else { return nil }
        self.init(
            events: ids.map(EventID.init(rawValue:)),
            since: Timestamp(kept: json["since"]),
            until: Timestamp(kept: json["until"]),
            source: json["source"]?.string,
            type: json["type"]?.string,
            rule: json["rule"]?.string,
            isFailedOnly: failed,
            again: again,
            isAsOfNow: isAsOfNow
        )
    }
}

/// An event of the past with what the rules make of it now.
package struct ReplayedEvent: Sendable {
    /// The event.
    package let event: EventID
    /// Its place in the store's order.
    package let place: Int64
    /// What the rules make of it now; `nil` for an event that cannot be read any more.
    package let consequences: Consequences?
    /// The events that came after it and call off what it tells, by what that is remembered under.
    package let calledOff: [Fact: EventID]

    package init(_ event: EventID, at place: Int64, _ consequences: Consequences?, calledOff: [Fact: EventID] = [:]) {
        self.event = event
        self.place = place
        self.consequences = consequences
        self.calledOff = calledOff
    }
}

/// A message that an event had before it was replayed, as far as it matters to what is made of the event now.
package struct EarlierMessage: Hashable, Sendable {
    /// Its id.
    package let id: MessageID
    private let rule: String
    private let recipient: String?
    private let state: MessageState

    package init(_ message: Message, recipient: String? = nil) {
        id = message.id
        rule = message.rule
        self.recipient = recipient ?? message.request?.message.map { Fact.name(of: $0.recipient) }
        state = message.state
    }

    /// Whether it told the same rule's word to the same recipient, or may have, or is about to.
    ///
    /// What waits, or is on its way, is never told beside; what was told only when that is wanted.
    ///
    /// - Parameters:
    ///   - message: What the rule makes of the event now.
    ///   - again: Whether what was told is told again.
    /// - Returns: Whether the new message is not to be sent.
    package func stands(inWayOf message: NewMessage, again: Bool) -> Bool {
        guard rule == message.rule, recipient == Fact.name(of: message.recipient) else { return false }
        switch state {
        case .failed, .suppressed: return false
        case .accepted, .uncertain, .cancelled: return !again
        case .scheduled, .queued, .sending, .retrying, .deferred: return true
        }
    }

    /// Whether it gives what it tells once to a message of the same event: it never reached anybody, or that is wanted.
    package func givesWay(again: Bool) -> Bool { again || state == .failed || state == .suppressed }

    /// Whether it reached its recipient, or may have.
    package var isTold: Bool { state == .accepted || state == .uncertain }

    /// Whether it went to the recipient of another rule's message.
    package func goesWhere(_ message: NewMessage) -> Bool { recipient == Fact.name(of: message.recipient) }

    /// The rule that made it.
    package var ruleName: String { rule }
}
