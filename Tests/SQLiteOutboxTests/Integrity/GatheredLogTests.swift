// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CWriteAhead
import Foundation
import GRDB
import TestSupport
import Testing

/// A commit reaches the system in one piece (`CWriteAhead`): that nobody may notice.
@Suite("A log whose writes are gathered", .timeLimit(.minutes(10)))
struct GatheredLogTests {
    /// Opens a database whose cache is so small that a transaction of a few rows spills into the log.
    private func open(_ file: StoreFile, synchronous: String = "FULL") throws -> DatabaseQueue {
        #expect(cwriteahead_register() == 0)
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = \(synchronous)")
            try database.execute(sql: "PRAGMA cache_size = 8; PRAGMA wal_autocheckpoint = 0")
            try database.execute(sql: "CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        }
        return try DatabaseQueue(path: file.path, configuration: configuration)
    }

    private func put(_ rows: [Int: Int], _ database: Database) throws {
        for (id, size) in rows.sorted(by: { $0.key < $1.key }) {
            let text = String(repeating: "\(id % 10)", count: size)
            try database.execute(sql: "INSERT OR REPLACE INTO rows (id, text) VALUES (?, ?)", arguments: [id, text])
        }
    }

    /// The sizes of the rows, by id; every row has the text that ``put(_:_:)`` wrote.
    private func rows(_ database: Database) throws -> [Int: Int] {
        var rows: [Int: Int] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT id, text FROM rows") {
            let (id, text) = (row[0] as Int, row[1] as String)
            #expect(text.utf8.allSatisfy { $0 == UInt8(ascii: "0") + UInt8(id % 10) })
            rows[id] = text.utf8.count
        }
        return rows
    }

    private func size(ofLog file: StoreFile) throws -> Int {
        try Data(contentsOf: file.beside("outbox.db-wal")).count
    }

    private struct Refused: Error {}

    @Test("what a transaction spills is gathered, read back in it, and in the file after the commit")
    func gathers() async throws {
        try await StoreFile.with { file in
            let queue = try open(file)
            let before = try size(ofLog: file)
            let all = Dictionary(uniqueKeysWithValues: (0..<60).map { ($0, 3_000) })
            try await queue.write { database in
                try put(all, database)
                #expect(try size(ofLog: file) == before, "less than 512 KiB stay in memory")
                #expect(try rows(database) == all)
            }
            #expect(try size(ofLog: file) > before + 60 * 3_000)
            let other = try open(file)
            #expect(try await other.read(rows) == all)
        }
    }

    @Test("what a rolled back transaction had gathered never reaches the file, where others write by then")
    func forgets() async throws {
        try await StoreFile.with { file in
            let (first, second) = (try open(file), try open(file))
            try await first.write { try put([1: 100], $0) }
            await #expect(throws: Refused.self) {
                try await first.write { database in
                    try put(Dictionary(uniqueKeysWithValues: (10..<40).map { ($0, 3_000) }), database)
                    throw Refused()
                }
            }
            let late = Dictionary(uniqueKeysWithValues: (100..<140).map { ($0, 2_000) })
            try await second.write { try put(late, $0) }
            let all = late.merging([1: 100]) { $1 }
            #expect(try await first.read(rows) == all)
            try first.close()
            let copy = try file.copyOfKilled(to: "killed")
            #expect(try await open(copy).read(rows) == all)
            #expect(try await second.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
        }
    }

    @Test("also a commit that waits for no disk is in the file before others are told of it")
    func barrier() async throws {
        try await StoreFile.with { file in
            let (writer, reader) = (try open(file, synchronous: "OFF"), try open(file, synchronous: "OFF"))
            for number in 0..<20 {
                try await writer.write { try put([number: 5_000], $0) }
                #expect(try await reader.read(rows).keys.sorted() == Array(0...number))
            }
        }
    }

    @Test("whatever is written, rolled back and checkpointed: a kill leaves the commits", arguments: 0..<8)
    func anything(seed: UInt64) async throws {
        try await StoreFile.with { file in
            var generator = SeededGenerator(seed: seed)
            let queues = [try open(file), try open(file)]
            var expected: [Int: Int] = [:]
            for step in 0..<40 {
                let queue = queues[Int.random(in: 0..<2, using: &generator)]
                var changes: [Int: Int] = [:]
                for _ in 0..<Int.random(in: 1..<120, using: &generator) {
                    changes[Int.random(in: 0..<200, using: &generator)] = Int.random(in: 0..<9_000, using: &generator)
                }
                let isKept = Int.random(in: 0..<4, using: &generator) > 0
                let (new, undone) = (changes, [500: 70_000, 501: 200_000])
                try await queue.writeWithoutTransaction { database in
                    try database.inTransaction(.immediate) {
                        try database.inSavepoint {
                            try put(undone, database)
                            return .rollback
                        }
                        try put(new, database)
                        return isKept ? .commit : .rollback
                    }
                }
                if isKept { expected.merge(changes) { $1 } }
                if step % 7 == 3 { try await queue.writeWithoutTransaction { _ = try $0.checkpoint(.passive) } }
                if step % 17 == 9 { try await queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
                if step % 5 == 0 {
                    let copy = try file.copyOfKilled(to: "killed-\(step)")
                    #expect(try await open(copy).read(rows) == expected)
                }
            }
            for queue in queues {
                #expect(try await queue.read(rows) == expected)
                #expect(try await queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
            }
        }
    }
}
