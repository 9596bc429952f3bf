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

/// What a person wants done with many messages at once.
package struct JobOrder: Hashable, Sendable {
    /// So many messages a second go into the queue unless said otherwise.
    package static let defaultRate = 10

    /// What is done.
    package let decision: Decision
    /// With which messages.
    package let selection: MessageSelection
    /// Who wants it.
    package let who: String
    /// By what a repeated order is recognised; `nil` makes a job each time.
    package let key: String?
    /// How many messages a second are put into the queue at most; at least 1.
    ///
    /// What sends nothing goes as fast as it can.
    package let rate: Int

    package init(
        _ decision: Decision,
        _ selection: MessageSelection,
        by who: String,
        key: String? = nil,
        rate: Int = JobOrder.defaultRate
    ) {
        self.decision = decision
        self.selection = selection
        self.who = who
        self.key = key
        self.rate = max(1, rate)
    }

    /// Its word for programs: what is done.
    package var action: String { decision.kind.rawValue }

    /// Whether it puts messages into the queue, so that it has to keep behind live traffic.
    package var sends: Bool { decision.kind == .retry || decision.kind == .release }

    /// Whether another order under the same key asks for the same.
    package func asksForTheSame(as other: JobOrder) -> Bool {
        decision.kind == other.decision.kind && selection == other.selection
    }

    /// The order as a store keeps it, but for its key.
    package var json: JSON {
        [
            "action": .string(action), "why": decision.why.json, "selection": selection.json, "who": .string(who),
            "rate": .number(JSONNumber(rate)),
        ]
    }

    /// The order from what ``json`` gave; `nil` for anything else.
    package init?(_ json: JSON, key: String?) {
        guard let kind = json["action"]?.string.flatMap(Decision.Kind.init),
            let selection = json["selection"].flatMap(MessageSelection.init), let who = json["who"]?.string,
            let rate = json["rate"]?.number?.int
        else { return nil }
        self.init(Decision(kind, why: json["why"]?.string), selection, by: who, key: key, rate: rate)
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

/// Many messages that one decision is about, done a few at a time, each few in one transaction with the job's own place.
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
    }

    /// Its id.
    package let id: JobID
    /// What a person wants.
    package let order: JobOrder
    /// When it was begun.
    package let createdAt: Timestamp
    /// How many messages it was about when it began.
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

    /// How many messages came to anything so far.
    package var handled: Int { tally.values.reduce(0, +) }

    /// How many messages had another state, or were gone, when their turn came; `nil` while it is not done.
    package var passedBy: Int? { state == .done ? max(0, total - handled) : nil }
}
