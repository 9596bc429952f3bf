// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// The messages of events, new ones or ones that waited for a look-up, on their way into the tables inside the caller's
/// transaction: where each begins, and which digests the events go into.
struct NewMessages {
    /// An event with what the rules made of it.
    struct Cause {
        let event: DigestWork.Joining
        let messages: [NewMessage]
        let digests: DigestItems
        let failures: [FailedMessage]
        /// What the values of the event are against those that were known.
        let verdicts: [Change: ChangeVerdict]
        /// What time it is for keys.
        let keys: Timestamp

        /// How many places its messages take at most.
        static func places(_ messages: [NewMessage], _ digests: DigestItems, _ failures: [FailedMessage]) -> Int {
            messages.count + digests.items.count + failures.count
        }
    }

    /// What became of an event: the messages to be stored with it, and what its sender is told of all that it has.
    struct Made {
        var messages: [StoredMessage] = []
        var entries: [Receipt.Entry] = []
    }

    private let hearing: Effects.Hearing
    private var places: ArraySlice<Int64>
    private var made: [Made] = []

    /// Begins the messages of events, those first that came first, and puts the events into digests.
    ///
    /// - Parameters:
    ///   - causes: The events.
    ///   - places: The places that are free for messages, at least ``Cause/places(_:_:_:)`` of them; those that are left stay.
    ///   - answer: What ``ConsentRows/question`` brought in the transaction.
    ///   - facts: What the transaction has locked.
    ///   - effects: What others hear of.
    ///   - transaction: The transaction.
    /// - Returns: What became of each.
    /// - Throws: `PostgresError`, `StoreError`.
    static func make(
        _ causes: [Cause],
        at places: inout ArraySlice<Int64>,
        _ answer: PostgresRows,
        _ facts: inout LockedFacts,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> [Made] {
        var new = NewMessages(effects.hearing, places)
        try new.make(causes, answer, &facts, &effects, &transaction)
        places = new.places
        return new.made
    }

    private init(_ hearing: Effects.Hearing, _ places: ArraySlice<Int64>) {
        (self.hearing, self.places) = (hearing, places)
    }

    private mutating func make(
        _ causes: [Cause],
        _ answer: PostgresRows,
        _ facts: inout LockedFacts,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws {
        let wishes = causes.flatMap { cause in cause.messages.map { wish($0, of: cause) } }
        var digests = DigestWork()
        let items = causes.flatMap(\.digests.items)
        if !items.isEmpty { try lockFacts(of: causes, &facts, &transaction) }
        var begun = try MessageBeginnings.begin(wishes, answer, &facts, &transaction)[...]
        if !items.isEmpty { try digests.begin(items, answer, &facts, &transaction) }
        for cause in causes {
            var made = Made()
            for _ in cause.messages {
                let (record, obstacle) = begun.removeFirst()
                add(record, obstacle, to: &made)
            }
            for item in cause.digests.items {
                let place = places.removeFirst()
                let joined = try digests.add(item, of: cause, at: place, &facts, &effects, &transaction)
                if let message = joined.message { made.messages.append(message) }
                made.entries.append(joined.entry)
            }
            for failure in cause.failures {
                let origin = (cause.event.id, cause.event.source)
                add(MessageRecord(failure, of: origin, at: cause.event.now), nil, to: &made)
            }
            self.made.append(made)
        }
        if !items.isEmpty {
            replace(try digests.end(&effects, &transaction))
            effects.wakesBuilder = true
        }
        for message in made.flatMap(\.messages) where message.leavesByItself {
            effects.wakes = true
            effects.put(due: message.record.message.dueAt)
        }
    }

    /// Locks the facts of messages and of what digests collect at once, since they are locked in one order.
    private func lockFacts(
        of causes: [Cause],
        _ facts: inout LockedFacts,
        _ transaction: inout PostgresTransaction
    ) throws {
        let about = causes.flatMap { $0.messages.flatMap(\.facts) + $0.digests.items.flatMap(\.facts) }
        try facts.lock(about, for: causes.first?.event.uuid, &transaction)
    }

    private func wish(_ message: NewMessage, of cause: Cause) -> MessageBeginnings.Wish {
        MessageBeginnings.Wish(
            message: message,
            event: (cause.event.id, cause.event.source),
            verdicts: cause.verdicts,
            now: cause.event.now,
            keys: cause.keys
        )
    }

    private mutating func add(_ record: MessageRecord, _ obstacle: Beginning.Obstacle?, to made: inout Made) {
        var record = record
        // Only what a source tells of is found by the partner's id.
        if hearing.linksReports { record.arrival = Arrival() }
        made.messages.append(StoredMessage(place: places.removeFirst(), record: record))
        made.entries.append(Receipt.Entry(record.message, obstacle: obstacle))
    }

    /// Takes over how digests stand that events opened and later ones joined.
    private mutating func replace(_ standing: [MessageID: MessageRecord]) {
        for event in made.indices {
            for index in made[event].messages.indices {
                guard let record = standing[made[event].messages[index].record.message.id] else { continue }
                made[event].messages[index].record = record
            }
        }
    }
}

extension NewMessage {
    /// The facts that say where it begins.
    var facts: [Fact] { [calledOffFact, fact].compactMap(\.self) }
}

extension DigestItem {
    /// The facts that say where it begins.
    var facts: [Fact] { [calledOffFact, fact].compactMap(\.self) }
}

extension StoredMessage {
    /// Whether it waits for its time, and for nobody who builds it.
    fileprivate var leavesByItself: Bool { record.message.state.isWaiting && record.digest == nil }
}
