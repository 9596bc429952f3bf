// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages

/// Stores an event with everything it caused, inside the caller's transaction.
struct Acceptance {
    let database: Database
    /// What time it is for keys.
    let keys: Timestamp

    /// Stores the event, or counts it as a duplicate of the one that came first.
    func accept(_ prepared: PreparedSubmission, effects: inout WriteQueue.Effects) throws -> Receipt {
        let submission = prepared.submission
        let event = submission.event
        if case .duplicate(let first) = try recognize(event, submission.dedupe) {
            return try duplicate(of: first, at: event.receivedAt)
        }
        let seq = try insert(prepared)
        if let payload = submission.pendingPayload {
            let table = LookUpTable(database: database)
            try table.add(payload, event: seq, source: event.source, now: event.receivedAt)
        }
        if let trace = event.trace { try TraceTable(database: database).put(trace, of: seq) }
        let done = try SideEffectWork(database: database, keys: keys).carryOut(
            submission.sideEffects,
            of: CallingEvent(event),
            seq: seq,
            now: event.receivedAt,
            effects: &effects
        )
        let entries = try insert(
            submission.messages,
            submission.digests,
            submission.failures,
            done.verdicts,
            event: (seq, event.id, event.source),
            trace: effects.readsTraces ? event.trace.map { AcceptedTrace(context: $0, at: event.receivedAt) } : nil,
            now: event.receivedAt,
            effects: &effects
        )
        return Receipt(
            event: event.id,
            isDuplicate: false,
            messages: entries,
            calledOff: done.calledOff,
            reports: done.reports,
            consent: done.consent
        )
    }

