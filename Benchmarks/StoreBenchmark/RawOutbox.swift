// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDBSQLite
import Messages
import PartnerAPI

/// The least that a durable outbox can be: three tables, prepared statements of the C API, the same bytes, the same commits.
///
/// It has no law, timeline, lists or counts: what those cost is what the ratio says.
final class RawOutbox {
    private let database: OpaquePointer
    private var statements: [OpaquePointer] = []

    private static let schema = """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;
        CREATE TABLE events (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, received_at INTEGER NOT NULL, headers TEXT NOT NULL,
            body BLOB NOT NULL) STRICT;
        CREATE TABLE keys (key TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE messages (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event INTEGER NOT NULL, rule TEXT NOT NULL,
            state TEXT NOT NULL, lease_ends INTEGER, partner_id TEXT, request TEXT NOT NULL) STRICT;
        """

    private static let sql = [
        "INSERT OR IGNORE INTO keys (key, event) VALUES (?, ?)",
        "INSERT INTO events (id, received_at, headers, body) VALUES (?, ?, ?, ?)",
        "INSERT INTO messages (id, event, rule, state, lease_ends, request) VALUES (?, ?, ?, 'sending', ?, ?)",
        "UPDATE messages SET state = 'accepted', lease_ends = NULL, partner_id = ? WHERE id = ? AND state = 'sending'",
        "BEGIN IMMEDIATE", "COMMIT",
    ]

    private init(path: String) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        // The system's own file layer: the store has one of its own, which this is to be held against.
        guard sqlite3_open_v2(path, &opened, flags, "unix") == SQLITE_OK, let opened else {
            preconditionFailure("\(path) cannot be opened")
        }
        database = opened
        guard sqlite3_exec(database, Self.schema, nil, nil, nil) == SQLITE_OK else { preconditionFailure(message) }
        for text in Self.sql {
            var statement: OpaquePointer?
            guard sqlite3_prepare_v2(database, text, -1, &statement, nil) == SQLITE_OK, let statement else {
                preconditionFailure(message)
            }
            statements.append(statement)
        }
    }

    private var message: String { String(cString: sqlite3_errmsg(database)) }

    /// Stores and settles all events, so many a commit.
    static func run(_ load: StoreLoad, batch: Int, path: String) async throws -> Measure {
        let outbox = RawOutbox(path: path)
        let headers = #"[["Content-Type","application/json"],["User-Agent","Shop/1.0"],["Accept","*/*"]]"#
        let submissions = load.submissions
        let measured = await measure(submissions.count) {
            for start in stride(from: 0, to: submissions.count, by: batch) {
                let some = submissions[start..<min(start + batch, submissions.count)]
                outbox.run(4) {}
                for submission in some { outbox.store(submission, headers) }
                outbox.run(5) {}
                outbox.run(4) {}
                for message in some.flatMap(\.messages) { outbox.settle(message.id.rawValue) }
                outbox.run(5) {}
            }
        }
        outbox.close()
        return measured
    }

    /// Runs statements on a database that nobody has open.
    static func execute(_ sql: String, on path: String) {
        var database: OpaquePointer?
        guard sqlite3_open(path, &database) == SQLITE_OK, sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
            preconditionFailure(String(cString: sqlite3_errmsg(database)))
        }
        sqlite3_close(database)
    }

    private func store(_ submission: Submission, _ headers: String) {
        let event = submission.event
        run(0) {
            bind(0, 1, submission.dedupe?.key ?? "")
            bind(0, 2, event.id.rawValue)
        }
        run(1) {
            bind(1, 1, event.id.rawValue)
            sqlite3_bind_int64(statements[1], 2, event.receivedAt.microseconds)
            bind(1, 3, headers)
            event.rawBody.withUnsafeBytes { bytes in
                _ = sqlite3_bind_blob(statements[1], 4, bytes.baseAddress, Int32(bytes.count), Self.transient)
            }
        }
        let seq = sqlite3_last_insert_rowid(database)
        for message in submission.messages {
            run(0) {
                bind(0, 1, message.terms.once?.key ?? "")
                bind(0, 2, message.id.rawValue)
            }
            run(2) {
                bind(2, 1, message.id.rawValue)
                sqlite3_bind_int64(statements[2], 2, seq)
                bind(2, 3, message.rule)
                sqlite3_bind_int64(statements[2], 4, event.receivedAt.microseconds)
                bind(2, 5, message.request.text)
            }
        }
    }

    private func settle(_ id: String) {
        run(3) {
            bind(3, 1, "wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgS")
            bind(3, 2, id)
        }
    }

    private func bind(_ index: Int, _ place: Int32, _ text: String) {
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                _ = sqlite3_bind_text(
                    statements[index],
                    place,
                    characters.baseAddress,
                    Int32(characters.count),
                    Self.transient
                )
            }
        }
    }

    private func run(_ index: Int, _ bind: () -> Void) {
        bind()
        guard sqlite3_step(statements[index]) == SQLITE_DONE else { preconditionFailure(message) }
        sqlite3_reset(statements[index])
    }

    private func close() {
        for statement in statements { sqlite3_finalize(statement) }
        sqlite3_close(database)
    }

    /// Has SQLite copy what is bound.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
