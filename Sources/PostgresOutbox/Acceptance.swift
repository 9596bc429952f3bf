// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Stores the events of several requests with all they caused, in one transaction.
///
/// Three ways to the server for events that only send: whose the dedupe keys are, which places are free, and all rows with the
/// commit; one more each where messages tell something once, can be called off, or somebody opted out. One that calls off, compares values or tells something of recipients asks more,
/// after what came before it was written. Ids are made before, so the same group may be run again when nobody knows what
/// became of it.
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
        /// What it did beside its messages.
        var done = SideEffectWork.Done()
        /// Whether an earlier run of the same group has stored it.
        var isThere = false

        var isNew: Bool { !isThere && recognition.map { if case .new = $0 { true } else { false } } ?? true }
    }

    private var events: [Event]
    private let sizes: [Int]
    /// Whether some of it may be stored already.
    private let mayBeThere: Bool
    private var effects: Effects
    private var facts = LockedFacts()
    /// The places of its messages that are not given yet.
    private var messagePlaces: ArraySlice<Int64> = []
    /// Whether anybody has opted out, as far as the transaction knows; `nil` where that has to be asked.
    private var optOuts: PostgresRows?

    /// Events that are about to be stored.
    ///
    /// - Parameters:
    ///   - requests: The events of each request, with the time for keys.
    ///   - mayBeThere: Whether an earlier run may have stored some of them.
    ///   - hearing: What sources tell.
    /// - Throws: `StoreError` for what cannot be stored.
    init(
        _ requests: [(submissions: [Submission], keys: Timestamp)],
        mayBeThere: Bool,
        _ hearing: Effects.Hearing
    ) throws(StoreError) {
        effects = Effects(hearing)
        sizes = requests.map(\.submissions.count)
        events = []
        for request in requests {
            for submission in request.submissions {
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
                + submission.digests.items.compactMap { PostgresUUID($0.id) }
                + submission.failures.compactMap { PostgresUUID($0.id) }
        }
    }

    /// Runs it inside a transaction.
    ///
    /// - Parameter transaction: The transaction.
    /// - Returns: For each request the receipts of its events, in order; and what others hear of.
    /// - Throws: `PostgresError`, `StoreError`.
    func run(_ transaction: inout PostgresTransaction) throws -> (receipts: [[Receipt]], effects: Effects) {
        var fresh = self
        return try fresh.store(&transaction)
    }

    private mutating func store(
        _ transaction: inout PostgresTransaction
    ) throws -> (receipts: [[Receipt]], effects: Effects) {
        if mayBeThere { try findAgain(&transaction) }
        try recognize(&transaction)
        let new = events.indices.filter { events[$0].isNew }
        try lock(for: new, &transaction)
        try takePlaces(for: new, &transaction)
        // What an event calls off or tells is about what came before it, in the same group, too.
        var plain: [Int] = []
        for index in new {
            if !events[index].submission.sideEffects.isEmpty {
                try write(plain, &transaction)
                plain = []
                try carryOut(index, &transaction)
            }
            plain.append(index)
        }
        try write(plain, &transaction)
        return (receipts(try readOthers(&transaction)), effects)
    }

    // MARK: What was there

    /// Finds what an earlier run stored, and writes it once more: a commit that wrote nothing would not wait for a standby
    /// that the earlier one may have missed.
    private mutating func findAgain(_ transaction: inout PostgresTransaction) throws {
        let query = PostgresQuery(
            "UPDATE hookline.events SET duplicates = duplicates WHERE id = ANY($1::uuid[]) RETURNING id, called_off"
        ) { $0.add(events.map(\.uuid)) }
        let rows = try transaction.rows(query).map { (try $0.uuid(0), try $0.optionalText(1)) }
        let there = Dictionary(rows) { first, _ in first }
        for index in events.indices {
            guard let calledOff = there[events[index].uuid] else { continue }
            events[index].isThere = true
            events[index].done.calledOff = Reading.calledOff(calledOff)
            effects.mayHaveCommitted()
        }
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

    /// Locks what the group is about before any of it is changed, so that two nodes with the same do not wait for each other.
    ///
    /// What only sends is written in one go and needs none of that: its facts are asked for when it begins.
    private mutating func lock(for new: [Int], _ transaction: inout PostgresTransaction) throws {
        let submissions = new.map { events[$0].submission }
        guard let first = new.first, submissions.contains(where: { !$0.sideEffects.isEmpty }) else { return }
        let about = submissions.flatMap { submission in
            SideEffectWork.facts(of: submission.sideEffects) + submission.messages.flatMap(\.facts)
                + submission.digests.items.flatMap(\.facts)
        }
        try facts.lock(about, for: events[first].uuid, &transaction)
        var locks = GroupLocks()
        for submission in submissions {
            locks.add(submission.sideEffects)
            locks.add(submission.digests.items)
        }
        try locks.lock(&transaction)
    }

    private mutating func takePlaces(for new: [Int], _ transaction: inout PostgresTransaction) throws {
        guard !new.isEmpty else { return }
        let count = new.reduce(0) { $0 + events[$1].submission.messageCount }
        let taken = try Places.take(events: new.count, messages: count, asking: [ConsentRows.question], &transaction)
        for (index, place) in zip(new, taken.events) { events[index].place = place }
        (messagePlaces, optOuts) = (taken.messages, taken.answers[0])
    }

    /// Does what an event does beside its messages, before those begin.
    private mutating func carryOut(_ index: Int, _ transaction: inout PostgresTransaction) throws {
        let (event, sideEffects) = (events[index].submission.event, events[index].submission.sideEffects)
        let work = SideEffectWork(
            event: (CallingEvent(event), events[index].place),
            now: event.receivedAt,
            keys: events[index].keys
        )
        events[index].done = try work.carryOut(sideEffects, &facts, &effects, &transaction)
        // What it told may be an opt-out.
        if !sideEffects.heard.isEmpty || !sideEffects.reports.isEmpty { optOuts = nil }
    }

    /// Begins the messages of events and writes all of them.
    private mutating func write(_ new: [Int], _ transaction: inout PostgresTransaction) throws {
        guard !new.isEmpty else { return }
        let answer = try optOuts ?? transaction.rows(ConsentRows.question)
        optOuts = answer
        let causes = new.map { cause(events[$0]) }
        let made = try NewMessages.make(causes, at: &messagePlaces, answer, &facts, &effects, &transaction)
        for (index, made) in zip(new, made) {
            (events[index].messages, events[index].entries) = (made.messages, made.entries)
        }
        let rows = new.map { index in
            let event = events[index]
            return AcceptedRows.Accepted(
                submission: event.submission,
                uuid: event.uuid,
                place: event.place,
                messages: event.messages,
                calledOff: event.done.calledOff
            )
        }
        for query in try AcceptedRows.insertions(rows) { transaction.write(query) }
    }

    private func cause(_ event: Event) -> NewMessages.Cause {
        let (submission, origin) = (event.submission, event.submission.event)
        return NewMessages.Cause(
            event: DigestWork.Joining(
                uuid: event.uuid,
                place: event.place,
                id: origin.id,
                source: origin.source,
                now: origin.receivedAt
            ),
            messages: submission.messages,
            digests: submission.digests,
            failures: submission.failures,
            verdicts: event.done.verdicts,
            keys: event.keys
        )
    }

    // MARK: What others were told

    /// - Returns: The messages, as they stand, of the events that are repeated or were there.
    private func readOthers(_ transaction: inout PostgresTransaction) throws -> [EventID: [Receipt.Entry]] {
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
        if event.isThere {
            return Receipt(
                event: id,
                isDuplicate: false,
                messages: others[id] ?? [],
                calledOff: event.done.calledOff
            )
        }
        if case .duplicate(let first)? = event.recognition {
            return Receipt(event: first, isDuplicate: true, messages: others[first] ?? [])
        }
        return Receipt(
            event: id,
            isDuplicate: false,
            messages: event.entries,
            calledOff: event.done.calledOff,
            reports: event.done.reports,
            consent: event.done.consent
        )
    }
}
