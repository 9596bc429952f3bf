// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Messages
import Outbox
import SQLiteOutbox
import TestSupport

/// A database file in a folder of its own, for tests of what happens to files.
struct StoreFile: Sendable {
    let folder: URL

    var path: String { folder.appending(path: "outbox.db").path }

    static func with<Value>(_ body: (StoreFile) async throws -> Value) async throws -> Value {
        try await withTemporaryFolder { try await body(StoreFile(folder: $0)) }
    }

    /// A file beside the database, or another name.
    func beside(_ name: String) -> URL { folder.appending(path: name) }

    /// Makes a database with so many events in it, and closes it.
    func fill(_ count: Int = 40) async throws {
        let store = try await SQLiteOutbox.open(path)
        for number in 0..<count {
            let body = #"{"id": \#(number), "note": "\#(String(repeating: "x", count: 900))"}"#
            _ = try await store.accept(Submission(event: Make.event(body: body), messages: [Make.message()]))
        }
        await store.close()
    }

    /// How many bytes the log has.
    var logSize: Int { get throws { try Data(contentsOf: beside("outbox.db-wal")).count } }

    /// Copies database and log while a store has them open: what a kill would leave.
    ///
    /// - Parameters:
    ///   - name: The name of the copy's folder.
    ///   - logged: So many bytes of the log were written by then; all if left out.
    /// - Returns: The copy.
    /// - Throws: When it cannot be made.
    func copyOfKilled(to name: String, logged: Int? = nil) throws -> StoreFile {
        let copy = StoreFile(folder: beside(name))
        try FileManager.default.createDirectory(at: copy.folder, withIntermediateDirectories: false)
        for file in ["outbox.db", "outbox.db-wal"] {
            try FileManager.default.copyItem(at: beside(file), to: copy.beside(file))
        }
        if let logged {
            try Data(contentsOf: copy.beside("outbox.db-wal")).prefix(logged).write(to: copy.beside("outbox.db-wal"))
        }
        return copy
    }

    func bytes() throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    /// Why the file does not open; `nil` when it does.
    func refusal(of path: String? = nil, role: SQLiteOutbox.Role = .service) async -> StoreError? {
        do throws(StoreError) {
            // A busy machine gets through a small file in this time, too.
            var options = SQLiteOutbox.Options()
            options.examination = .seconds(600)
            await (try SQLiteOutbox.open(path ?? self.path, role: role, options: options)).close()
            return nil
        } catch {
            return error
        }
    }
}

/// Holds the write lock of a database on a connection of its own while a body runs, as another process would.
///
/// - Parameters:
///   - path: The database.
///   - body: Gets a way to let go before its end.
/// - Returns: What the body returned.
/// - Throws: What the body threw, or why the lock is not to be had.
func whileLocked<Value>(
    _ path: String,
    _ body: (_ letGo: @escaping @Sendable () -> Void) async throws -> Value
) async throws -> Value {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: path, configuration: configuration)
    try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    // A connection that is closed holds nothing.
    let letGo: @Sendable () -> Void = { try? other.close() }
    defer { letGo() }
    return try await body(letGo)
}
