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
            event: (seq, event.source),
            now: event.receivedAt,
            effects: &effects
        )
        return Receipt(event: event.id, isDuplicate: false, messages: entries)
    }

    /// Stores the messages of an event, those that could not be built last.
    func insert(
        _ messages: [PreparedMessage],
        _ failures: [FailedMessage],
        event: (seq: Int64, source: String),
        now: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> [Receipt.Entry] {
        var entries: [Receipt.Entry] = []
        for message in messages {
            entries.append(try insert(message, event: event.seq, source: event.source, now: now))
        }
        for failure in failures {
            entries.append(try insert(failure, event: event.seq, source: event.source, now: now))
        }
        if entries.contains(where: { $0.state.isWaiting }) { effects.wakes = true }
        return entries
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

    private func insert(
        _ prepared: PreparedMessage,
        event: Int64,
        source: String,
        now: Timestamp
    ) throws -> Receipt.Entry {
        let message = prepared.message
        let (state, reason) = try beginning(of: prepared, now: now)
        let due = max(message.dueAt ?? now, now)
        try insert(
            [
                message.id.rawValue, event, source, message.rule, message.account, state.rawValue, reason,
                state.isWaiting ? due.microseconds : nil, message.expiresAt?.microseconds,
                message.onUncertain.rawValue, due.microseconds, now.microseconds, now.microseconds, prepared.request,
            ]
        )
        try begin(database.lastInsertedRowID, state, reason, now)
        return Receipt.Entry(id: message.id, rule: message.rule, state: state)
    }

    private func insert(_ failure: FailedMessage, event: Int64, source: String, now: Timestamp) throws -> Receipt.Entry
    {
        try insert(
            [
                failure.id.rawValue, event, source, failure.rule, "", MessageState.failed.rawValue, failure.reason,
                nil, nil, NewMessage.OnUncertain.hold.rawValue, now.microseconds, now.microseconds, now.microseconds,
                nil,
            ]
        )
        try begin(database.lastInsertedRowID, .failed, failure.reason, now)
        return Receipt.Entry(id: failure.id, rule: failure.rule, state: .failed)
    }

    private func insert(_ values: StatementArguments) throws {
        try database.run(
            """
            INSERT INTO messages (id, event, source, rule, account, state, reason, due_at, expires_at, on_uncertain,
                ages_from, created_at, updated_at, request, steps) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
            """,
            values
        )
    }

    private func begin(_ seq: Int64, _ state: MessageState, _ reason: String, _ now: Timestamp) throws {
        let entry = TimelineEntry(at: now, who: TimelineEntry.service, from: nil, to: state, why: reason)
        try TimelineTable(database: database).add(entry, to: seq, number: 1)
    }

    /// Where a message begins, and why there.
    private func beginning(of prepared: PreparedMessage, now: Timestamp) throws -> (MessageState, String) {
        let message = prepared.message
        if let expiresAt = message.expiresAt, expiresAt <= now {
            return (.suppressed, "expired at \(expiresAt.rfc3339), before it was stored")
        }
        if message.mode == .shadow { return (.suppressed, "shadow mode: otherwise it would be sent") }
        if let once = message.once, let reason = try alreadySent(prepared, once, now: now) {
            return (.suppressed, reason)
        }
        guard let dueAt = message.dueAt, dueAt > now else { return (.queued, message.cause) }
        return (.scheduled, "\(message.cause); it waits for \(dueAt.rfc3339)")
    }

    /// The reason not to send, when another message holds the `once_per` key; takes the key for this one if none does.
    private func alreadySent(_ prepared: PreparedMessage, _ once: NewMessage.OncePer, now: Timestamp) throws -> String?
    {
        let rule = prepared.message.rule
        let holder = try database.row(
            """
            SELECT message_id, expires_at FROM once_keys
            WHERE rule = ? AND recipient = ? AND key = ? AND expires_at > ?
            """,
            [rule, prepared.recipient, once.key, keys.microseconds]
        ) { ($0[0] as String, $0.time(1)) }
        if let (id, expiry) = holder {
            let until = now.advanced(by: keys.duration(to: expiry))
            return "once_per: \(id) holds the same key until \(until.rfc3339)"
        }
        let expiry = keys.advanced(by: once.window).microseconds
        try database.run(
            "INSERT OR REPLACE INTO once_keys (rule, recipient, key, message_id, expires_at) VALUES (?, ?, ?, ?, ?)",
            [rule, prepared.recipient, once.key, prepared.message.id.rawValue, expiry]
        )
        return nil
    }
}
