// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
package import Messages
package import Outbox

/// Erases what is kept of a recipient, inside the caller's transaction or snapshot: all but a keyed hash, by which the
/// ledger of consent knows them.
struct ErasureWork {
    let database: Database
    /// Who, as the ledger names them.
    let subject: String

    /// The rows that are found.
    struct Traces {
        var messages: [Int64] = []
        var events: [Int64] = []
        var lines = 0
        var others = 0

        var counts: Erasure {
            Erasure(messages: messages.count, events: events.count, lines: lines, others: others)
        }
    }

    private var names: [String] { ConsentEntry.names(of: subject) }

    /// A list of names for SQL, and the names.
    private func listed(_ names: [String]) -> (sql: String, arguments: StatementArguments) {
        (names.map { _ in "?" }.joined(separator: ", "), StatementArguments(names))
    }

    // MARK: Finding

    /// What there is of the recipient: messages by their recipient, and the events of those; events that the ledger and
    /// doubts name; and, where bodies are searched, every event whose body has the digits in it.
    func traces(searchingBodies: Bool) throws -> Traces {
        let (list, names) = listed(names)
        var traces = Traces()
        traces.messages = try database.rows("SELECT seq FROM messages WHERE recipient IN (\(list))", names) { $0[0] }
        // What a digest keeps of its events, too, of those that joined it.
        var events = Set(
            try database.rows(
                """
                SELECT m.event FROM messages m WHERE m.recipient IN (\(list))
                UNION SELECT i.event FROM digest_items i JOIN messages m ON m.seq = i.message
                    WHERE m.recipient IN (\(list))
                UNION SELECT e.seq FROM events e WHERE e.id IN
                    (SELECT event_id FROM consents WHERE recipient IN (\(list))
                        UNION SELECT event_id FROM consent_doubts WHERE recipient IN (\(list)))
                """,
                names + names + names + names
            ) { $0[0] as Int64 }
        )
        if searchingBodies { events.formUnion(try eventsWithDigits()) }
        traces.events = try events.filter { try hasBody($0) }.sorted()
        for (table, isLine) in [
            ("consents", true), ("conversations", false), ("consent_doubts", false), ("undeliverable", false),
            ("facts", false),
        ] {
            let sql = "SELECT count(*) FROM \(table) WHERE recipient IN (\(list))"
            let count = try database.row(sql, names) { $0[0] as Int } ?? 0
            if isLine { traces.lines += count } else { traces.others += count }
        }
        return traces
    }

    private func eventsWithDigits() throws -> [Int64] {
        let digits = names.filter { $0.hasPrefix("phone:") }.map { String($0.dropFirst(6)) }
        return try digits.flatMap { digits in
            try database.rows("SELECT event FROM event_bodies WHERE instr(body, CAST(? AS BLOB)) > 0", [digits]) {
                $0[0]
            }
        }
    }

    private func hasBody(_ event: Int64) throws -> Bool {
        let sql = """
            SELECT EXISTS (SELECT 1 FROM event_bodies WHERE event = ?)
                OR EXISTS (SELECT 1 FROM look_ups WHERE event = ?)
            """
        return try database.row(sql, [event, event]) { $0[0] as Bool } ?? false
    }

    // MARK: Erasing

    /// Deletes messages with all that hangs on them.
    func erase(messages: [Int64], _ effects: inout WriteQueue.Effects) throws {
        let table = MessageTable(database: database)
        for message in messages { try table.delete(message, &effects) }
    }

    /// Empties events: that they came stays, and what was in them goes.
    func erase(events: [Int64], at now: Timestamp, _ effects: inout WriteQueue.Effects) throws {
        let digests = DigestWork(database: database, keys: now)
        for event in events {
            // A digest of somebody else goes on without the event.
            try digests.erase(event, at: now, &effects)
            try EventContents(database: database).erase(event, inDigests: Data("{}".utf8))
            try database.run(
                "UPDATE events SET disposition = ?, disposition_reason = ? WHERE seq = ? AND disposition = ?",
                [
                    Disposition.Name.failed.rawValue, "it was erased before it was looked up", event,
                    Disposition.Name.pending.rawValue,
                ]
            )
        }
    }

    /// Gives the recipient's lines of the ledger to their hash, and deletes everything else about them.
    func eraseName(_ effects: inout WriteQueue.Effects) throws {
        let (list, names) = listed(names)
        for table in ["conversations", "consent_doubts", "undeliverable", "facts"] {
            try database.run("DELETE FROM \(table) WHERE recipient IN (\(list))", names)
        }
        let hash = ErasedSubject.name(of: subject, key: try key())
        for table in ["consents", "opt_outs"] {
            try database.run("UPDATE \(table) SET recipient = ? WHERE recipient = ?", [hash, subject])
        }
        effects.forgetOptOuts()
    }

    /// The store's own key, which is drawn when somebody is erased for the first time.
    private func key() throws -> [UInt8] {
        if let key = try database.row("SELECT key FROM erasure_key", [], { $0[0] as Data }) { return Array(key) }
        var random = SystemRandomNumberGenerator()
        let key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        try database.write("INSERT INTO erasure_key (id, key) VALUES (1, ?)") { $0.add(blob: key) }
        return key
    }
}

extension SQLiteOutbox {
    /// So many rows are erased in a transaction, so that a sender does not wait long.
    private static let erasedAtOnce = 200

    package func traces(of recipient: String, searchingBodies: Bool) async throws(StoreError) -> Erasure {
        let subject = ConsentEntry.subject(recipient)
        return try await read { database in
            try ErasureWork(database: database, subject: subject).traces(searchingBodies: searchingBodies).counts
        }
    }

    package func erase(
        _ recipient: String,
        searchingBodies: Bool,
        on order: ErasureOrder
    ) async throws(StoreError) -> Erasure {
        let subject = ConsentEntry.subject(recipient)
        // What is deleted is overwritten in the file, too.
        try await writes.perform { database, _ in _ = try Row.fetchAll(database, sql: "PRAGMA secure_delete = ON") }
        var erased = Erasure()
        // What comes meanwhile is found in the next round.
        for _ in 0..<5 {
            let found = try await read { database in
                try ErasureWork(database: database, subject: subject).traces(searchingBodies: searchingBodies)
            }
            guard found.counts != Erasure() else { break }
            try await erase(found, subject, at: order.at)
            erased += found.counts
        }
        let line = order.line(erased)
        try await writes.perform { database, _ in try AuditTable(database: database).add(line) }
        return erased
    }

    private func erase(
        _ found: ErasureWork.Traces,
        _ subject: String,
        at now: Timestamp
    ) async throws(StoreError) {
        var (messages, events) = (found.messages[...], found.events[...])
        while !messages.isEmpty || !events.isEmpty {
            let (some, others) = (Array(messages.prefix(Self.erasedAtOnce)), Array(events.prefix(Self.erasedAtOnce)))
            try await writes.perform { database, effects in
                let work = ErasureWork(database: database, subject: subject)
                try work.erase(messages: some, &effects)
                try work.erase(events: others, at: now, &effects)
            }
            messages = messages.dropFirst(Self.erasedAtOnce)
            events = events.dropFirst(Self.erasedAtOnce)
        }
        try await writes.perform { try ErasureWork(database: $0, subject: subject).eraseName(&$1) }
    }
}
