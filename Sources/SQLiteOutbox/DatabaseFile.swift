// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CWriteAhead
import Events
import GRDB
import Messages
import Outbox

/// Opens the file in the one way in which it keeps its promises, and refuses where it would not.
enum DatabaseFile {
    struct Limits {
        /// The largest size of the file; `nil` for any.
        let maxBytes: Int?
        /// How long a write waits for another process's transaction.
        let busyWait: BusyWait
        /// How long a service looks for damage before it begins.
        let examination: Duration
        /// Whether a copy that was not finished is opened.
        let opensCopies: Bool
    }

    /// A database that is ready, with what a service found in it.
    struct Opened {
        let pool: DatabasePool
        let examination: StoreExamination?
    }

    /// Refuses what is no database of ours, and creates one for a service; nothing that was there has changed.
    static func prepare(_ path: String, role: SQLiteOutbox.Role) throws {
        try gatherWrites()
        let files = StoreFiles(path: path)
        try files.requireDatabaseOfLog()
        switch role {
        case .service:
            try files.requireOneName()
            files.createPrivate()
        case .tool:
            guard files.exists else { throw StoreError(.cannotOpen, "there is no database at \(path)") }
        }
        if files.exists { try DatabaseIdentity.require(path) }
    }

    /// Has SQLite hand a commit to the system in one piece; before any database is opened.
    private static func gatherWrites() throws {
        let code = ResultCode(rawValue: cwriteahead_register())
        guard code == .SQLITE_OK else { throw DatabaseError(resultCode: code) }
    }

    static func open(_ path: String, role: SQLiteOutbox.Role, limits: Limits) throws -> Opened {
        let examination = role == .service ? try examine(path, limits) : nil
        let pool = try DatabasePool(path: path, configuration: configuration(limits))
        try requireKnownSchema(pool)
        if !limits.opensCopies, try pool.read({ try CopyTable(database: $0).exists() }) {
            throw CopyTable.refusal(path)
        }
        try makeDurable(pool, role)
        switch role {
        case .service:
            try Schema.migrator.migrate(pool)
            try endLeasesOfEarlierRuns(pool)
        case .tool:
            guard try pool.read(Schema.migrator.hasCompletedMigrations) else {
                throw StoreError(.cannotOpen, "\(path) has an older schema; 'hookline serve' brings it up to date")
            }
        }
        try limit(pool, to: limits.maxBytes)
        return Opened(pool: pool, examination: examination)
    }

    private static func configuration(_ limits: Limits) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .callback { limits.busyWait.waits(tries: $0) }
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = 4
        configuration.label = "outbox"
        return configuration
    }

    /// Reads before anything is opened for writing: to turn the log on already changes a page.
    private static func examine(_ path: String, _ limits: Limits) throws -> StoreExamination {
        var configuration = configuration(limits)
        configuration.readonly = true
        let database = try DatabaseQueue(path: path, configuration: configuration)
        let examination = try DatabaseExamination(database).run(within: limits.examination)
        try database.close()
        guard let damage = examination.damage else { return examination }
        let advice = "keep it with its -wal, put a backup in their place (docs/operations.md, Backup)"
        throw StoreError(.corrupt, "\(path) is damaged: \(damage); \(advice)")
    }

    private static func requireKnownSchema(_ pool: DatabasePool) throws {
        guard try pool.read(Schema.migrator.hasBeenSuperseded) else { return }
        throw StoreError(
            .newerSchema,
            "a newer Hookline wrote this database; this one knows its schema up to number \(Schema.newest)"
        )
    }

    /// Makes every commit wait for the disk, and refuses a database that does not.
    ///
    /// GRDB sets `synchronous = NORMAL` when it turns WAL on, after every hook of its configuration; with that a power
    /// cut could take back what was answered with 2xx. So it is set here, outside a transaction, and read back.
    ///
    /// A service copies its log by itself (``Checkpointer``), and cuts it when it begins anew after it had grown.
    private static func makeDurable(_ pool: DatabasePool, _ role: SQLiteOutbox.Role) throws {
        let pages = role == .service ? 0 : 1_000
        let (level, mode) = try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = \(pages)")
            _ = try Int.fetchOne(database, sql: "PRAGMA journal_size_limit = \(Checkpointer.limit * 4_096)")
            return (
                try Int.fetchOne(database, sql: "PRAGMA synchronous"),
                try String.fetchOne(database, sql: "PRAGMA journal_mode")
            )
        }
        guard level == 2, mode == "wal" else {
            throw StoreError(.notDurable, "the database would not write synchronously to a write-ahead log")
        }
    }

    /// The lock says that nobody else delivers from this file: every lease in it is a dead service's.
    private static func endLeasesOfEarlierRuns(_ pool: DatabasePool) throws {
        try pool.write { try $0.execute(sql: "UPDATE messages SET lease_ends = 0 WHERE lease_ends IS NOT NULL") }
    }

    private static func limit(_ pool: DatabasePool, to maxBytes: Int?) throws {
        guard let maxBytes else { return }
        try pool.writeWithoutTransaction { database in
            let pageSize = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4_096
            try database.execute(sql: "PRAGMA max_page_count = \(max(1, maxBytes / pageSize))")
        }
    }
}
