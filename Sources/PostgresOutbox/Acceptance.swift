// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Stores the events of several requests with all they caused, in one transaction.
///
/// Four ways to the server at most: whose the dedupe keys are, which places are free, whose the facts are, and all rows
/// with the commit. Ids are made before, so the same group may be run again when nobody knows what became of it.
struct Acceptance {
    /// One event on its way, and what is known of it by now.
    private struct Event {
        let submission: Submission
        let uuid: PostgresUUID
        /// What time it is for keys.
        let keys: Timestamp
        var recognition: Recognition?
        var place: Int64 = 0
        var messages: [StoredMessage] = []
        var entries: [Receipt.Entry] = []
        /// Whether an earlier run of the same group has stored it.
        var isThere = false

        var isNew: Bool { !isThere && recognition.map { if case .new = $0 { true } else { false } } ?? true }
    }

    private var events: [Event]
    private let sizes: [Int]
    /// Whether some of it may be stored already.
    private let mayBeThere: Bool

    /// Events that are about to be stored.
    ///
    /// - Parameters:
    ///   - requests: The events of each request, with the time for keys.
    ///   - mayBeThere: Whether an earlier run may have stored some of them.
    /// - Throws: `StoreError` for what cannot be stored.
    init(_ requests: [(submissions: [Submission], keys: Timestamp)], mayBeThere: Bool) throws(StoreError) {
        sizes = requests.map(\.submissions.count)
        events = []
        for request in requests {
            for submission in request.submissions {
                try Self.require(submission)
                let uuid = try PostgresUUID.needed(PostgresUUID(submission.event.id))
                events.append(Event(submission: submission, uuid: uuid, keys: request.keys))
            }
        }
        self.mayBeThere = mayBeThere
    }

    /// All ids, which say in which pieces of the tables they come.
    var ids: [PostgresUUID] {
        events.flatMap { event in
            let submission = event.submission
            return [event.uuid] + submission.messages.compactMap { PostgresUUID($0.id) }
                + submission.failures.compactMap { PostgresUUID($0.id) }
        }
    }

    /// What this store does not know yet is refused, not dropped.
    private static func require(_ submission: Submission) throws(StoreError) {
        let needs: [(Bool, String)] = [
            (submission.pendingPayload != nil, "look-ups"), (!submission.digests.items.isEmpty, "digests"),
            (submission.sideEffects != .none, "what events do beside their messages"),
            (submission.messages.contains { $0.terms.gates?.counts == true }, "limits"),
            (submission.messages.contains { $0.alternative != nil }, "messages with an alternative"),
            (submission.messages.contains { $0.terms.change != nil }, "when_changed"),
        ]
        guard let need = needs.first(where: \.0) else { return }
        throw StoreError(.failed, "the store on PostgreSQL does not know \(need.1) yet")
    }

    /// Runs it inside a transaction.
    ///
    /// - Parameter transaction: The transaction.
    /// - Returns: For each request the receipts of its events, in order; and whether messages wait that had not waited before.
    /// - Throws: `PostgresError`, `StoreError`.
    func run(_ transaction: inout PostgresTransaction) throws -> (receipts: [[Receipt]], wakes: Bool) {
        var fresh = self
        return try fresh.store(&transaction)
    }

    private mutating func store(_ transaction: inout PostgresTransaction) throws -> (receipts: [[Receipt]], wakes: Bool)
    {
        if mayBeThere { try findAgain(&transaction) }
        try recognize(&transaction)
        try takePlaces(&transaction)
        try begin(&transaction)
        let duplicates = try write(&transaction)
        return (receipts(duplicates), wakes)
    }

    private var wakes: Bool {
        events.contains { event in event.messages.contains { $0.record.message.state.isWaiting } }
    }

    // MARK: What was there

    /// Finds what an earlier run stored, and writes it once more: a commit that wrote nothing would not wait for a standby
    /// that the earlier one may have missed.
    private mutating func findAgain(_ transaction: inout PostgresTransaction) throws {
        let query = PostgresQuery(
            "UPDATE hookline.events SET duplicates = duplicates WHERE id = ANY($1::uuid[]) RETURNING id"
        ) { $0.add(events.map(\.uuid)) }
        let there = Set(try transaction.rows(query).map { try $0.uuid(0) })
        for index in events.indices { events[index].isThere = there.contains(events[index].uuid) }
    }

    private struct DedupeKey: Hashable {
        let source: String
        let key: [UInt8]
    }

    /// Asks whose the dedupe keys are.
    ///
    /// Of one key the first event of the group asks; the others go by what it was told, unless
    /// that has ended by their time.
    private mutating func recognize(_ transaction: inout PostgresTransaction) throws {
        var open = events.indices.filter { !events[$0].isThere && events[$0].submission.dedupe != nil }
        while !open.isEmpty {
            var asking: [DedupeKey: Int] = [:]
            for index in open where asking[key(of: index)] == nil { asking[key(of: index)] = index }
            let holders = try takeKeys(asking.values.sorted(), &transaction)
            var left: [Int] = []
            for index in open {
                if let law = recognition(of: index, holders) {
                    events[index].recognition = law
                } else {
                    left.append(index)
                }
            }
            open = left
        }
    }

