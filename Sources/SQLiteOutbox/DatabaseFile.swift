// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Outbox

/// Opens the file in the one way in which it keeps its promises, and refuses where it would not.
enum DatabaseFile {
    struct Limits {
        /// The largest size of the file; `nil` for any.
        let maxBytes: Int?
        /// How long a write waits for another process's transaction.
        let busyTimeout: Duration
    }

    static func open(_ path: String, role: SQLiteOutbox.Role, limits: Limits) throws -> DatabasePool {
        guard role == .service || FileManager.default.fileExists(atPath: path) else {
            throw StoreError(.cannotOpen, "there is no database at \(path)")
        }
        if role == .service { makePrivate(path) }
        let pool = try DatabasePool(path: path, configuration: configuration(limits))
        try requireKnownSchema(pool)
        try makeDurable(pool)
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
        return pool
    }

    private static func configuration(_ limits: Limits) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(limits.busyTimeout.inSeconds)
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = 4
        configuration.label = "outbox"
        return configuration
    }

    /// Creates a file that only its owner reads: it holds customers' data.
    ///
    /// SQLite gives `-wal` and `-shm` the same mode.
    private static func makePrivate(_ path: String) {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { Foundation.close(descriptor) }
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
    private static func makeDurable(_ pool: DatabasePool) throws {
        let (level, mode) = try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000")
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
