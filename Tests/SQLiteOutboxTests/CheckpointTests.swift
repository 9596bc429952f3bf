// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Messages
import Outbox
import TestSupport
import Testing

@testable import SQLiteOutbox

@Suite("The log and its copies", .timeLimit(.minutes(10)))
struct CheckpointTests {
    private let pageSize = 4_096
    private let body = String(repeating: "x", count: 250_000)

    /// Stores events of 62 pages each.
    private func write(_ count: Int, to store: SQLiteOutbox) async throws {
        for _ in 0..<count { _ = try await store.accept(Submission(event: Make.event(body: body))) }
    }

    private func size(_ file: StoreFile, _ suffix: String) throws -> Int {
        try Data(contentsOf: file.beside("outbox.db\(suffix)")).count
    }

    @Test("the log begins anew while the writer never rests, and the database has what was in it")
    func bounded() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            try await write(600, to: store)
            let (log, database) = (try size(file, "-wal"), try size(file, ""))
            #expect(log < (Checkpointer.limit + 500) * pageSize, "of 37,000 pages that were written")
            #expect(database > 100 * body.utf8.count)
            await store.close()
            #expect(try size(file, "") > 600 * body.utf8.count)
        }
    }

    @Test("a log that grew while somebody read for long is cut when it begins anew")
    func longReader() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let reader = try DatabaseQueue(path: file.path, configuration: configuration)
            try await write(1, to: store)
            try await reader.writeWithoutTransaction { database in
                try database.execute(sql: "BEGIN")
                #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM events") == 1)
            }
            try await write(300, to: store)
            #expect(try size(file, "-wal") > 300 * body.utf8.count, "the reader needs the log")
            try await reader.writeWithoutTransaction { database in
                #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM events") == 1)
                try database.execute(sql: "COMMIT")
            }
            try await write(200, to: store)
            #expect(try size(file, "-wal") < (Checkpointer.limit + 500) * pageSize)
            #expect(try await store.events(EventFilter(limit: 1_000)).elements.count == 501)
            try reader.close()
            await store.close()
        }
    }

    @Test("a kill at any time leaves every commit, wherever its pages are")
    func killed() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            for round in 1...6 {
                try await write(25, to: store)
                let copy = try file.copyOfKilled(to: "killed-\(round)")
                let reopened = try await SQLiteOutbox.open(copy.path)
                #expect(try await reopened.examine(within: .seconds(600)) == .sound)
                #expect(try await reopened.events(EventFilter(limit: 1_000)).elements.count == 25 * round)
                await reopened.close()
                try FileManager.default.removeItem(at: copy.folder)
            }
            await store.close()
        }
    }
}