    /// What an event is by the holder of its key; `nil` when that has ended, and the event has to ask itself.
    private func recognition(of index: Int, _ holders: [DedupeKey: Held<EventID>]) -> Recognition? {
        guard let holder = holders[key(of: index)] else { return nil }
        let isOwn = holder.value == events[index].submission.event.id
        let dedupe = events[index].submission.dedupe
        let law = Recognition.of(dedupe, holder: isOwn ? nil : holder, at: events[index].keys)
        if case .new = law, !isOwn { return nil }
        return law
    }

    private func key(of index: Int) -> DedupeKey {
        let submission = events[index].submission
        return DedupeKey(source: submission.event.source, key: indexed(submission.dedupe?.key ?? ""))
    }

    private func takeKeys(
        _ asking: [Int],
        _ transaction: inout PostgresTransaction
    ) throws -> [DedupeKey: Held<EventID>] {
        let keys = asking.map(key(of:))
        let ends = asking.map { index -> Timestamp? in
            let law = Recognition.of(events[index].submission.dedupe, holder: nil, at: events[index].keys)
            guard case .new(let until) = law else { return nil }
            return until
        }
        let query = PostgresQuery(Self.takingKeys) {
            $0.add(keys.map(\.source))
            $0.add(blobs: keys.map(\.key))
            $0.add(asking.map { events[$0].uuid })
            $0.add(ends)
            $0.add(asking.map { events[$0].keys }.max())
        }
        let held = try transaction.rows(query).map { row in
            let key = DedupeKey(source: try row.text(0), key: try row.blob(1))
            return (key, Held(try row.uuid(2).eventID, until: try row.time(3)))
        }
        return Dictionary(held) { first, _ in first }
    }

    /// Sorted, so that two nodes with the same keys do not wait for each other; and written even where another has the key,
    /// so that the answer to a repetition waits for the standby as the first one did.
    private static let takingKeys = """
        INSERT INTO hookline.dedupe_keys AS d (source, key, event, expires_at)
        SELECT * FROM unnest($1::text[], $2::bytea[], $3::uuid[], $4::timestamptz[]) ORDER BY 1, 2
        ON CONFLICT (source, key) DO UPDATE SET
            event = CASE WHEN d.expires_at <= $5 THEN excluded.event ELSE d.event END,
            expires_at = CASE WHEN d.expires_at <= $5 THEN excluded.expires_at ELSE d.expires_at END
        RETURNING source, key, event, expires_at
        """

    // MARK: What begins

    private mutating func takePlaces(_ transaction: inout PostgresTransaction) throws {
        let new = events.indices.filter { events[$0].isNew }
        guard !new.isEmpty else { return }
        let count = new.reduce(0) { $0 + events[$1].submission.messages.count + events[$1].submission.failures.count }
        let (places, free) = try Places.take(events: new.count, messages: count, &transaction)
        for (index, place) in zip(new, places) { events[index].place = place }
        var rest = free
        for index in new {
            let submission = events[index].submission
            let (origin, now) = ((submission.event.id, submission.event.source), submission.event.receivedAt)
            for message in submission.messages {
                let beginning = begin(message, heldBy: nil, events[index])
                let record = MessageRecord(message, of: origin, beginning, at: now)
                events[index].messages.append(StoredMessage(place: rest.removeFirst(), record: record))
                events[index].entries.append(Receipt.Entry(record.message, obstacle: beginning.obstacle))
            }
            for failure in submission.failures {
                let record = MessageRecord(failure, of: origin, at: now)
                events[index].messages.append(StoredMessage(place: rest.removeFirst(), record: record))
                events[index].entries.append(Receipt.Entry(record.message))
            }
        }
    }

    private func begin(_ message: NewMessage, heldBy holder: FactHolder?, _ event: Event) -> Beginning {
        Beginning.of(
            message.terms,
            cause: message.cause,
            after: Precedents(holder: holder),
            at: event.submission.event.receivedAt,
            keys: event.keys
        )
    }

    /// A message of an event that tells something once.
    private struct Telling {
        let event: Int
        let message: Int
        let fact: Fact
        let until: Timestamp
    }

    /// Asks whose the facts are that messages tell once, as with dedupe keys.
    private mutating func begin(_ transaction: inout PostgresTransaction) throws {
        var open: [Telling] = []
        for index in events.indices where events[index].isNew {
            for (place, message) in events[index].submission.messages.enumerated() {
                let first = begin(message, heldBy: nil, events[index])
                guard let fact = message.fact, let until = first.holdsUntil else { continue }
                open.append(Telling(event: index, message: place, fact: fact, until: until))
            }
        }
        while !open.isEmpty {
            var asking: [Fact: Telling] = [:]
            for telling in open where asking[telling.fact] == nil { asking[telling.fact] = telling }
            let holders = try takeFacts(Array(asking.values), &transaction)
            var left: [Telling] = []
            for telling in open where !settle(telling, holders) { left.append(telling) }
            open = left
        }
    }

