// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection

/// Stores what rules make of events of the past, inside the caller's transaction and together with the job's own place.
struct ReplayWork {
    let batch: ReplayBatch
    let now: Timestamp
    /// What time it is for keys.
    let keys: Timestamp
    let hearing: Effects.Hearing

    /// What is known of an event that is replayed.
    private typealias EventRow = (uuid: PostgresUUID, place: Int64, id: EventID, source: String, caller: CallingEvent)

    private var rooms: JobWork.Rooms
    private var facts = LockedFacts()
    private var optOuts = ConsentRows.OptOuts()
    private var places: ArraySlice<Int64> = []

    // MARK: A batch

    /// Stores some events' messages, unless the job has gone on without them, or another node is about to.
    ///
    /// - Parameters:
    ///   - batch: The events.
    ///   - id: Which job.
    ///   - now: The time now.
    ///   - keys: The same on the line of keys.
    ///   - effects: What others hear of.
    ///   - transaction: The transaction.
    /// - Returns: The job as it stands then; `nil` when there is none.
    /// - Throws: `PostgresError`, `StoreError`.
    static func store(
        _ batch: ReplayBatch,
        of id: JobID,
        at now: Timestamp,
        keys: Timestamp,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> Job? {
        guard var job = try JobRows.lock(id, waits: false, &transaction) else {
            return try JobRows.job(id, &transaction)
        }
        guard job.isDue(at: now), job.place == batch.start, let scope = job.order.replay else { return job }
        var step = Job.Step(of: job)
        var work = ReplayWork(batch, of: job, at: now, keys: keys, effects.hearing)
        let rows = try work.begin(scope, &transaction)
        for event in batch.events where step.fullAccount == nil && step.paced < job.stepSize {
            let row = rows[event.event]
            guard try work.store(event, row, of: job, scope, &step, &effects, &transaction) else { continue }
            step.tally[.events, default: 0] += 1
            step.place = event.place
        }
        let isAll = batch.events.last.map { $0.place <= step.place } ?? true
        step.isLast = batch.isLast && isAll
        job.follow(step, at: now)
        transaction.write(JobRows.update(job))
        return job
    }

    private init(_ batch: ReplayBatch, of job: Job, at now: Timestamp, keys: Timestamp, _ hearing: Effects.Hearing) {
        (self.batch, self.now, self.keys, self.hearing) = (batch, now, keys, hearing)
        rooms = JobWork.Rooms(of: job, at: now)
    }

    /// Reads the events, locks all facts that any of them is about, in one order, and takes places.
    private mutating func begin(
        _ scope: ReplayScope,
        _ transaction: inout PostgresTransaction
    ) throws -> [EventID: EventRow] {
        let made = batch.events.compactMap(\.consequences)
        let messages = made.flatMap(\.messages).filter { scope.rule ?? $0.rule == $0.rule }
        // Held until the commit, so that no node prunes an event whose messages are made meanwhile.
        let sql = """
            SELECT id, place, source, type, received_at FROM hookline.events WHERE id = ANY($1::uuid[])
            ORDER BY id FOR KEY SHARE
            """
        let query = PostgresQuery(sql) { $0.add(batch.events.map { PostgresUUID($0.event) }) }
        let found = try transaction.rows([query, ConsentRows.question])
        let rows = try found[0].map { row -> EventRow in
            let (uuid, time) = (try row.uuid(0), try row.time(4))
            let caller = CallingEvent(id: uuid.eventID, type: try row.text(3), receivedAt: time)
            return (uuid, try row.number(1), uuid.eventID, try row.text(2), caller)
        }
        optOuts = try ConsentRows.optOuts(of: Set(messages.map(\.subject)), found[1], &transaction)
        let about = made.flatMap { SideEffectWork.facts(of: $0.sideEffects) } + messages.flatMap(\.facts)
        try facts.lock(about, for: rows.first?.uuid, &transaction)
        try lock(rows, made.map(\.sideEffects), &transaction)
        if !messages.isEmpty { places = try Places.take(events: 0, messages: messages.count, &transaction).messages }
        return Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Locks the messages of the events and those that are called off, before any of them is changed.
    private func lock(
        _ rows: [EventRow],
        _ sideEffects: [SideEffects],
        _ transaction: inout PostgresTransaction
    ) throws {
        let query = PostgresQuery("SELECT id FROM hookline.messages WHERE event = ANY($1::uuid[])") {
            $0.add(rows.map(\.uuid))
        }
        var locks = GroupLocks()
        locks.add(messages: try transaction.rows(query).map { try $0.uuid(0) })
        for one in sideEffects { locks.add(one) }
        try locks.lock(&transaction)
    }

    // MARK: One event

    /// Stores what an event comes to now.
    ///
    /// - Returns: `false` when an account has no room for it; nothing was stored then.
    private mutating func store(
        _ event: ReplayedEvent,
        _ row: EventRow?,
        of job: Job,
        _ scope: ReplayScope,
        _ step: inout Job.Step,
        _ effects: inout Effects,
        _ transaction: inout PostgresTransaction
    ) throws -> Bool {
        guard let consequences = event.consequences, let row else {
            step.add(.omitted)
            return true
        }
        let earlier = try MessageRows.lock(where: "m.event = $1", &transaction) { $0.add(row.uuid) }
            .map { EarlierMessage($0.record.message, recipient: $0.record.recipient) }
        let meant = consequences.messages.enumerated().filter { scope.rule ?? $1.rule == $1.rule }
        let new = meant.filter { _, message in
            !earlier.contains { $0.stands(inWayOf: message, again: scope.again) }
        }
        step.fullAccount = try fullAccount(among: new.map(\.element.account), &transaction)
        guard step.fullAccount == nil else { return false }
        let verdicts = try SideEffectWork(event: (row.caller, row.place), now: now, keys: keys)
            .carryOutAgain(consequences.sideEffects, &facts, &effects, &transaction)
        let giving = Set(earlier.filter { $0.givesWay(again: scope.again) }.map(\.id))
        var made: [(place: Int, message: NewMessage, stored: StoredMessage)] = []
        for (place, message) in new {
            let message = message.replayed(by: job.id)
            let beginning = try begin(message, verdicts, event.calledOff, from: giving, &transaction)
            var record = MessageRecord(message, of: (row.id, row.source), beginning, at: now)
            if hearing.linksReports { record.arrival = Arrival() }
            made.append((place, message, StoredMessage(place: places.removeFirst(), record: record)))
            step.add(beginning.state.isWaiting ? .made : .held)
        }
        step.tally[.told, default: 0] += meant.count - new.count
        note(consequences.failures.filter { scope.rule ?? $0.rule == $0.rule }, of: event.event, in: &step)
        try insert(made, row, job, &transaction)
        return true
    }

    /// An account that has no room for one more message.
    private mutating func fullAccount(
        among accounts: [String],
        _ transaction: inout PostgresTransaction
    ) throws -> String? {
        for account in Set(accounts) where try !rooms.take(account, &transaction) { return account }
        return nil
    }

    private func note(_ failures: [FailedMessage], of event: EventID, in step: inout Job.Step) {
        for failure in failures { step.add(.notBuilt, refusal: "\(event): \(failure.reason)") }
    }

    /// Where a message begins, by the law that every message begins by.
    private mutating func begin(
        _ message: NewMessage,
        _ verdicts: [Change: ChangeVerdict],
        _ calledOff: [Fact: EventID],
        from giving: Set<MessageID>,
        _ transaction: inout PostgresTransaction
    ) throws -> Beginning {
        if let refused = message.beginning(against: try optOuts.of(message.subject), at: now) { return refused }
        var precedents = Precedents(change: message.terms.change.flatMap { verdicts[$0] })
        if let fact = message.calledOffFact {
            let later = calledOff[fact].map { EarlyCancellation.replayed($0, at: keys) }
            precedents.calledOff = later ?? facts.cancellation(under: fact)
        }
        let holder = message.fact.flatMap(facts.holder)
        precedents.holder = holder.flatMap { giving.contains($0.value) ? nil : $0 }
        let beginning = Beginning.of(message.terms, cause: message.cause, after: precedents, at: now, keys: keys)
        if let fact = message.fact, let until = beginning.holdsUntil {
            facts.give(fact, to: FactHolder(message.id, until: until), &transaction)
        }
        return beginning
    }

    private func insert(
        _ made: [(place: Int, message: NewMessage, stored: StoredMessage)],
        _ event: EventRow,
        _ job: Job,
        _ transaction: inout PostgresTransaction
    ) throws {
        guard !made.isEmpty else { return }
        let alternatives = made.compactMap { made in made.message.alternative.map { (made.message.id, $0) } }
        for query in try AcceptedRows.insertions(made.map { (event.uuid, $0.stored) }, alternatives) {
            transaction.write(query)
        }
        let links = made.map { ($0.stored.uuid, event.uuid as PostgresUUID?, $0.message.rule, $0.place) }
        transaction.write(ReplayRows.insertion(links, by: job.id))
        let count = """
            UPDATE hookline.events SET message_count = message_count + $2, disposition = 'matched' WHERE id = $1
            """
        transaction.write(
            PostgresQuery(count) {
                $0.add(event.uuid)
                $0.add(made.count)
            }
        )
    }
}
