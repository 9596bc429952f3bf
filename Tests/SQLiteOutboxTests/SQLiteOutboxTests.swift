// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Events
import Foundation
import GRDB
import HTTPTypes
import Messages
import Outbox
import TestSupport
import Testing

@testable import SQLiteOutbox

@Suite("The outbox in SQLite", .timeLimit(.minutes(10)))
struct SQLiteOutboxTests {
    private let now = TestClock().now

    private func withFile<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        try await withTemporaryFolder { try await body($0.appending(path: "outbox.db").path) }
    }

    private func options(_ change: (inout SQLiteOutbox.Options) -> Void) -> SQLiteOutbox.Options {
        var options = SQLiteOutbox.Options()
        change(&options)
        return options
    }

    private func code(of body: () async throws(StoreError) -> some Any) async -> StoreError.Code? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("headers are kept as a JSON list of pairs, in their order, and come back as they were")
    func headerText() throws {
        var headers: HTTPFields = [.userAgent: #"shop "2\4""#]
        let name = try #require(HTTPField.Name("X-Topic"))
        headers.append(HTTPField(name: name, value: "a"))
        headers.append(HTTPField(name: name, value: "Käse\t€"))
        let text = HeaderText.encode(headers)
        #expect(text == #"[["User-Agent","shop \"2\\4\""],["X-Topic","a"],["X-Topic","Käse\t€"]]"#)
        #expect(HeaderText.decode(text) == headers)
        #expect(HeaderText.encode([:]) == "[]")
    }

    @Test("while nobody traces, no message is told of its event's trace, however it is claimed")
    func untraced() async throws {
        try await withFile { path in
            let store = try await SQLiteOutbox.open(path, options: options { $0.readsTraces = false })
            let (riding, quotas) = (RidingClaims {}, [ClaimQuota(account: "main", limit: 1)])
            _ = try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: riding)
            let messages = [try Make.message(), try Make.message(dueAt: now.advanced(by: .seconds(1)))]
            var submission = Make.submission(messages: messages, at: now)
            submission.event.trace = TraceContext(
                trace: TraceID(high: 7, low: 1),
                span: SpanID(rawValue: 1),
                isSampled: true
            )
            _ = try await store.accept(submission)
            let claimed = try await store.claim(at: now.advanced(by: .seconds(1)))
            #expect((riding.take() + claimed).map(\.origin) == [nil, nil])
            #expect(try await store.event(submission.event.id)?.event.trace == submission.event.trace)
            await store.close()
        }
    }

    @Test("every commit waits for the disk: synchronous is FULL, in a write-ahead log")
    func isDurable() async throws {
        try await withFile { path in
            let store = try await SQLiteOutbox.open(path)
            let pragmas = try await store.pool.writeWithoutTransaction { database in
                let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
                let checkpoint = try Int.fetchOne(database, sql: "PRAGMA wal_autocheckpoint")
                return [synchronous, checkpoint]
            }
            let mode = try await store.pool.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
            #expect(pragmas == [2, 0])
            #expect(mode == "wal")
            await store.close()
        }
    }

    @Test("writes that arrive while a commit runs share the next one")
    func groupCommit() async throws {
        try await withBlockedWriter { store, unblock in
            let submissions = try (0..<50).map { _ in try Make.submission(messages: [Make.message()]) }
            let receipts = try await inOneGroup(submissions, store, unblock).map { try $0.get() }
            #expect(Set(receipts.map(\.event)) == Set(submissions.map(\.event.id)))
            #expect(store.commits == 1)
        }
    }

    @Test("a write that fails leaves the others of its group alone")
    func oneBadWrite() async throws {
        try await withBlockedWriter { store, unblock in
            let taken = try Make.message()
            let bad = Make.submission(messages: [taken, taken])
            let good = try (0..<5).map { _ in try Make.submission(messages: [Make.message()]) }
            let stored = await inOneGroup(good + [bad], store, unblock).compactMap { try? $0.get() }
            #expect(stored.map(\.event) == good.map(\.event.id))
            let counts = try await store.countsByState()
            #expect(counts == [.queued: 5], "nothing of the bad submission is left")
            #expect(try await store.event(bad.event.id) == nil)
        }
    }

    @Test("a duplicate within the same group is recognised")
    func duplicateInGroup() async throws {
        try await withBlockedWriter { store, unblock in
            let submissions = (0..<4).map { _ in Make.submission(dedupe: "evt-1") }
            let receipts = try await inOneGroup(submissions, store, unblock).map { try $0.get() }
            #expect(receipts.map(\.isDuplicate) == [false, true, true, true])
            #expect(Set(receipts.map(\.event)).count == 1)
        }
    }

    @Test("rejections never wait and never pile up: the queue before their log is bounded")
    func boundedRejections() async throws {
        try await withBlockedWriter { store, unblock in
            for number in 0..<1_500 {
                store.recordRejection(Rejection(at: now, source: "shop", status: 401, code: "\(number)", reason: "no"))
            }
            #expect(store.writes.waiting == 1_000)
            unblock()
            try await store.check()
            #expect(try await store.rejections(RejectionFilter(limit: 2_000)).elements.count == 1_000)
        }
    }

    @Test("a disk with less room than an event needs counts as full, whatever else may still fit")
    func littleRoom() throws {
        let files = StoreFiles(path: "/tmp")
        try files.requireRoom(0)
        let error = #expect(throws: StoreError.self) { try files.requireRoom(.max) }
        #expect(error?.code == .full)
        #expect(error?.reason.hasSuffix("KiB left, and events are refused when it has none; make room") == true)
    }

    @Test("a full database says so, keeps what it has, and takes more when there is room")
    func full() async throws {
        try await withFile { path in
            let store = try await SQLiteOutbox.open(path, options: options { $0.maxBytes = 400_000 })
            let body = String(repeating: "x", count: 20_000)
            var accepted = 0
            var failure: StoreError?
            while failure == nil, accepted < 100 {
                do throws(StoreError) {
                    _ = try await store.accept(Submission(event: Make.event(body: body)))
                    accepted += 1
                } catch {
                    failure = error
                }
            }
            #expect(failure?.code == .full)
            #expect(try await store.events(EventFilter(limit: 100)).elements.count == accepted)
            _ = try await store.prune(Retention(events: .zero), now: now.advanced(by: .seconds(1)), limit: 100)
            let late = try await store.accept(Submission(event: Make.event(body: body)))
            #expect(!late.isDuplicate)
            await store.close()
        }
    }

    @Test("after a crash the messages that were being sent are found, and the others wait as before")
    func abruptEnd() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteOutbox.open(folder.appending(path: "outbox.db").path)
            let messages = try [Make.message(), Make.message()]
            _ = try await store.accept(Make.submission(messages: messages))
            let claimed = try await store.claim(1, lease: .seconds(3_600), at: now)
            let copy = folder.appending(path: "copy")
            try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: false)
            for name in ["outbox.db", "outbox.db-wal"] {
                try FileManager.default.copyItem(at: folder.appending(path: name), to: copy.appending(path: name))
            }
            let reopened = try await SQLiteOutbox.open(copy.appending(path: "outbox.db").path)
            let lost = try await reopened.expiredLeases(at: now, limit: 10)
            #expect(lost.map(\.id) == claimed.map(\.id))
            #expect(try await reopened.claim(at: now).map(\.id) == [messages[1].id])
            await reopened.close()
            await store.close()
        }
    }

    @Test("a second service on the same file is refused, until the first one is gone")
    func oneService() async throws {
        try await withFile { path in
            let first = try await SQLiteOutbox.open(path)
            let code = await code { () throws(StoreError) in try await SQLiteOutbox.open(path) }
            await first.close()
            #expect(code == .inUse)
            let second = try await SQLiteOutbox.open(path)
            await second.close()
        }
    }

    @Test("a tool reads and decides beside the service")
    func toolBesideService() async throws {
        try await withFile { path in
            let service = try await SQLiteOutbox.open(path)
            let message = try Make.message(dueAt: now.advanced(by: .seconds(60)))
            _ = try await service.accept(Make.submission(messages: [message]))
            let tool = try await SQLiteOutbox.open(path, role: .tool)
            let cancelled = try await tool.decide(.cancel, on: message.id, by: "asha", at: now)
            #expect(cancelled.state == .cancelled)
            #expect(try await service.state(of: message.id) == .cancelled)
            await tool.close()
            await service.close()
        }
    }

    @Test("a service that looks hears of what a tool has written, and of nothing else", .timeLimit(.minutes(5)))
    func heedsTool() async throws {
        try await withFile { path in
            let service = try await SQLiteOutbox.open(path)
            let tool = try await SQLiteOutbox.open(path, role: .tool)
            let message = try Make.message(dueAt: now.advanced(by: .seconds(60)))
            _ = try await tool.accept(Make.submission(messages: [message]))
            _ = try await service.heedOthers()
            let calls = EventRecorder<String>()
            let wakeUps = service.wakeUps()
            let listener = Task { for await _ in wakeUps { calls.record("woken") } }
            _ = try await service.heedOthers()
            _ = try await tool.decide(.cancel, on: message.id, by: "asha", at: now)
            _ = try await service.heedOthers()
            await calls.until { $0 == ["woken"] }
            listener.cancel()
            await tool.close()
            await service.close()
        }
    }

    @Test("a tool needs a database that is there")
    func toolWithoutDatabase() async throws {
        try await withFile { path in
            let code = await code { () throws(StoreError) in try await SQLiteOutbox.open(path, role: .tool) }
            #expect(code == .cannotOpen)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("another process's transaction makes a write busy, and only that write")
    func busy() async throws {
        try await withFile { path in
            let store = try await SQLiteOutbox.open(path, options: options { $0.busyTimeout = .zero })
            let code = try await whileLocked(path) { _ in
                await self.code { () throws(StoreError) in try await store.accept(Make.submission()) }
            }
            #expect(code == .busy)
            let late = try await store.accept(Make.submission())
            #expect(!late.isDuplicate)
            await store.close()
        }
    }

    @Test("a database of a newer Hookline is refused with a sentence")
    func newerSchema() async throws {
        try await withFile { path in
            let store = try await SQLiteOutbox.open(path)
            try await store.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('a later one')") }
            await store.close()
            let code = await code { () throws(StoreError) in try await SQLiteOutbox.open(path, role: .tool) }
            #expect(code == .newerSchema)
        }
    }

    @Test("a database of an earlier version is brought up to date with what is in it, by a service alone")
    func olderSchema() async throws {
        try await withFile { path in
            let id = EventID(at: now)
            let earlier = try DatabaseQueue(path: path)
            try Schema.migrator.migrate(earlier, upTo: "2")
            try await earlier.write { [now] database in
                try database.execute(
                    sql: """
                        INSERT INTO events (seq, id, source, type, time, received_at, disposition, message_count)
                            VALUES (1, ?, 'shop', 'orders/paid', ?, ?, 'unmatched', 0);
                        INSERT INTO event_bodies (event, headers, body) VALUES (1, '[]', x'7B7D');
                        INSERT INTO rejections (at, source, status, code, reason) VALUES (?, 'shop', 401, 'x', 'y');
                        INSERT INTO once_keys (rule, recipient, key, message_id, expires_at)
                            VALUES ('order-paid', 'phone:919812345670', '1001', 'msg_earlier', ?);
                        """,
                    arguments: [
                        id.rawValue, now.microseconds, now.microseconds, now.microseconds,
                        now.advanced(by: .seconds(60)).microseconds,
                    ]
                )
            }
            try earlier.close()
            let tool = await code { () throws(StoreError) in try await SQLiteOutbox.open(path, role: .tool) }
            #expect(tool == .cannotOpen)
            let store = try await SQLiteOutbox.open(path)
            let event = try #require(try await store.event(id))
            #expect(event.event.rawBody == Array("{}".utf8))
            #expect(event.event.secretLabel == nil && event.lookUp == nil)
            #expect(try await store.rejections(RejectionFilter()).elements.map(\.count) == [1])
            for (seconds, state) in [(59, MessageState.suppressed), (60, .queued)] {
                let time = now.advanced(by: .seconds(seconds))
                let message = try Make.message(once: OncePer(key: "1001"))
                let receipt = try await store.accept(Make.submission(messages: [message], at: time))
                #expect(receipt.messages.map(\.state) == [state], "a key of the earlier version holds for its time")
            }
            await store.close()
        }
    }

    @Test("a file that is no database is corrupt, a folder that is not there cannot be opened")
    func unusableFiles() async throws {
        try await withFile { path in
            try Data("this is no database, but it is long enough to be taken for one".utf8).write(
                to: URL(filePath: path)
            )
            let corrupt = await code { () throws(StoreError) in try await SQLiteOutbox.open(path) }
            #expect(corrupt == .corrupt)
            let missing = await code { () throws(StoreError) in try await SQLiteOutbox.open(path + "/x/y.db") }
            #expect(missing == .cannotOpen)
        }
    }

    /// Hands in events while the writer is busy, so that they wait for one transaction, and lets it go.
    ///
    /// - Returns: What became of each, in their order.
    private func inOneGroup(
        _ submissions: [Submission],
        _ store: SQLiteOutbox,
        _ unblock: () -> Void
    ) async -> [Result<Receipt, StoreError>] {
        let ended = EventRecorder<(Int, Result<Receipt, StoreError>)>()
        for (number, submission) in submissions.enumerated() {
            store.accept([submission]) { result in ended.record((number, result.map { $0[0] })) }
        }
        #expect(store.writes.waiting == submissions.count)
        unblock()
        return await ended.until { $0.count == submissions.count }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Lends a store whose writer is busy until the test says so, so that writes gather behind it.
    private func withBlockedWriter(_ body: (SQLiteOutbox, @Sendable () -> Void) async throws -> Void) async throws {
        try await withFile { path in
            let store = try await SQLiteOutbox.open(path)
            let gate = DispatchSemaphore(value: 0)
            store.pool.asyncWriteWithoutTransaction { _ in gate.wait() }
            try await closing(store) {
                defer { gate.signal() }
                try await body(store) { gate.signal() }
            }
        }
    }
}
