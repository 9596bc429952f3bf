// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Messages
import Outbox
import SQLiteOutbox
import TestSupport
import Testing

@Suite("A database that is damaged, or half there", .timeLimit(.minutes(10)))
struct DamageTests {
    private static let pageSize = 4_096

    @Test("a sound database is examined whole when a service opens it")
    func sound() async throws {
        try await StoreFile.with { file in
            try await file.fill()
            let store = try await SQLiteOutbox.open(file.path)
            #expect(store.examination == .sound)
            #expect(try await store.examine(within: .seconds(60)) == .sound)
            await store.close()
        }
    }

    @Test("without time for it the examination is unfinished, and the service begins all the same")
    func noTime() async throws {
        try await StoreFile.with { file in
            try await file.fill()
            var options = SQLiteOutbox.Options()
            options.examination = .zero
            let store = try await SQLiteOutbox.open(file.path, options: options)
            #expect([.sound, .unfinished(after: .zero)].contains(store.examination))
            #expect(try await store.countsByState() == [.queued: 40])
            await store.close()
        }
    }

    @Test("a flipped page, wherever it is, is found before anything is changed", arguments: 1..<12)
    func flippedPage(_ page: Int) async throws {
        try await StoreFile.with { file in
            try await file.fill()
            var bytes = try file.bytes()
            let start = page * Self.pageSize
            for offset in start..<(start + Self.pageSize) { bytes[offset] ^= 0xFF }
            try bytes.write(to: URL(filePath: file.path))
            let error = try #require(await file.refusal())
            #expect(error.code == .corrupt)
            #expect(error.reason.contains("damaged") && error.reason.contains("backup"))
            #expect(try file.bytes() == bytes)
        }
    }

    @Test("a damaged database tells a tool what it has")
    func toolExamines() async throws {
        try await StoreFile.with { file in
            try await file.fill()
            var bytes = try file.bytes()
            // The last page belongs to a table or index that opening does not read.
            for offset in (bytes.count - Self.pageSize)..<bytes.count { bytes[offset] ^= 0xFF }
            try bytes.write(to: URL(filePath: file.path))
            let tool = try await SQLiteOutbox.open(file.path, role: .tool)
            #expect(try await tool.examine(within: .seconds(60)).damage != nil)
            await tool.close()
        }
    }

    @Test("a log without its database, or beside an empty one, is refused and kept", arguments: [true, false])
    func logAlone(_ isEmpty: Bool) async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            for _ in 0..<10 { _ = try await store.accept(Make.submission(messages: [Make.message()])) }
            let killed = try file.copyOfKilled(to: "killed")
            await store.close()
            try FileManager.default.removeItem(atPath: killed.path)
            if isEmpty { try Data().write(to: URL(filePath: killed.path)) }
            let log = try Data(contentsOf: killed.beside("outbox.db-wal"))
            for role in [SQLiteOutbox.Role.service, .tool] {
                let error = try #require(await killed.refusal(role: role))
                #expect(error.code == .corrupt)
                #expect(error.reason.contains("outbox.db-wal is there"))
            }
            #expect(try Data(contentsOf: killed.beside("outbox.db-wal")) == log)
        }
    }
}
