// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CWriteAhead
import GRDB
import GRDBSQLite
import NIOConcurrencyHelpers

/// Copies what is in the log into the database, beside the writer and not in its way.
///
/// A connection and a thread of its own copy most of it while commits go on; what came meanwhile is little, and the writer
/// copies it between two commits, so that the log begins anew. Only what copies everything can do that: a copy that runs
/// beside a writer that never rests would never be done.
///
/// While somebody reads for long the log cannot begin anew and grows; it is cut again when it does.
///
/// - SeeAlso: [Write-ahead logging: checkpoint starvation](https://www.sqlite.org/wal.html#ckpt)
final class Checkpointer: Sendable {
    /// When so many pages were written it copies them.
    static let threshold = 2_000
    /// When so many were written and it is not done yet, the writer waits for it.
    static let limit = 8_000

    private enum Stage {
        case resting, copying, copied
    }

    private struct State {
        var stage = Stage.resting
        /// How many pages were written since the writer copied the rest.
        var pages = 0
    }

    private let connection: DatabaseQueue
    private let state = NIOLockedValueBox(State())

    init(path: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.label = "checkpoints"
        connection = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Looks after the log when a transaction has ended; on the writer's thread, outside a transaction.
    func look(_ writer: Database) {
        let new = Self.pagesWritten(writer)
        let (begins, ends, waits) = state.withLockedValue { state in
            state.pages += new
            let isTooMuch = state.pages >= Self.limit
            let begins = state.stage == .resting && state.pages >= Self.threshold
            if begins { state.stage = .copying }
            let ends = state.stage == .copied || state.stage == .copying && isTooMuch
            return (begins, ends, isTooMuch)
        }
        if begins { connection.asyncWriteWithoutTransaction { self.copy($0) } }
        if waits { wait() }
        if ends { end(writer) }
    }

    /// Returns when nothing is being copied.
    func wait() {
        connection.writeWithoutTransaction { _ in }
    }

    func close() {
        try? connection.close()
    }

    /// Copies what is there, then what came meanwhile, and has it on disk.
    private func copy(_ database: Database) {
        for _ in 0..<2 {
            // What cannot be copied now stays in the log, where it is safe, and is copied with more.
            _ = try? database.checkpoint(.passive)
            // SQLite leaves that to whoever copies the rest, who would keep the writer waiting.
            unsafe cwriteahead_sync(database.sqliteConnection)
        }
        state.withLockedValue { $0.stage = .copied }
    }

    /// Copies the rest, after which the next transaction begins the log anew unless somebody reads in it.
    private func end(_ writer: Database) {
        _ = try? writer.checkpoint(.passive)
        state.withLockedValue { $0 = State() }
    }

    /// How many pages a connection has written since it was asked last.
    private static func pagesWritten(_ database: Database) -> Int {
        var (pages, highest): (Int32, Int32) = (0, 0)
        unsafe sqlite3_db_status(database.sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 1)
        return Int(pages)
    }
}
