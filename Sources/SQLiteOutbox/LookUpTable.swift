// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Messages
import Outbox

/// The events that wait for a look-up, and what was found, inside the caller's transaction.
struct LookUpTable {
    let database: Database

    /// Lets an event wait, to be tried at once.
    func add(_ payload: [UInt8], event seq: Int64, source: String, now: Timestamp) throws {
        try database.run(
            "INSERT INTO look_ups (event, source, payload, since, due_at) VALUES (?, ?, ?, ?, ?)",
            [seq, source, Data(payload), now.microseconds, now.microseconds]
        )
    }

    func due(of source: String, limit: Int) throws -> [PendingEvent.Due] {
        try database.rows(
            """
            SELECT e.id, l.due_at FROM look_ups l JOIN events e ON e.seq = l.event
            WHERE l.source = ? AND l.due_at IS NOT NULL ORDER BY l.due_at, l.event LIMIT ?
            """,
            [source, limit]
        ) { PendingEvent.Due(event: EventID(rawValue: $0[0]), at: $0.time(1)) }
    }

    func counts() throws -> [String: Int] {
        let rows = try database.rows(
            "SELECT source, count(*) FROM look_ups WHERE due_at IS NOT NULL GROUP BY source",
            []
        ) { ($0[0] as String, $0[1] as Int) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    func pending(_ id: EventID) throws -> PendingEvent? {
        let found = try database.row(
            """
            SELECT l.payload, l.failures, l.since FROM look_ups l JOIN events e ON e.seq = l.event
            WHERE e.id = ? AND l.due_at IS NOT NULL
            """,
            [id.rawValue]
        ) { (payload: $0[0] as Data, failures: $0[1] as Int, since: $0.time(2)) }
        guard let found, let stored = try EventReading(database: database).event(id) else { return nil }
        return PendingEvent(
            event: stored.event,
            payload: [UInt8](found.payload),
            failures: found.failures,
            since: found.since
        )
    }

    func record(event seq: Int64) throws -> LookUpRecord? {
        try database.row("SELECT failures, due_at, result FROM look_ups WHERE event = ?", [seq]) { row in
            LookUpRecord(failures: row[0], dueAt: row.optionalTime(1), result: (row[2] as Data?).map { [UInt8]($0) })
        }
    }

    func postpone(_ id: EventID, until time: Timestamp, because reason: String) throws {
        guard let seq = try waiting(id)?.seq else { return }
        try database.run(
            "UPDATE look_ups SET failures = failures + 1, due_at = ? WHERE event = ?",
            [time.microseconds, seq]
        )
        try dispose(seq, .pending(reason: reason))
    }

    func conclude(
        _ evaluation: LateEvaluation,
        at now: Timestamp,
        keys: Timestamp,
        effects: inout WriteQueue.Effects
    ) throws -> Receipt? {
        guard let (seq, source, caller) = try waiting(evaluation.event) else { return nil }
        try database.run(
            "UPDATE look_ups SET due_at = NULL, result = ? WHERE event = ?",
            [evaluation.result.map { Data($0) }, seq]
        )
        try dispose(seq, evaluation.disposition)
        let done = try SideEffectWork(database: database, keys: keys).carryOut(
            evaluation.sideEffects,
            of: caller,
            seq: seq,
            now: now,
            effects: &effects
        )
        let entries = try Acceptance(database: database, keys: keys).insert(
            evaluation.messages,
            evaluation.digests,
            evaluation.failures,
            done.verdicts,
            event: (seq, evaluation.event, source),
            trace: effects.readsTraces
                ? try TraceTable(database: database).accepted(seq, at: caller.receivedAt) : nil,
            now: now,
            effects: &effects
        )
        try database.run("UPDATE events SET message_count = message_count + ? WHERE seq = ?", [entries.count, seq])
        return Receipt(event: evaluation.event, isDuplicate: false, messages: entries, calledOff: done.calledOff)
    }

    func resume(_ id: EventID, at now: Timestamp) throws {
        let found = try database.row(
            """
            SELECT e.seq, e.disposition, l.event IS NOT NULL FROM events e LEFT JOIN look_ups l ON l.event = e.seq
            WHERE e.id = ?
            """,
            [id.rawValue]
        ) { (seq: $0[0] as Int64, disposition: try $0.name(1) as Disposition.Name, isLookedUp: $0[2] as Bool) }
        guard let found else { throw StoreError(.notFound, "there is no event '\(id)'") }
        let resumed: Disposition
        do throws(ResumptionRefusal) {
            resumed = try Disposition.resumed(id, from: found.disposition, isLookedUp: found.isLookedUp)
        } catch {
            throw StoreError(.conflict, "\(error)")
        }
        try database.run(
            "UPDATE look_ups SET failures = 0, since = ?, due_at = ? WHERE event = ?",
            [now.microseconds, now.microseconds, found.seq]
        )
        try dispose(found.seq, resumed)
    }

    /// The row of an event that waits.
    private func waiting(_ id: EventID) throws -> (seq: Int64, source: String, event: CallingEvent)? {
        try database.row(
            """
            SELECT e.seq, e.source, e.type, e.received_at FROM events e JOIN look_ups l ON l.event = e.seq
            WHERE e.id = ? AND l.due_at IS NOT NULL
            """,
            [id.rawValue]
        ) { ($0[0] as Int64, $0[1] as String, CallingEvent(id: id, type: $0[2], receivedAt: $0.time(3))) }
    }

    private func dispose(_ seq: Int64, _ disposition: Disposition) throws {
        try database.run(
            "UPDATE events SET disposition = ?, disposition_reason = ? WHERE seq = ?",
            [disposition.name.rawValue, disposition.reason, seq]
        )
    }
}
