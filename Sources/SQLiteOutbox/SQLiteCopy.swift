// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Messages
package import Outbox

/// An SQLite file while it is copied, or copied into; owned as a service would own it.
package final class SQLiteCopy: CopyingStore {
    package let name: String
    private let store: SQLiteOutbox
    private let lock: ServiceLock?
    /// Whether a row may stand in the tables of before migration 8.
    private let hasOldTimelines: Bool

    private init(_ path: String, _ store: SQLiteOutbox, _ lock: ServiceLock?) throws {
        name = "sqlite:\(path)"
        (self.store, self.lock) = (store, lock)
        hasOldTimelines = try store.pool.read { database in
            let sql = """
                SELECT EXISTS (SELECT 1 FROM timeline) OR EXISTS (SELECT 1 FROM attempts WHERE outcome = 'accepted')
                """
            return try Bool.fetchOne(database, sql: sql) ?? false
        }
    }

    /// Opens a file to copy from, or to look into, which has to be there and of this build's schema; nothing in it is changed.
    ///
    /// - Parameter path: The file; a copy that was not finished is opened, too, so that a rehearsal can tell of it.
    /// - Returns: The store; close it in the end.
    /// - Throws: `StoreError`, with `inUse` where a service runs on it.
    package static func source(_ path: String) async throws(StoreError) -> SQLiteCopy {
        guard StoreFiles(path: path).exists else {
            throw StoreError(.cannotOpen, "there is no database at \(path)")
        }
        let lock = try ServiceLock(on: path)
        var options = SQLiteOutbox.Options()
        options.opensCopies = true
        do throws(StoreError) {
            return try make(path, try await SQLiteOutbox.open(path, role: .tool, options: options), lock)
        } catch {
            lock.release()
            throw error
        }
    }

    /// Opens a file to copy into, and makes it where it is missing; one that something is in is left as it is.
    ///
    /// - Parameter path: The file.
    /// - Returns: The store, which says of itself that something is in it; close it in the end.
    /// - Throws: `StoreError`, with `inUse` where a service runs on it.
    package static func target(_ path: String) async throws(StoreError) -> SQLiteCopy {
        if StoreFiles(path: path).hasDatabase {
            let found = try await source(path)
            if try await found.isFilled() { return found }
            await found.close()
        }
        var options = SQLiteOutbox.Options()
        options.opensCopies = true
        return try make(path, try await SQLiteOutbox.open(path, options: options), nil)
    }

    private static func make(
        _ path: String,
        _ store: SQLiteOutbox,
        _ lock: ServiceLock?
    ) throws(StoreError) -> SQLiteCopy {
        do { return try SQLiteCopy(path, store, lock) } catch { throw StoreError(error) }
    }

    package func close() async {
        await store.close()
        lock?.release()
    }

    /// The lock says that nobody else does.
    package func requireIdle() {}

    package func mark() async throws(StoreError) -> String {
        try await read { database in
            let ends = [
                "SELECT max(seq) FROM events", "SELECT max(seq) FROM messages", "SELECT max(seq) FROM jobs",
                "SELECT max(seq) FROM audit", "SELECT max(seq) FROM consents", "SELECT max(seq) FROM rejections",
                "SELECT wall FROM clock",
            ]
            let first = try String.fetchOne(database, sql: "SELECT id FROM events ORDER BY seq LIMIT 1")
            let numbers = try ends.map { try Int64.fetchOne(database, sql: $0) ?? 0 }
            return "sqlite \(Schema.newest) \(first ?? "-") \(numbers.map(String.init).joined(separator: " "))"
        }
    }

    package func count(_ table: CopiedTable) async throws(StoreError) -> Int {
        let sql = try Self.sql(of: table).count
        return try await read { try Int.fetchOne($0, sql: sql) ?? 0 }
    }

    package func standing() async throws(StoreError) -> CopyStanding {
        try await read { database in
            let mark = CopyTable(database: database)
            if try mark.exists() { return .begun(try mark.begun()) }
            return try Self.isEmpty(database) ? .empty : .filled
        }
    }

    /// Whether something is in it that no copy brings; it is closed where that cannot be said.
    private func isFilled() async throws(StoreError) -> Bool {
        do throws(StoreError) { return try await standing() == .filled } catch {
            await close()
            throw error
        }
    }

    private static func isEmpty(_ database: Database) throws -> Bool {
        for table in CopiedTableSQL.all {
            for insertion in table.insertions {
                let sql = "SELECT EXISTS (SELECT 1 FROM \(insertion.table))"
                if try Bool.fetchOne(database, sql: sql) == true { return false }
            }
        }
        return true
    }

    package func begin(from source: String, mark: String) async throws(StoreError) {
        try await store.writes.perform { database, _ in
            guard try Self.isEmpty(database) else {
                throw StoreError(.conflict, "there is something in the target already; expected an empty store")
            }
            try CopyTable(database: database).begin(from: source, mark: mark)
        }
    }

    package func discard() async throws(StoreError) {
        let name = name
        try await store.writes.perform { database, _ in
            let copy = CopyTable(database: database)
            guard try copy.exists() else { throw StoreError.noUnfinishedCopy(name) }
            try copy.discard()
        }
    }

    package func write(
        _ rows: [CopiedRow],
        to table: CopiedTable,
        _ progress: CopyStanding.Progress
    ) async throws(StoreError) {
        let sql = try Self.sql(of: table)
        try await store.writes.perform { database, _ in
            for row in rows { try sql.write(row, database) }
            try CopyTable(database: database).put(progress, of: table)
        }
    }

    package func finish() async throws(StoreError) {
        let examination: StoreExamination = try await read { database in
            let findings = try String.fetchAll(database, sql: "PRAGMA quick_check(1)")
            return findings == ["ok"] ? .sound : .damaged(findings.first ?? "it gave no answer")
        }
        if let damage = examination.damage { throw StoreError(.corrupt, "\(name) is damaged: \(damage)") }
        try await store.writes.perform { database, _ in
            try database.execute(
                sql: """
                    DELETE FROM message_counts;
                    INSERT INTO message_counts (state, count) SELECT state, count(*) FROM messages GROUP BY state
                    """
            )
            try CopyTable(database: database).end()
        }
    }

    package func page(
        of table: CopiedTable,
        after place: CopiedPlace?,
        within bounds: CopyBounds
    ) async throws(StoreError) -> CopiedPage {
        let (sql, foldsOld) = (try Self.sql(of: table), hasOldTimelines && table == .messages)
        return try await read { database in
            var (rows, last, size): ([CopiedRow], CopiedPlace?, Int) = ([], nil, 0)
            let cursor = try Row.fetchCursor(
                database.cachedStatement(sql: sql.select(after: place?.values)),
                arguments: StatementArguments((place?.values ?? []).map(Self.argument) + [bounds.rows.databaseValue])
            )
            while size < bounds.bytes, let row = try cursor.next() {
                var copied = sql.row(row)
                if foldsOld { try OldTimeline(database: database).fold(into: &copied, sql.seq(of: row)) }
                size += copied.reduce(0) { $0 + $1.size }
                rows.append(copied)
                last = sql.place(of: row)
            }
            return CopiedPage(rows: rows, place: last)
        }
    }

    private static func argument(_ value: CopiedValue) -> DatabaseValue {
        switch value {
        case .null: .null
        case .number(let number): number.databaseValue
        // As bytes, for a text is cut where it has a zero.
        case .text(let text): Data(text.utf8).databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        }
    }

    private static func sql(of table: CopiedTable) throws(StoreError) -> CopiedTableSQL {
        guard let sql = CopiedTableSQL.all.first(where: { $0.table == table }) else {
            throw StoreError(.failed, "nothing is said of the table \(table.name)")
        }
        return sql
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let pool = store.pool
        return try await SQLiteOutbox.onBlockingQueue { () throws(StoreError) in
            do { return try pool.read(body) } catch { throw StoreError(error) }
        }
    }
}

