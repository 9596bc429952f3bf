// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// Stores what rules make of events of the past, inside the caller's transaction and together with the job's own place.
struct ReplayWork {
    let database: Database
    /// What time it is for keys.
    let keys: Timestamp

    /// Stores some events' messages, unless the job has gone on without them.
    func store(
        _ batch: ReplayBatch,
        of id: JobID,
        at now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> Job? {
        let table = JobTable(database: database)
        guard var job = try table.job(id) else { return nil }
        guard job.isDue(at: now), job.place == batch.start, let scope = job.order.replay else { return job }
        var step = Job.Step(of: job)
        var room: [String: Int] = [:]
        for event in batch.events where step.fullAccount == nil && step.paced < job.stepSize {
            guard try store(event, of: job, scope, at: now, &room, &step, &effects) else { continue }
            step.tally[.events, default: 0] += 1
            step.place = event.place
        }
        let isAll = batch.events.last.map { $0.place <= step.place } ?? true
        step.isLast = batch.isLast && isAll
        job.follow(step, at: now)
        try table.update(job)
        return job
    }

    // MARK: One event

    /// Stores what an event comes to now.
    ///
    /// - Returns: `false` when an account has no room for it; nothing was stored then.
    private func store(
        _ event: ReplayedEvent,
        of job: Job,
        _ scope: ReplayScope,
        at now: Timestamp,
        _ room: inout [String: Int],
        _ step: inout Job.Step,
        _ effects: inout WriteQueue.Effects
    ) throws -> Bool {
        guard let consequences = event.consequences, let row = try self.row(of: event.event) else {
            step.add(.omitted)
            return true
        }
        let earlier = try MessageTable(database: database).rows("WHERE m.event = ? ORDER BY m.seq", [row.seq])
            .map { EarlierMessage($0.record.message, recipient: $0.record.recipient) }
        let meant = consequences.messages.enumerated().filter { scope.rule ?? $1.rule == $1.rule }
        let new = meant.filter { _, message in
            !earlier.contains { $0.stands(inWayOf: message, again: scope.again) }
        }
        for account in Set(new.map(\.element.account)) {
            guard try !JobWork(database: database).hasRoom(job, account, at: now, &room) else { continue }
            step.fullAccount = account
            return false
        }
        let verdicts = try SideEffectWork(database: database, keys: keys)
            .carryOutAgain(consequences.sideEffects, of: row.caller, seq: row.seq, now: now, effects: &effects)
        let giving = Set(earlier.filter { $0.givesWay(again: scope.again) }.map(\.id))
        for (place, message) in new {
            let message = message.replayed(by: job.id)
            let beginning = try begin(message, verdicts, event.calledOff, from: giving, at: now, &effects)
            try insert(message, beginning, row, job, place, at: now, &effects)
            step.add(beginning.state.isWaiting ? .made : .held)
        }
        step.tally[.told, default: 0] += meant.count - new.count
        for failure in consequences.failures where scope.rule ?? failure.rule == failure.rule {
            step.add(.notBuilt, refusal: "\(event.event): \(failure.reason)")
        }
        try count(new.count, of: row.seq)
        return true
    }

    private func count(_ new: Int, of event: Int64) throws {
        guard new > 0 else { return }
        try database.run(
            "UPDATE events SET message_count = message_count + ?, disposition = 'matched' WHERE seq = ?",
            [new, event]
        )
    }

    private typealias EventRow = (seq: Int64, id: EventID, source: String, caller: CallingEvent)

    private func row(of id: EventID) throws -> EventRow? {
        try database.row("SELECT seq, source, type, received_at FROM events WHERE id = ?", [id.rawValue]) {
            ($0[0] as Int64, id, $0[1] as String, CallingEvent(id: id, type: $0[2], receivedAt: $0.time(3)))
        }
    }

    /// Where a message begins, by the law that every message begins by.
    private func begin(
        _ message: NewMessage,
        _ verdicts: [Change: ChangeVerdict],
        _ calledOff: [Fact: EventID],
        from giving: Set<MessageID>,
        at now: Timestamp,
        _ effects: inout WriteQueue.Effects
    ) throws -> Beginning {
        let optOuts = try ConsentTable(database: database).optOuts(of: message.subject, &effects)
        if let refused = message.beginning(against: optOuts, at: now) { return refused }
        let (facts, terms) = (FactTable(database: database), message.terms)
        var precedents = Precedents(change: terms.change.flatMap { verdicts[$0] })
        if let fact = message.calledOffFact {
            let later = calledOff[fact].map { EarlyCancellation.replayed($0, at: keys) }
            precedents.calledOff = try later ?? facts.cancellation(fact)
        }
        let holder = try message.fact.flatMap { try facts.holder(of: $0) }
        precedents.holder = holder.flatMap { giving.contains($0.value) ? nil : $0 }
        let beginning = Beginning.of(terms, cause: message.cause, after: precedents, at: now, keys: keys)
        if let fact = message.fact, let until = beginning.holdsUntil {
            let mine = FactHolder(message.id, until: until)
            if try !facts.take(fact, mine, at: keys) { try facts.give(fact, to: mine) }
        }
        return beginning
    }

    private func insert(
        _ message: NewMessage,
        _ beginning: Beginning,
        _ event: EventRow,
        _ job: Job,
        _ place: Int,
        at now: Timestamp,
        _ effects: inout WriteQueue.Effects
    ) throws {
        let record = MessageRecord(message, of: (event.id, event.source), beginning, at: now)
        let table = MessageTable(database: database)
        try table.insert(
            record,
            [record.firstEntry],
            event: event.seq,
            otherwise: message.alternative,
            effects: &effects
        )
        if record.message.state.isWaiting { effects.wakes = true }
        try database.run(
            """
            INSERT INTO replayed_messages (message, job, event, rule, place)
                SELECT m.seq, j.seq, ?, ?, ? FROM messages m, jobs j WHERE m.id = ? AND j.id = ?
            """,
            [event.seq, message.rule, place, message.id.rawValue, job.id.rawValue]
        )
    }

    // MARK: Looking back

    /// The job that made a message of an event of the past; `nil` when none did.
    static func replay(of seq: Int64, _ database: Database) throws -> JobID? {
        try database.row(
            "SELECT j.id FROM replayed_messages r JOIN jobs j ON j.seq = r.job WHERE r.message = ?",
            [seq]
        ) { JobID(rawValue: $0[0]) }
    }

    /// The message of a later replay that tells what a message of the same event was to tell; `nil` for none that may reach
    /// anybody.
    ///
    /// It is found by way of the few messages that replays made of the event, never by all that the recipient got.
    static func successor(of seq: Int64, _ database: Database) throws -> Rival? {
        try database.row(
            """
            SELECT n.id, n.state FROM messages m
                CROSS JOIN replayed_messages r ON r.event = m.event AND r.rule = m.rule
                CROSS JOIN messages n ON n.seq = r.message AND n.recipient = m.recipient
                WHERE m.seq = ? AND n.seq > m.seq AND n.state NOT IN ('failed', 'cancelled', 'suppressed') LIMIT 1
            """,
            [seq]
        ) { Rival(message: MessageID(rawValue: $0[0]), state: try $0.name(1), isReplay: true) }
    }
}

/// Which events a replay is about, inside the caller's snapshot.
struct ReplayReading {
    let database: Database

