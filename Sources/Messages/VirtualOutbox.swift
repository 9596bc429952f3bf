// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import HeapModule

/// Messages in virtual time, without a store and without a partner: they begin, wait and leave by the law that every
/// store asks, and whatever leaves is taken.
///
/// For `rules test`, which runs over days, and for `explain`.
package struct VirtualOutbox: Sendable {
    /// What was told and what left, so far.
    package var book = FactBook()
    /// Who wants no messages.
    package var optOuts: [ConsentEntry] = []
    /// The messages in the order in which they were accepted.
    package internal(set) var messages = VirtualMessages()
    /// Those that have come to their end, until somebody asks.
    var ended: [Int] = []
    /// How much may be in the book before it is looked through for what is over.
    var mostTold = 10_000
    /// When those that wait are due.
    ///
    /// One that was called off, or waits for another time, may stand in it twice.
    private var turns = Heap<Turn>()
    /// The messages that a cancellation concerns, by what it is remembered under.
    var keyed: [Fact: [Int]] = [:]
    /// The digests that take events.
    var open: [DigestSlot: Int] = [:]
    /// What is in the digests, by their place.
    var collected: [Int: [VirtualDigest.Item]] = [:]
    /// The digests of which a cancellation concerns some events; one that has several of them stands there as often.
    var keyedDigests: [Fact: [Int]] = [:]
    /// The events that a digest needs no more, once for each such digest, until somebody asks.
    var released: [Int] = []

    /// A message with what became of it.
    package struct Entry: Sendable {
        /// The message as it stands.
        package internal(set) var record: MessageRecord
        /// Where it began.
        package let beginning: Beginning
        /// Every reason of its timeline, the first one first.
        package internal(set) var story: [String]

        /// Whether it was called off in time, of one that is only recorded.
        var isCalledOff = false
        /// When a digest was built that is only recorded.
        var recordedAt: Timestamp?
        /// Whether nothing that comes changes it.
        var hasEnded = false

        /// When it would leave; `nil` for one that is not only recorded, or was called off.
        var shadowDue: Timestamp? { beginning.obstacle == .shadow && !isCalledOff ? beginning.due : nil }

        /// When it left, or would if its rule were live; `nil` for one that waits or does not leave.
        package var leftAt: Timestamp? {
            if beginning.obstacle == .shadow { return isCalledOff ? nil : beginning.due }
            return record.message.state == .sending ? record.claimedAt : recordedAt
        }
    }

    /// An outbox in which nothing is.
    package init() {}

    /// Does what an event does beside its messages; to be called before these are taken.
    ///
    /// - Parameters:
    ///   - sideEffects: What it calls off, and what it says of changes.
    ///   - event: Which event.
    ///   - now: The time now.
    package mutating func carryOut(_ sideEffects: SideEffects, of event: CallingEvent, at now: Timestamp) {
        for cancellation in sideEffects.cancellations {
            for index in keyed[cancellation.fact] ?? [] {
                messages[index].story += messages[index].record.callOff(by: event, at: now).1.map(\.why)
                finishIfCancelled(index)
                guard messages[index].beginning.obstacle == .shadow, messages[index].beginning.due > now else {
                    continue
                }
                messages[index].isCalledOff = true
                messages[index].story.append("shadow mode: otherwise called off by \(event.name)")
                finish(index)
            }
            callOffItems(cancellation, of: event, at: now)
        }
        book.note(sideEffects, of: event, at: now, keys: now)
    }

    /// Takes a message, as a store does with the event that caused it.
    ///
    /// - Parameters:
    ///   - message: What a rule built.
    ///   - now: The time now.
    package mutating func accept(_ message: NewMessage, at now: Timestamp) {
        let against = optOuts.filter { $0.recipient == message.subject }
        let refused = against.isEmpty ? nil : message.beginning(against: against, at: now)
        let beginning = refused ?? book.begin(message, at: now, keys: now)
        let record = MessageRecord(message, of: (EventID(rawValue: ""), ""), beginning, at: now)
        let place = messages.append(Entry(record: record, beginning: beginning, story: [beginning.reason]))
        takeTurn(place)
        guard let key = message.terms.key, !messages[place].hasEnded else { return }
        keyed[Fact(kind: .calledOff, rule: message.rule, key: key), default: []].append(place)
    }

    /// Lets time pass: what becomes due leaves or is held, in the order of the due times.
    ///
    /// - Parameters:
    ///   - end: Until when; `nil` until nothing waits any more.
    ///   - build: Builds the digests that are due; there are none if left out.
    package mutating func pass(
        until end: Timestamp?,
        building build: (VirtualDigest) -> DigestContent = { _ in .failed("nobody builds digests here") }
    ) {
        while let turn = turns.min, end.map({ turn.due <= $0 }) ?? true {
            turns.removeMin()
            guard messages.has(turn.index) else { continue }
            guard messages[turn.index].record.message.dueAt == turn.due else {
                if messages[turn.index].shadowDue == turn.due { finish(turn.index) }
                continue
            }
            if messages[turn.index].record.isToBuild {
                close(turn.index, at: turn.due, building: build)
            } else {
                claim(turn.index, at: turn.due)
            }
            takeTurn(turn.index)
        }
    }

    /// Remembers when a message is due, if it waits, or would leave, if it is only recorded.
    mutating func takeTurn(_ index: Int) {
        if let due = messages[index].record.message.dueAt ?? messages[index].shadowDue {
            turns.insert(Turn(due: due, index: index))
        } else {
            finish(index)
        }
    }

    /// When a message is due: by time, then in the order in which they were accepted.
    private struct Turn: Comparable {
        let due: Timestamp
        let index: Int

        static func < (one: Turn, other: Turn) -> Bool { (one.due, one.index) < (other.due, other.index) }
    }

    private mutating func claim(_ index: Int, at time: Timestamp) {
        var entry = messages[index]
        let hold = entry.record.hold(at: time, keys: time) { book.departure($0) }
        do {
            entry.story += try entry.record.claim(until: time, at: time, held: hold).map(\.why)
        } catch {
            preconditionFailure("a message that is due waits, and can be claimed: \(error)")
        }
        book.depart(entry.record.departing(at: time))
        put(entry, at: index, heldBy: hold)
    }

    /// Puts a message back whose turn it was.
    mutating func put(_ entry: Entry, at place: Int, heldBy hold: Hold?) {
        if entry.record.message.state == .deferred {
            book.wait(for: hold?.turn)
        } else {
            book.takeBack(entry.record.turns)
        }
        messages[place] = entry
        reopen(place)
    }

    /// Lets go of a message that was called off.
    mutating func finishIfCancelled(_ place: Int) {
        guard messages[place].record.message.state == .cancelled else { return }
        book.takeBack(messages[place].record.turns)
        finish(place)
    }
}
