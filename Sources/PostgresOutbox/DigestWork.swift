// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Puts events into digests inside the caller's transaction: locks records, asks the law, saves records.
///
/// Of a group of events that are accepted together each slot is locked once, in one order, and a digest that several of them
/// join is saved once.
struct DigestWork {
    /// Which digests are open, by their slots, all of which are locked.
    private var open: [DigestRows.Key: StoredMessage] = [:]
    private var slots: Set<DigestRows.Key> = []
    /// The digests that the transaction has opened, which are inserted and not changed, as they stand.
    private var opened: [MessageID: MessageRecord] = [:]
    private var items: [DigestRows.Item] = []
    private var optOuts = ConsentRows.OptOuts()

    /// An event that goes into digests.
    struct Joining {
        let uuid: PostgresUUID
        let place: Int64
        let id: EventID
        let source: String
        let now: Timestamp
    }

    /// What became of an event's part of a digest.
    struct Joined {
        /// The message that it made: a digest that it opened, or what says why it stays out; `nil` where it joined one.
        let message: StoredMessage?
        let entry: Receipt.Entry
    }

    /// Locks the facts and the slots of what is about to be added, with the digests that are open in them.
    ///
    /// - Parameters:
    ///   - items: What events add.
    ///   - answer: What ``ConsentRows/question`` brought in the transaction.
    ///   - facts: What the transaction has locked.
    ///   - transaction: The transaction.
    /// - Throws: `PostgresError`, `StoreError`.
    mutating func begin(
        _ items: [DigestItem],
        _ answer: PostgresRows,
        _ facts: inout LockedFacts,
        _ transaction: inout PostgresTransaction
    ) throws {
        try facts.lock(items.flatMap(\.facts), for: items.first.flatMap { PostgresUUID($0.id) }, &transaction)
        slots = Set(items.map { DigestRows.Key($0.slot) })
        let found = try DigestRows.lock(slots, &transaction)
        let messages = try MessageRows.lock(Array(Set(found.values)), holding: slots, &transaction)
        let byID = Dictionary(messages.compactMap { row in row.uuid.map { ($0, row) } }) { first, _ in first }
        open = found.compactMapValues { byID[$0] }
        optOuts = try ConsentRows.optOuts(of: Set(items.map(\.subject)), answer, &transaction)
    }

    /// Puts an event into a digest; one that stays out of it gets a message that says so.
    ///
    /// - Parameters:
    ///   - item: What it adds; ``begin(_:_:_:_:)`` knows of it.
    ///   - cause: The event.
    ///   - place: Where a message would come in their list.
    ///   - facts: What the transaction has locked, that of the item among it.
    ///   - effects: What others hear of.
    ///   - transaction: The transaction.
    /// - Returns: What became of it.
    /// - Throws: `PostgresError`, `StoreError`.
    mutating func add(
        _ item: DigestItem,
        of cause: NewMessages.Cause,
        at place: Int64,
        _ facts: inout LockedFacts,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> Joined {
        let (key, event, payload) = (DigestRows.Key(item.slot), cause.event, cause.digests.payload)
        try endWindow(key, cause, &effects, &transaction)
        let begun = try beginning(item, joining: open[key]?.record, cause, &facts, &transaction)
        guard begun.obstacle == nil, var row = open[key] else {
            let origin = (event.id, event.source)
            let record = MessageRecord(item, of: origin, begun, bytes: payload.count, at: event.now)
            let row = StoredMessage(place: place, record: record)
            guard record.digest != nil else {
                return Joined(message: row, entry: Receipt.Entry(record.message, obstacle: begun.obstacle))
            }
            stand(row, key)
            try keep(item, payload, event, in: row)
            return Joined(message: row, entry: Receipt.Entry(record.message))
        }
        let isKept = row.record.join(bytes: payload.count)
        stand(row, key)
        try keep(item, isKept ? payload : nil, event, in: row)
        return Joined(message: nil, entry: Receipt.Entry(row.record.message))
    }

    /// Notes how the open digest of a slot stands.
    private mutating func stand(_ row: StoredMessage, _ key: DigestRows.Key) {
        open[key] = row
        if row.before == nil { opened[row.record.message.id] = row.record }
    }

    private mutating func keep(
        _ item: DigestItem,
        _ payload: [UInt8]?,
        _ event: Joining,
        in row: StoredMessage
    ) throws {
        let item = DigestRows.Item(
            message: try PostgresUUID.needed(row.uuid),
            event: event.uuid,
            place: event.place,
            rule: item.rule,
            key: item.terms.key,
            joinedAt: event.now,
            payload: payload
        )
        items.append(item)
    }

    /// A digest whose window is over takes no more, unless a gate holds it.
    private mutating func endWindow(
        _ key: DigestRows.Key,
        _ cause: NewMessages.Cause,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws {
        let now = cause.event.now
        guard var row = open[key], let due = row.record.message.dueAt, due <= now else { return }
        let hold = try row.record.hold(at: now, keys: cause.keys) { try FactRows.departure($0, &transaction) }
        row.added += row.record.endWindow(at: now, held: hold)
        if let turn = hold?.turn { transaction.write(FactRows.give(turn.fact, to: turn.holder)) }
        stand(row, key)
        guard row.record.digest?.isOpen != true else { return }
        open[key] = nil
        if row.before != nil { try MessageRows.save([row], &effects, &transaction) }
    }

    /// Where an event's part begins; its fact is the digest's own from then on, if that takes it.
    private func beginning(
        _ item: DigestItem,
        joining open: MessageRecord?,
        _ cause: NewMessages.Cause,
        _ facts: inout LockedFacts,
        _ transaction: inout PostgresTransaction
    ) throws -> Beginning {
        let now = cause.event.now
        if let refused = item.beginning(against: try optOuts.of(item.subject), at: now) { return refused }
        let terms = item.terms(joining: open, at: now)
        var precedents = Precedents(
            calledOff: facts.cancellation(under: item.calledOffFact),
            change: terms.change.flatMap { cause.verdicts[$0] }
        )
        let first = Beginning.of(
            terms,
            cause: NewMessage.ruleMatched,
            after: precedents,
            at: now,
            keys: cause.keys
        )
        guard let fact = item.fact, let until = first.holdsUntil else { return first }
        let own = open?.message.id ?? item.id
        guard let held = facts.holder(of: fact), held.holds(at: cause.keys) else {
            facts.give(fact, to: FactHolder(own, until: until), &transaction)
            return first
        }
        precedents.holder = held
        return Beginning.of(
            terms,
            cause: NewMessage.ruleMatched,
            after: precedents,
            at: now,
            keys: cause.keys
        )
    }

    /// Writes what the group made of the digests: which are open, how they stand, and what is in them.
    ///
    /// - Returns: How the digests stand that the transaction has opened, by their ids.
    func end(
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> [MessageID: MessageRecord] {
        var standing: [DigestRows.Key: PostgresUUID?] = [:]
        for key in slots { standing[key] = .some(open[key]?.uuid) }
        let changed = open.values.filter { $0.before != nil }
        try MessageRows.save(changed.sorted { $0.place < $1.place }, &effects, &transaction)
        DigestRows.fill(standing, &transaction)
        if let insertion = DigestRows.insertion(items) { transaction.write(insertion) }
        return opened
    }
}