    /// A condition on `e`: only what the scope says, so that ids are found by their index.
    private func condition(
        _ scope: ReplayScope,
        after place: Int64,
        upTo bound: Int64
    ) -> (sql: String, arguments: StatementArguments) {
        var (parts, arguments) = (["e.seq > ? AND e.seq <= ?"], [place, bound] as StatementArguments)
        func add(_ part: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            parts.append(part)
            arguments += [value]
        }
        add("e.received_at >= ?", scope.since?.microseconds)
        add("e.received_at < ?", scope.until?.microseconds)
        add("e.source = ?", scope.source)
        add("e.type = ?", scope.type)
        let ids = JSON.array(scope.events.map { .string($0.rawValue) })
        add("e.id IN (SELECT value FROM json_each(?))", scope.events.isEmpty ? nil : ids.text())
        if scope.isFailedOnly {
            parts.append("EXISTS (SELECT 1 FROM messages m WHERE m.event = e.seq AND m.state = 'failed')")
        }
        return (parts.joined(separator: " AND "), arguments)
    }

    func count(_ scope: ReplayScope) throws -> Int {
        let (condition, arguments) = condition(scope, after: 0, upTo: .max)
        return try database.row("SELECT count(*) FROM events e WHERE \(condition)", arguments) { $0[0] } ?? 0
    }

    func events(_ scope: ReplayScope, after place: Int64, upTo bound: Int64, limit: Int) throws -> [PlacedEvent] {
        let (condition, arguments) = condition(scope, after: place, upTo: bound)
        return try ArchiveReading(database: database).events(where: condition, arguments, limit: limit)
    }
}
