// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Messages
import Outbox
import TestSupport
import Testing

@testable import SQLiteOutbox

@Suite("A database that is another program's", .timeLimit(.minutes(10)))
struct ForeignFileTests {
    private func write(_ sql: String, to file: StoreFile) throws {
        let queue = try DatabaseQueue(path: file.path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    private static let foreign = [
        "CREATE TABLE customers (id INTEGER); INSERT INTO customers VALUES (1)",
        "PRAGMA application_id = 252006675; CREATE TABLE gpkg_contents (a TEXT)",
        "PRAGMA application_id = 77",
        "CREATE TABLE events (id TEXT); CREATE TABLE messages (id TEXT)",
        "PRAGMA journal_mode = wal; CREATE TABLE customers (id INTEGER)",
    ]

    @Test("is refused, and nothing in it changes", arguments: foreign, [SQLiteOutbox.Role.service, .tool])
    func refused(_ sql: String, _ role: SQLiteOutbox.Role) async throws {
        try await StoreFile.with { file in
            try write(sql, to: file)
            let bytes = try file.bytes()
            let error = try #require(await file.refusal(role: role))
            #expect(error.code == .foreign)
            #expect(error.reason.contains("another program's database"))
            #expect(try file.bytes() == bytes)
            #expect(!FileManager.default.fileExists(atPath: file.path + ".lock"))
        }
    }

    @Test("our own says whose it is, from the first start or from the next one")
    func ours() async throws {
        try await StoreFile.with { file in
            let earlier = try DatabaseQueue(path: file.path)
            try Schema.migrator.migrate(earlier, upTo: "5")
            try earlier.close()
            #expect(await file.refusal() == nil)
            let queue = try DatabaseQueue(path: file.path)
            let id = try await queue.read { try Int32.fetchOne($0, sql: "PRAGMA application_id") }
            #expect(id == 0x486B_6C6E)
            try queue.close()
            #expect(await file.refusal() == nil)
        }
    }

    @Test("an empty file and an empty database become ours", arguments: ["", "VACUUM"])
    func empty(_ sql: String) async throws {
        try await StoreFile.with { file in
            try Data().write(to: URL(filePath: file.path))
            if !sql.isEmpty { try write(sql, to: file) }
            #expect(await file.refusal() == nil)
        }
    }

    @Test("a version that is newer than we know is refused")
    func newer() async throws {
        try await StoreFile.with { file in
            #expect(await file.refusal() == nil)
            try write("PRAGMA user_version = 2", to: file)
            #expect(await file.refusal()?.code == .newerSchema)
            #expect(await file.refusal(role: .tool)?.code == .newerSchema)
        }
    }
}