    /// Stores the messages of an event, those that could not be built last.
    func insert(
        _ messages: [NewMessage],
        _ digests: DigestItems,
        _ failures: [FailedMessage],
        _ verdicts: [Change: ChangeVerdict] = [:],
        event: (seq: Int64, id: EventID, source: String),
        trace: AcceptedTrace?,
        now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> [Receipt.Entry] {
        let (table, origin) = (MessageTable(database: database), (event.id, event.source))
        var entries: [Receipt.Entry] = []
        for message in messages {
            let optOuts = try ConsentTable(database: database).optOuts(of: message.subject, &effects)
            let beginning = try message.beginning(against: optOuts, at: now) ?? begin(message, verdicts, now)
            var record = MessageRecord(message, of: origin, beginning, at: now)
            entries.append(Receipt.Entry(record.message, obstacle: beginning.obstacle))
            let timeline =
                [record.firstEntry]
                + (try mayRide(record, effects, now) ? effects.takeAlong(&record, of: trace, at: now) : [])
            try table.insert(
                record,
                timeline,
                event: event.seq,
                otherwise: message.alternative,
                effects: &effects
            )
            if record.message.state.isWaiting { effects.wakes = true }
        }
        if !digests.items.isEmpty {
            let work = DigestWork(database: database, keys: keys)
            entries += try work.add(digests, verdicts, event: event, now: now, effects: &effects)
        }
        for failure in failures {
            let record = MessageRecord(failure, of: origin, at: now)
            try table.insert(record, [record.firstEntry], event: event.seq, effects: &effects)
            entries.append(Receipt.Entry(record.message))
        }
        return entries
    }

    /// Whether a message may be claimed along with its commit: one whose window is closed is refused at its claim.
    private func mayRide(_ record: MessageRecord, _ effects: WriteQueue.Effects, _ now: Timestamp) throws -> Bool {
        guard effects.knowsWindows, effects.standing != nil, record.needsWindow else { return true }
        return try HeardWork(database: database).closedWindow(of: record, at: now) == nil
    }

    private func begin(
        _ new: NewMessage,
        _ verdicts: [Change: ChangeVerdict],
        _ now: Timestamp
    ) throws -> Beginning {
        try begin(new.id, of: new.rule, telling: new.fact, new.terms, cause: new.cause, verdicts, now)
    }

    /// Where a message begins; its fact is its own from then on, if it takes it.
    ///
    /// Most facts are nobody's: the law is asked as if this one were, and once more when somebody holds it after all.
    func begin(
        _ id: MessageID,
        of rule: String,
        telling fact: Fact?,
        _ terms: SendTerms,
        cause: String = NewMessage.ruleMatched,
        _ verdicts: [Change: ChangeVerdict],
        _ now: Timestamp
    ) throws -> Beginning {
        let facts = FactTable(database: database)
        var precedents = Precedents(change: terms.change.flatMap { verdicts[$0] })
        precedents.calledOff = try terms.calledOffFact(rule: rule).flatMap { try facts.cancellation($0) }
        let first = Beginning.of(terms, cause: cause, after: precedents, at: now, keys: keys)
        guard let fact, let until = first.holdsUntil, try !facts.take(fact, FactHolder(id, until: until), at: keys)
        else { return first }
        precedents.holder = try facts.holder(of: fact)
        return Beginning.of(terms, cause: cause, after: precedents, at: now, keys: keys)
    }

    /// Whether the event is new; its key is its own from then on.
    ///
    /// The law is asked as for facts.
    private func recognize(_ event: NewEvent, _ dedupe: Submission.Dedupe?) throws -> Recognition {
        let first = Recognition.of(dedupe, holder: nil, at: keys)
        guard let dedupe, case .new(let until?) = first else { return first }
        let key = try StoredKey.name(of: dedupe.key, in: "dedupe_keys WHERE source = ?", [event.source], database)
        if try take(key, of: event, until: until) { return first }
        return Recognition.of(dedupe, holder: try holder(of: key, in: event.source), at: keys)
    }

    private func holder(of key: String, in source: String) throws -> Held<EventID>? {
        try database.row(
            "SELECT event_id, expires_at FROM dedupe_keys WHERE source = ? AND key = ?",
            [source, key]
        ) { Held(EventID(rawValue: $0[0]), until: $0.time(1)) }
    }

    /// Gives a key to an event, unless another holds it beyond a time on the line of keys.
    private func take(_ key: String, of event: NewEvent, until: Timestamp) throws -> Bool {
        try database.write(
            """
            INSERT INTO dedupe_keys (source, key, event_id, expires_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (source, key)
                DO UPDATE SET event_id = excluded.event_id, expires_at = excluded.expires_at WHERE expires_at <= ?
            """
        ) { row in
            row.add(event.source)
            row.add(key)
            row.add(event.id.rawValue)
            row.add(until)
            row.add(keys)
        } > 0
    }

    /// Counts a repeated delivery; the first event may have been pruned, then there is nothing to count it on.
    func countDuplicate(of first: EventID, at now: Timestamp) throws {
        try database.run(
            "UPDATE events SET duplicates = duplicates + 1, last_duplicate_at = ? WHERE id = ?",
            [now.microseconds, first.rawValue]
        )
    }

    private func duplicate(of first: EventID, at now: Timestamp) throws -> Receipt {
        try countDuplicate(of: first, at: now)
        let entries = try database.rows(
            """
            SELECT m.id, m.rule, m.state FROM messages m WHERE m.seq IN (
                SELECT o.seq FROM messages o JOIN events e ON e.seq = o.event WHERE e.id = ?
                UNION SELECT i.message FROM digest_items i JOIN events e ON e.seq = i.event WHERE e.id = ?
            ) ORDER BY m.seq
            """,
            [first.rawValue, first.rawValue]
        ) { try Receipt.Entry(id: MessageID(rawValue: $0[0]), rule: $0[1], state: $0.name(2)) }
        return Receipt(event: first, isDuplicate: true, messages: entries)
    }

    private func insert(_ prepared: PreparedSubmission) throws -> Int64 {
        let (submission, event) = (prepared.submission, prepared.submission.event)
        try database.write(
            """
            INSERT INTO events (id, source, type, sender_id, time, received_at, secret_label, disposition,
                disposition_reason, message_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { row in
            row.add(event.id.rawValue)
            row.add(event.source)
            row.add(event.type)
            row.add(event.senderID)
            row.add(event.time)
            row.add(event.receivedAt)
            row.add(event.secretLabel)
            row.add(event.disposition.name.rawValue)
            row.add(event.disposition.reason)
            row.add(submission.messages.count + submission.digests.items.count + submission.failures.count)
        }
        let seq = database.lastInsertedRowID
        try database.write("INSERT INTO event_bodies (event, headers, body) VALUES (?, ?, ?)") { row in
            row.add(seq)
            row.add(prepared.headers)
            row.add(blob: event.rawBody)
        }
        return seq
    }
}
