// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
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
            var options = SQLiteOutbox.Options()
            options.examination = .seconds(600)
            let store = try await SQLiteOutbox.open(file.path, options: options)
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

    // MARK: One row

    private static let hurts: [(sql: String, word: String)] = [
        ("UPDATE messages SET gates = 'no JSON' WHERE seq = 2", "'gates'"),
        (#"UPDATE messages SET gates = '{"quiet": 7, "limit": null}' WHERE seq = 2"#, "'gates'"),
        ("UPDATE messages SET on_uncertain = 'perhaps' WHERE seq = 2", "'on_uncertain'"),
        ("UPDATE messages SET category = 'SECRET' WHERE seq = 2", "'category'"),
        ("UPDATE consents SET scope = 'some' WHERE seq = 1", "opted out"),
    ]

    @Test("a message of which a column cannot be read fails alone, in words, and all others leave", arguments: hurts)
    func oneRow(sql: String, word: String) async throws {
        try await StoreFile.with { file in
            let numbers = ["919812345671", "919812345672", "919812345673"]
            let start = try await SQLiteOutbox.open(file.path)
            let optOut = ConsentEntry(
                "phone:919812345672",
                .optedOut,
                .all,
                account: "other",
                origin: .operator,
                at: now,
                who: "test"
            )
            _ = try await start.record([optOut], at: now)
            let messages = try numbers.map { try Make.message(to: $0) }
            _ = try await start.accept(Make.submission(messages: messages))
            await start.close()
            try await DatabaseQueue(path: file.path).write { try $0.execute(sql: sql) }

            let store = try await SQLiteOutbox.open(file.path)
            let claimed = try await store.claim([.init(account: "main", limit: 10)], lease: .seconds(60), now: now)
            #expect(claimed.map(\.id) == [messages[0].id, messages[2].id])
            let hurt = try #require(try await store.message(messages[1].id))
            #expect(hurt.message.state == .failed)
            #expect(hurt.message.reason.contains(word), "\(hurt.message.reason)")
            #expect(hurt.timeline.map(\.to) == [.queued, .sending, .failed])
            #expect(try await store.messages(MessageFilter()).elements.count == 3)
            await store.close()
        }
    }

    private var now: Timestamp { TestClock().now }
}
