// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import Outbox

/// The table `copying`, which is there while a copy into the database has begun and not ended: what is copied, and how far.
struct CopyTable {
    let database: Database

    /// What a service says that finds it.
    static func refusal(_ path: String) -> StoreError {
        let words = "\(path) is a copy that was not finished"
        return StoreError(
            .cannotOpen,
            "\(words): run 'hookline store copy' again, which goes on where it was, or begins again with --anew"
        )
    }

    func exists() throws -> Bool {
        try database.tableExists("copying")
    }

    func begin(from source: String, mark: String) throws {
        try database.execute(
            sql: """
                CREATE TABLE copying (
                    name TEXT PRIMARY KEY, place TEXT, rows INTEGER NOT NULL, is_done INTEGER NOT NULL) STRICT
                """
        )
        for (name, value) in [(Self.source, source), (Self.mark, mark)] {
            try database.run("INSERT INTO copying (name, place, rows, is_done) VALUES (?, ?, 0, 0)", [name, value])
        }
    }

    private static let (source, mark) = ("the source", "its mark")

    func begun() throws -> CopyStanding.Begun {
        let rows = try database.rows("SELECT name, place, rows, is_done FROM copying", []) { row in
            (name: row[0] as String, place: row[1] as String?, rows: row[2] as Int, isDone: row[3] as Bool)
        }
        var (source, mark, tables): (String, String, [String: CopyStanding.Progress]) = ("", "", [:])
        for row in rows {
            switch row.name {
            case Self.source: source = row.place ?? ""
            case Self.mark: mark = row.place ?? ""
            default:
                let place = row.place.flatMap { CopiedPlace($0) }
                tables[row.name] = .init(place: place, rows: row.rows, isDone: row.isDone)
            }
        }
        return CopyStanding.Begun(source: source, mark: mark, tables: tables)
    }

    func put(_ progress: CopyStanding.Progress, of table: CopiedTable) throws {
        try database.run(
            "INSERT OR REPLACE INTO copying (name, place, rows, is_done) VALUES (?, ?, ?, ?)",
            [table.name, progress.place?.text, progress.rows, progress.isDone]
        )
    }

    /// Empties all tables that hold anything of the copy, and ends it.
    ///
    /// What keeps lines of the audit log from being deleted is taken off meanwhile: they are those of the source.
    func discard() throws {
        let triggers = try database.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'", []) { row in
            (name: row[0] as String, sql: row[1] as String)
        }
        for trigger in triggers { try database.execute(sql: "DROP TRIGGER \(trigger.name)") }
        let tables = """
            SELECT name FROM sqlite_master
            WHERE type = 'table' AND name NOT IN ('grdb_migrations', 'copying') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            """
        for table in try database.rows(tables, [], { $0[0] as String }) {
            try database.execute(sql: "DELETE FROM \(table)")
        }
        for trigger in triggers { try database.execute(sql: trigger.sql) }
        try end()
    }

    func end() throws {
        try database.execute(sql: "DROP TABLE copying")
    }
}
