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
        if let dedupe = submission.dedupe, let first = try firstEvent(of: event, dedupe) {
            return try duplicate(of: first, at: event.receivedAt)
        }
        let seq = try insert(prepared)
        if let payload = submission.pendingPayload {
            let table = LookUpTable(database: database)
            try table.add(payload, event: seq, source: event.source, now: event.receivedAt)
        }
        let entries = try insert(
            prepared.messages,
            submission.failures,
            event: (seq, event.id, event.source),
            now: event.receivedAt,
            effects: &effects
        )
        return Receipt(event: event.id, isDuplicate: false, messages: entries)
    }

    /// Stores the messages of an event, those that could not be built last.
    func insert(
        _ messages: [PreparedMessage],
        _ failures: [FailedMessage],
        event: (seq: Int64, id: EventID, source: String),
        now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> [Receipt.Entry] {
        let (table, origin) = (MessageTable(database: database), (event.id, event.source))
        var entries: [Receipt.Entry] = []
        for prepared in messages {
            let record = MessageRecord(prepared.message, of: origin, try begin(prepared.message, now), at: now)
            try table.insert(record, event: event.seq, request: prepared.request)
            entries.append(Receipt.Entry(record.message))
        }
        for failure in failures {
            let record = MessageRecord(failure, of: origin, at: now)
            try table.insert(record, event: event.seq, request: nil)
            entries.append(Receipt.Entry(record.message))
        }
        if entries.contains(where: { $0.state.isWaiting }) { effects.wakes = true }
        return entries
    }

    /// Where a message begins; its fact is its own from then on, if it takes it.
    private func begin(_ message: NewMessage, _ now: Timestamp) throws -> Beginning {
        let (facts, fact) = (FactTable(database: database), message.fact)
        let beginning = Beginning.of(
            message.terms,
            cause: message.cause,
            holder: try fact.flatMap { try facts.holder(of: $0) },
            at: now,
            keys: keys
        )
        if let fact, let until = beginning.holdsUntil {
            try facts.hold(fact, FactHolder(message: message.id, until: until))
        }
        return beginning
    }

    /// The id of the event that holds the key; takes the key for this event when none does.
    private func firstEvent(of event: NewEvent, _ dedupe: Submission.Dedupe) throws -> EventID? {
        let holder = try database.row(
            "SELECT event_id FROM dedupe_keys WHERE source = ? AND key = ? AND expires_at > ?",
            [event.source, dedupe.key, keys.microseconds]
        ) { EventID(rawValue: $0[0]) }
        if let holder { return holder }
        try database.run(
            "INSERT OR REPLACE INTO dedupe_keys (source, key, event_id, expires_at) VALUES (?, ?, ?, ?)",
            [event.source, dedupe.key, event.id.rawValue, keys.advanced(by: dedupe.window).microseconds]
        )
        return nil
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
            SELECT m.id, m.rule, m.state FROM messages m JOIN events e ON e.seq = m.event
            WHERE e.id = ? ORDER BY m.seq
            """,
            [first.rawValue]
        ) { try Receipt.Entry(id: MessageID(rawValue: $0[0]), rule: $0[1], state: $0.name(2)) }
        return Receipt(event: first, isDuplicate: true, messages: entries)
    }

    private func insert(_ prepared: PreparedSubmission) throws -> Int64 {
        let submission = prepared.submission
        let event = submission.event
        try database.run(
            """
            INSERT INTO events (id, source, type, sender_id, time, received_at, secret_label, disposition,
                disposition_reason, message_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                event.id.rawValue, event.source, event.type, event.senderID, event.time.microseconds,
                event.receivedAt.microseconds, event.secretLabel, event.disposition.name.rawValue,
                event.disposition.reason,
                submission.messages.count + submission.failures.count,
            ]
        )
        let seq = database.lastInsertedRowID
        try database.run(
            "INSERT INTO event_bodies (event, headers, body) VALUES (?, ?, ?)",
            [seq, prepared.headers, prepared.body]
        )
        return seq
    }
}
