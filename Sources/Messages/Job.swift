// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The id of a job, such as `job_01KAJ3…`; it sorts by the time the job was begun.
package struct JobID: Hashable, Sendable, CustomStringConvertible {
    /// The id's text.
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes a new id.
    package init(at time: Timestamp) {
        rawValue = SortableID.make("job_", at: time)
    }

    package var description: String { rawValue }
}

/// What a person wants done with many messages or events at once.
package struct JobOrder: Hashable, Sendable {
    /// So many messages a second go into the queue unless said otherwise.
    package static let defaultRate = 10

    /// What is done, with what.
    package enum Work: Hashable, Sendable {
        /// A decision about messages.
        case decide(Decision, MessageSelection)
        /// Events go through the rules as they are now.
        case replay(ReplayScope, why: String?)
    }

    /// What is done, with what.
    package let work: Work
    /// Who wants it.
    package let who: String
    /// By what a repeated order is recognised; `nil` makes a job each time.
    package let key: String?
    /// How many messages a second are put into the queue at most; at least 1.
    ///
    /// What sends nothing goes as fast as it can.
    package let rate: Int

    package init(_ work: Work, by who: String, key: String? = nil, rate: Int = JobOrder.defaultRate) {
        self.work = work
        self.who = who
        self.key = key
        self.rate = max(1, rate)
    }

    package init(
        _ decision: Decision,
        _ selection: MessageSelection,
        by who: String,
        key: String? = nil,
        rate: Int = JobOrder.defaultRate
    ) {
        self.init(.decide(decision, selection), by: who, key: key, rate: rate)
    }

    /// Its word for programs: what is done.
    package var action: String {
        switch work {
        case .decide(let decision, _): decision.kind.rawValue
        case .replay: "replay"
        }
    }

    /// Why, in the person's words; `nil` when nothing was said.
    package var why: String? {
        switch work {
        case .decide(let decision, _): decision.why
        case .replay(_, let why): why
        }
    }

    /// With what, in words.
    package var words: String {
        switch work {
        case .decide(_, let selection): selection.words
        case .replay(let scope, _): scope.words
        }
    }

    /// The events that it replays; `nil` for a decision about messages.
    package var replay: ReplayScope? {
        if case .replay(let scope, _) = work { scope } else { nil }
    }

    /// Whether it puts messages into the queue, so that it has to keep behind live traffic.
    package var sends: Bool {
        switch work {
        case .decide(let decision, _): decision.kind == .retry || decision.kind == .release
        case .replay: true
        }
    }

    /// Whether another order under the same key asks for the same.
    package func asksForTheSame(as other: JobOrder) -> Bool {
        switch (work, other.work) {
        case (.decide(let one, let selection), .decide(let two, let selected)):
            one.kind == two.kind && selection == selected
        case (.replay(let one, _), .replay(let two, _)): one == two
        default: false
        }
    }

    /// The order as a store keeps it, but for its key.
    package var json: JSON {
        let scope =
            switch work {
            case .decide(_, let selection): selection.json
            case .replay(let scope, _): scope.json
            }
        return [
            "action": .string(action), "why": why.json, "scope": scope, "who": .string(who),
            "rate": .number(JSONNumber(rate)),
        ]
    }

    /// The order from what ``json`` gave; `nil` for anything else.
    package init?(_ json: JSON, key: String?) {
        guard let action = json["action"]?.string, let scope = json["scope"], let who = json["who"]?.string,
            let rate = json["rate"]?.number?.int
        else { return nil }
        let why = json["why"]?.string
        if action == "replay" {
            guard let scope = ReplayScope(scope) else { return nil }
            self.init(.replay(scope, why: why), by: who, key: key, rate: rate)
            return
        }
        guard let kind = Decision.Kind(rawValue: action), let selection = MessageSelection(scope) else { return nil }
        self.init(Decision(kind, why: why), selection, by: who, key: key, rate: rate)
    }
}

/// Where a job stands; the raw value is its word for programs.
package enum JobState: String, CaseIterable, Hashable, Sendable {
    case running
    case paused
    case done
    case cancelled
}

/// What a person can do about a job that runs.
package enum JobChange: String, CaseIterable, Hashable, Sendable {
    case pause
    case resume
    case cancel
}

/// Many messages that one decision is about, or events that are replayed: a few at a time, each few in one transaction
/// with the job's own place.
///
/// What it is about is fixed when it begins: no message that is stored later, and none that fails or becomes uncertain
/// later. A step that was committed is done, whoever dies; one that was not is made anew from the same place.
package struct Job: Hashable, Sendable {
    /// What becomes of a message that a job is about; the raw value is its word for programs.
    package enum Result: String, CaseIterable, Hashable, Sendable {
        /// The decision was carried out.
        case done
        /// The law did not allow it any more.
        case refused
        /// Of a replay: an event was gone through; what came of it follows.
        case events
        /// Of a replay: a message was made that waits to be sent.
        case made
        /// Of a replay: a message would tell what was told, or is about to be.
        case told
        /// Of a replay: a message was made that does not leave, such as for `once_per`, an expiry or an opt-out.
        case held
        /// Of a replay: a rule could not build its message this time either.
        case notBuilt = "not_built"
        /// Of a replay: an event cannot be read any more, or its look-up is missing.
        case omitted
    }

    /// Its id.
    package let id: JobID
    /// What a person wants.
    package let order: JobOrder
    /// When it was begun.
    package let createdAt: Timestamp
    /// How many messages, or of a replay events, it was about when it began.
    package let total: Int
    /// The last place in the store's order that it is about.
    package let bound: Int64
    /// Where it stands.
    package internal(set) var state: JobState
    /// The last place that it is done with.
    package internal(set) var place: Int64
    /// How many messages came to what.
    package internal(set) var tally: [Result: Int]
    /// Why the last message was refused, or why it waits; `nil` when there is nothing to say.
    package internal(set) var note: String?
    /// When it may go on.
    package internal(set) var nextAt: Timestamp
    /// When it was touched last.
    package internal(set) var updatedAt: Timestamp

    /// A job as it begins.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - order: What a person wants.
    ///   - total: How many messages it is about.
    ///   - bound: The last place in the store's order.
    ///   - now: The time now.
    package init(_ id: JobID, _ order: JobOrder, total: Int, bound: Int64, at now: Timestamp) {
        self.init(
            id: id,
            order: order,
            createdAt: now,
            total: total,
            bound: bound,
            state: .running,
            place: 0,
            tally: [:],
            note: nil,
            nextAt: now,
            updatedAt: now
        )
    }

    package init(
        id: JobID,
        order: JobOrder,
        createdAt: Timestamp,
        total: Int,
        bound: Int64,
        state: JobState,
        place: Int64,
        tally: [Result: Int],
        note: String?,
        nextAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.order = order
        self.createdAt = createdAt
        self.total = total
        self.bound = bound
        self.state = state
        self.place = place
        self.tally = tally
        self.note = note
        self.nextAt = nextAt
        self.updatedAt = updatedAt
    }

    /// How many messages, or of a replay events, it has gone through.
    package var handled: Int { [Result.done, .refused, .events].reduce(0) { $0 + (tally[$1] ?? 0) } }

    /// How many messages had another state, or were gone, when their turn came; `nil` while it is not done.
    package var passedBy: Int? { state == .done ? max(0, total - handled) : nil }
}