    /// Begins a message by the holder of its fact.
    ///
    /// - Returns: `false` when that has ended, and the message has to ask itself.
    private mutating func settle(_ telling: Telling, _ holders: [Fact: FactHolder]) -> Bool {
        guard let holder = holders[telling.fact] else { return false }
        let event = events[telling.event]
        let message = event.submission.messages[telling.message]
        if holder.value == message.id { return true }
        let beginning = begin(message, heldBy: holder, event)
        if beginning.holdsUntil != nil { return false }
        let origin = (event.submission.event.id, event.submission.event.source)
        let record = MessageRecord(message, of: origin, beginning, at: event.submission.event.receivedAt)
        let entry = Receipt.Entry(record.message, obstacle: beginning.obstacle)
        events[telling.event].messages[telling.message].record = record
        events[telling.event].entries[telling.message] = entry
        return true
    }

    private func takeFacts(_ asking: [Telling], _ transaction: inout PostgresTransaction) throws -> [Fact: FactHolder] {
        let facts = Dictionary(asking.map { (FactKey($0.fact), $0.fact) }) { first, _ in first }
        let query = PostgresQuery(Self.takingFacts) {
            $0.add(asking.map(\.fact.rule))
            $0.add(asking.map(\.fact.recipient))
            $0.add(asking.map(\.fact.kind.rawValue))
            $0.add(blobs: asking.map { indexed($0.fact.key) })
            $0.add(asking.map { PostgresUUID(events[$0.event].submission.messages[$0.message].id) })
            $0.add(asking.map(\.until))
            $0.add(asking.map { events[$0.event].keys }.max())
        }
        let held = try transaction.rows(query).map { row in
            (facts[try FactKey(row)], FactHolder(try row.uuid(4).messageID, until: try row.time(5)))
        }
        return Dictionary(held.compactMap { fact, holder in fact.map { ($0, holder) } }) { first, _ in first }
    }

    private struct FactKey: Hashable {
        let rule: String
        let recipient: String
        let kind: String
        let key: [UInt8]

        init(_ fact: Fact) {
            (rule, recipient, kind, key) = (fact.rule, fact.recipient, fact.kind.rawValue, indexed(fact.key))
        }

        init(_ row: PostgresRow) throws {
            (rule, recipient, kind, key) = (try row.text(0), try row.text(1), try row.text(2), try row.blob(3))
        }
    }

    private static let takingFacts = """
        INSERT INTO hookline.facts AS f (rule, recipient, kind, key, message, until)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::uuid[], $6::timestamptz[])
            ORDER BY 1, 2, 3, 4
        ON CONFLICT (rule, recipient, kind, key) DO UPDATE SET
            message = CASE WHEN f.until <= $7 THEN excluded.message ELSE f.message END,
            until = CASE WHEN f.until <= $7 THEN excluded.until ELSE f.until END
        RETURNING rule, recipient, kind, key, message, until
        """

    // MARK: What is written

    /// - Returns: The messages, as they stand, of the events that are repeated or were there.
    private func write(_ transaction: inout PostgresTransaction) throws -> [EventID: [Receipt.Entry]] {
        let new = events.filter(\.isNew)
        for query in try AcceptedRows.insertions(new.map { ($0.submission, $0.uuid, $0.place, $0.messages) }) {
            transaction.write(query)
        }
        let repeated = Dictionary(grouping: events.compactMap(repetition), by: \.id)
        let others = Array(repeated.keys) + events.filter(\.isThere).map(\.submission.event.id)
        if !repeated.isEmpty { transaction.write(AcceptedRows.counting(repeated.mapValues { $0.map(\.at) })) }
        return others.isEmpty ? [:] : try AcceptedRows.entries(of: others, &transaction)
    }

    private func repetition(_ event: Event) -> (id: EventID, at: Timestamp)? {
        guard case .duplicate(let first)? = event.recognition else { return nil }
        return (first, event.submission.event.receivedAt)
    }

    private func receipts(_ others: [EventID: [Receipt.Entry]]) -> [[Receipt]] {
        var (receipts, start): ([[Receipt]], Int) = ([], 0)
        for size in sizes {
            receipts.append(events[start..<(start + size)].map { receipt($0, others) })
            start += size
        }
        return receipts
    }

    private func receipt(_ event: Event, _ others: [EventID: [Receipt.Entry]]) -> Receipt {
        let id = event.submission.event.id
        if event.isThere { return Receipt(event: id, isDuplicate: false, messages: others[id] ?? []) }
        guard case .duplicate(let first)? = event.recognition else {
            return Receipt(event: id, isDuplicate: false, messages: event.entries)
        }
        return Receipt(event: first, isDuplicate: true, messages: others[first] ?? [])
    }
}