extension CopiedTableSQL {
    /// A row that ``select(after:)`` brought.
    fileprivate func row(_ row: Row) -> CopiedRow {
        table.columns.enumerated().map { index, column in
            Self.value(row, index + place.count, column.kind)
        }
    }

    /// The number of a row that is in order by one.
    fileprivate func seq(of row: Row) -> Int64 { row[0] }

    fileprivate func place(of row: Row) -> CopiedPlace {
        CopiedPlace(
            place.indices.map { index in
                guard case .string = (row[index] as DatabaseValue).storage else {
                    return CopiedValue(number: row[index])
                }
                return .text(Self.text(row, index) ?? "")
            }
        )
    }

    private static func value(_ row: Row, _ index: Int, _ kind: CopiedTable.Kind) -> CopiedValue {
        switch kind {
        case .number, .time, .flag: CopiedValue(number: row[index])
        case .text, .event, .message, .holder: CopiedValue(text: text(row, index))
        case .bytes: CopiedValue(bytes: (row[index] as Data?).map { [UInt8]($0) })
        case .key: CopiedValue(bytes: text(row, index).map(StoredKey.copied))
        }
    }

    /// A text to its end, also behind a zero.
    private static func text(_ row: Row, _ index: Int) -> String? {
        (row[index] as Data?).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes a row of a copy.
    fileprivate func write(_ row: CopiedRow, _ database: Database) throws {
        for (insertion, places) in zip(insertions, places) where places.needed.map({ row[$0] != .null }) ?? true {
            try database.write(insertion.sql) { binding in
                for index in places.bound { binding.add(row[index], table.columns[index].kind) }
            }
        }
    }
}

extension Binding {
    fileprivate mutating func add(_ value: CopiedValue, _ kind: CopiedTable.Kind) {
        switch value {
        case .null: addNull()
        case .number(let number): add(number)
        case .text(let text): add(text)
        case .bytes(let bytes): kind == .key ? add(StoredKey.name(of: bytes)) : add(blob: bytes)
        }
    }
}

/// What was written of a message before migration 8, which a copy has in the message's story.
private struct OldTimeline {
    let database: Database

    func fold(into row: inout CopiedRow, _ seq: Int64) throws {
        let table = TimelineTable(database: database)
        guard let place = CopiedTable.messages.index(of: "story"), let story = row[place].text else { return }
        var text = Story(try table.entries(of: seq)).text
        for attempt in try table.attempts(of: seq) { text += Story([], attempt: attempt).text }
        if !text.isEmpty { row[place] = .text(String(decoding: text, as: UTF8.self) + story) }
    }
}
