// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import GRDB
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing

@testable import SQLiteOutbox

/// Yesterday's database, brought along: a file of schema 7 holds requests, timelines and attempts where no new row does.
@Suite("Migration 8", .timeLimit(.minutes(10)))
struct MigrationTests {
    private let now = TestClock().now
    private let attempt = AttemptDetail(status: 503, code: "http_503", reason: "the partner was down", body: "{}")

    /// Lends a file of schema 7 that a body has filled.
    private func withSchema7(
        _ fill: @escaping @Sendable (Database) throws -> Void,
        _ body: (SQLiteOutbox) async throws -> Void
    ) async throws {
        try await StoreFile.with { file in
            let earlier = try DatabaseQueue(path: file.path)
            try Schema.migrator.migrate(earlier, upTo: "7")
            try await earlier.write { try fill($0) }
            try earlier.close()
            let store = try await SQLiteOutbox.open(file.path)
            try await body(store)
            await store.close()
        }
    }

    @Test("a file of schema 8 goes on: what waits keeps its time, what is told stays told, and new messages have keys")
    func schema8() async throws {
        try await StoreFile.with { file in
            let earlier = try DatabaseQueue(path: file.path)
            try Schema.migrator.migrate(earlier, upTo: "8")
            let (time, due) = (now.microseconds, now.advanced(by: .seconds(900)))
            try await earlier.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO events (seq, id, source, type, time, received_at, disposition, message_count)
                            VALUES (1, 'evt_1', 'shop', 'orders/paid', ?, ?, 'matched', 1);
                        INSERT INTO event_bodies (event, headers, body) VALUES (1, '[]', x'7B7D');
                        INSERT INTO messages (seq, id, event, source, rule, account, state, reason, due_at, on_uncertain,
                            ages_from, steps, created_at, updated_at)
                            VALUES (1, 'msg_1', 1, 'shop', 'order-paid', 'main', 'scheduled', 'why', ?, 'retry', ?, 1, ?, ?);
                        INSERT INTO message_requests (message, request) VALUES (1, ?);
                        INSERT INTO message_counts (state, count) VALUES ('scheduled', 1);
                        INSERT INTO facts (rule, recipient, kind, key, message_id, until)
                            VALUES ('order-paid', 'phone:919812345670', 'once', '1001', 'msg_1', ?);
                        """,
                    arguments: [
                        time, time, due.microseconds, due.microseconds, time, time, Make.request().json().text(),
                        due.microseconds,
                    ]
                )
            }
            try earlier.close()
            let store = try await SQLiteOutbox.open(file.path)
            let once = try Make.message(once: OncePer(key: "1001"), key: "1", dueAt: due)
            let keyed = try Make.message(key: "1", dueAt: due)
            let states = try await store.accept(Make.submission(messages: [once, keyed])).messages.map(\.state)
            #expect(states == [.suppressed, .scheduled])
            let cancellation = Cancellation(rule: "order-paid", key: "1", delay: .zero)
            let payment = Make.submission(sideEffects: SideEffects(cancellations: [cancellation]))
            #expect(try await store.accept(payment).calledOff?.total == CallOffCount(cancelled: 1))
            #expect(try await store.claim(at: due).map(\.id.rawValue) == ["msg_1"])
            await store.close()
        }
    }

    @Test("messages of before have the recipient of their request, and are found by it")
    func recipients() async throws {
        try await withSchema7 { database in
            try self.insertStates(database)
            try database.execute(
                sql: "UPDATE messages SET request = '{\"type\":\"text\",\"contactId\":\"c1\"}' WHERE seq = 2"
            )
            try database.execute(sql: "UPDATE messages SET request = 'no JSON' WHERE seq = 3")
            try database.execute(sql: "UPDATE messages SET request = NULL WHERE seq = 4")
        } _: { store in
            let byPhone = try await store.messages(MessageFilter(recipients: ["phone:919812345670"])).elements
            let all = MessageState.allCases.map { "msg_\($0)" }
            #expect(byPhone.map(\.id.rawValue) == (all.prefix(1) + all.dropFirst(4)).reversed())
            let byContact = try await store.messages(MessageFilter(recipients: ["contact:c1"])).elements
            #expect(byContact.map(\.id.rawValue) == [all[1]])
        }
    }

    @Test("what a version of before erased is not kept, whatever row it left")
    func erasedBefore() async throws {
        try await withSchema7 { database in
            try self.insertStates(database)
            try database.execute(sql: "UPDATE event_bodies SET headers = '[]', body = x'' WHERE event = 2")
        } _: { store in
            let events = try await store.events(ReplayScope(), after: 0, upTo: 3, limit: 3)
            #expect(events.map(\.archived.hasBody) == [true, false, true])
            #expect(try await store.event(events[0].archived.event.id)?.hasBody == true)
            #expect(try await store.event(events[1].archived.event.id)?.hasBody == false)
        }
    }

    @Test("a file of schema 14 goes on: opt-outs hold, and no report finds a message of before (42, 43)")
    func schema14() async throws {
        try await StoreFile.with { file in
            let earlier = try DatabaseQueue(path: file.path)
            try Schema.migrator.migrate(earlier, upTo: "14")
            let time = now.microseconds
            try await earlier.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO events (seq, id, source, type, time, received_at, disposition, message_count)
                            VALUES (1, 'evt_1', 'shop', 'orders/paid', ?, ?, 'matched', 1);
                        INSERT INTO messages (seq, id, event, source, rule, account, state, reason, on_uncertain, ages_from,
                            steps, created_at, updated_at, partner_id, recipient)
                            VALUES (1, 'msg_1', 1, 'shop', 'order-paid', 'main', 'accepted', 'why', 'retry', ?, 1, ?, ?,
                                'wamid.1', 'phone:919812345670');
                        INSERT INTO message_counts (state, count) VALUES ('accepted', 1);
                        INSERT INTO consents (seq, recipient, scope, decision, origin, at, who, recorded_at)
                            VALUES (1, 'phone:919812345670', 'all', 'opted-out', 'operator', ?, 'asha', ?);
                        INSERT INTO opt_outs (recipient, consent) VALUES ('phone:919812345670', 1);
                        """,
                    arguments: [time, time, time, time, time, time, time]
                )
            }
            try earlier.close()
            var options = SQLiteOutbox.Options()
            (options.linksReports, options.knowsWindows) = (true, true)
            let store = try await SQLiteOutbox.open(file.path, options: options)
            let report = DeliveryReport(.delivered, of: "wamid.1", at: now, source: "wa")
            let told = Make.submission(sideEffects: SideEffects(reports: [report]))
            #expect(try await store.accept(told).reports == [.unknown])
            #expect(try await store.message(MessageID(rawValue: "msg_1"))?.message.arrival == nil)
            let message = try Make.message()
            #expect(try await store.accept(Make.submission(messages: [message])).messages.map(\.state) == [.suppressed])
            await store.close()
        }
    }

    /// Writes an event with a message in each state, as the version before did.
    private func insertStates(_ database: Database) throws {
        for (index, state) in MessageState.allCases.enumerated() {
            let (seq, time) = (Int64(index + 1), now.microseconds)
            try database.execute(
                sql: """
                    INSERT INTO events (seq, id, source, type, time, received_at, disposition, message_count)
                        VALUES (?, ?, 'shop', 'orders/paid', ?, ?, 'matched', 1);
                    INSERT INTO event_bodies (event, headers, body) VALUES (?, '[]', x'7B7D');
                    """,
                arguments: [seq, "evt_\(state)", time, time, seq]
            )
            try database.execute(
                sql: """
                    INSERT INTO messages (seq, id, event, source, rule, account, state, reason, due_at, on_uncertain, claims,
                        claimed_at, lease_ends, attempts, ages_from, steps, created_at, updated_at, request)
                        VALUES (?, ?, ?, 'shop', 'order-paid', 'main', ?, 'why', ?, 'hold', 1, ?, ?, 0, ?, 1, ?, ?, ?);
                    INSERT INTO timeline (message, number, at, who, to_state, why) VALUES (?, 1, ?, 'hookline', ?, 'why');
                    INSERT INTO attempts (message, number, started_at, duration, outcome, status, code, reason, body)
                        VALUES (?, 1, ?, 7, 'retryable', 503, 'http_503', 'the partner was down', '{}');
                    """,
                arguments: [
                    seq, "msg_\(state)", seq, state.rawValue, state.isWaiting ? time : nil, time,
                    state == .sending ? time + 60_000_000 : nil, time, time, time,
                    Make.request().json().text(), seq, time, state.rawValue, seq, time,
                ]
            )
        }
    }

    @Test("every message of before is listed, counted and told as it was, in whatever state it stood")
    func keepsStates() async throws {
        try await withSchema7(insertStates) { store in
            let counts = try await store.countsByState()
            #expect(counts == Dictionary(uniqueKeysWithValues: MessageState.allCases.map { ($0, 1) }))
            for state in MessageState.allCases {
                let id = MessageID(rawValue: "msg_\(state)")
                #expect(try await store.messages(MessageFilter(state: state)).elements.map(\.id) == [id])
                let detail = try #require(try await store.message(id))
                #expect(detail.message.request?.message == (try Make.request()))
                #expect(detail.timeline == [TimelineEntry(at: now, who: "hookline", from: nil, to: state, why: "why")])
                let outcome = Outcome.retryable(attempt, retryAfter: nil)
                #expect(
                    detail.attempts == [
                        Attempt(number: 1, startedAt: now, duration: .microseconds(7), outcome: outcome)
                    ]
                )
                let event = try await store.event(EventID(rawValue: "evt_\(state)"))
                #expect(event?.messages.map(\.state) == [state])
            }
        }
    }

    @Test("what waited is claimed, what was lost is found, and their timelines go on where they were")
    func goesOn() async throws {
        try await withSchema7(insertStates) { store in
            let lost = try await store.expiredLeases(at: now, limit: 10)
            #expect(lost.map(\.id.rawValue) == ["msg_sending"])
            let claimed = try await store.claim(at: now)
            #expect(claimed.map(\.id.rawValue) == ["scheduled", "queued", "retrying", "deferred"].map { "msg_\($0)" })
            #expect(claimed.map(\.claim) == [2, 2, 2, 2])
            for message in claimed { _ = try await store.settle(message, .accepted(partnerID: "wamid.1"), at: now) }
            let detail = try #require(try await store.message(MessageID(rawValue: "msg_queued")))
            #expect(detail.timeline.map(\.to) == [.queued, .sending, .accepted])
            #expect(detail.attempts.map(\.number) == [1, 2])
            #expect(detail.attempts.last?.outcome == .accepted(partnerID: "wamid.1"))
            #expect(try await store.countsByState()[.accepted] == 5)
        }
    }

    @Test("what waited without a recipient's column has that of its request, and is not sent to who opts out (43)")
    func optsOut() async throws {
        try await withSchema7(insertStates) { store in
            let line = ConsentEntry("phone:919812345670", .optedOut, .all, origin: .operator, at: now, who: "asha")
            let receipt = try await store.record([line], at: now)
            #expect(receipt == ConsentReceipt(added: 1, suppressed: 3, tooLate: 1))
            #expect(try await store.claim(at: now).isEmpty)
            let waiting = MessageState.waiting.count
            #expect(try await store.messages(MessageFilter(state: .suppressed)).elements.count == waiting + 1)
        }
    }

    @Test("what is old enough goes with all that it left in both places")
    func prunes() async throws {
        try await withSchema7(insertStates) { store in
            let kept = MessageState.kept.count
            let later = now.advanced(by: .seconds(1))
            let pruned = try await store.prune(Retention(events: .zero), now: later, limit: 100)
            #expect(pruned.messages == MessageState.allCases.count - kept)
            #expect(try await store.countsByState().values.reduce(0, +) == kept)
            let left = try await store.pool.read { database in
                try ["messages", "timeline", "attempts", "event_bodies"].map { table in
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)")
                }
            }
            #expect(left == [kept, kept, kept, kept])
        }
    }

    @Test("a large file is brought along whole")
    func large() async throws {
        let (rows, time) = (100_000, now.microseconds)
        let request = try Make.request().json().text()
        try await withSchema7 { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
                        INSERT INTO events (seq, id, source, type, time, received_at, disposition, message_count)
                        SELECT i, 'evt_' || i, 'shop', 'orders/paid', \(time), \(time), 'matched', 1 FROM n;
                    INSERT INTO messages (seq, id, event, source, rule, account, state, reason, due_at, on_uncertain,
                        ages_from, steps, created_at, updated_at, request)
                        SELECT seq, 'msg_' || seq, seq, 'shop', 'order-paid', 'main', iif(seq % 10, 'accepted', 'queued'),
                            'why', iif(seq % 10, NULL, \(time)), 'hold', \(time), 1, \(time), \(time), '\(request)' FROM events;
                    INSERT INTO timeline (message, number, at, who, to_state, why)
                        SELECT seq, 1, \(time), 'hookline', state, 'why' FROM messages;
                    """
            )
        } _: { store in
            #expect(try await store.countsByState() == [.accepted: rows * 9 / 10, .queued: rows / 10])
            var claimed: [ClaimedMessage] = []
            repeat { claimed += try await store.claim(5_000, at: now) } while claimed.count < rows / 10
            #expect(Set(claimed.map(\.id)).count == rows / 10)
            #expect(try await store.claim(at: now).isEmpty)
            #expect(try await store.message(MessageID(rawValue: "msg_99999"))?.timeline.map(\.to) == [.accepted])
        }
    }
}

/// Number 7: nothing about a message that waits is kept in a process.
@Suite("A message that waits while the service is killed", .timeLimit(.minutes(10)))
struct KilledWhileWaitingTests {
    private let now = TestClock().now

    @Test("7: twenty kills within one delay leave one message, at the same time, and a called off one stays so")
    func kills() async throws {
        try await StoreFile.with { file in
            let due = now.advanced(by: .seconds(900))
            let (kept, gone) = (try Make.message(key: "1", dueAt: due), try Make.message(key: "2", dueAt: due))
            var path = file.path
            var store = try await SQLiteOutbox.open(path)
            _ = try await store.accept(Make.submission(messages: [kept, gone]))
            let cancellation = Cancellation(rule: "order-paid", key: "2", delay: .seconds(900))
            _ = try await store.accept(Make.submission(sideEffects: SideEffects(cancellations: [cancellation])))
            for kill in 1...20 {
                // What a killed process leaves behind: the file and its log as they are.
                let next = "\(file.path).\(kill)"
                for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
                    try FileManager.default.copyItem(atPath: path + suffix, toPath: next + suffix)
                }
                await store.close()
                path = next
                store = try await SQLiteOutbox.open(path)
                #expect(try await store.claim(at: due.advanced(by: .microseconds(-1))).isEmpty)
                #expect(try await store.message(kept.id)?.message.dueAt == due)
            }
            #expect(try await store.claim(at: due).map(\.id) == [kept.id])
            #expect(try await store.state(of: gone.id) == .cancelled)
            await store.close()
        }
    }

    @Test("16: killed anywhere in the commit of its message, a key is there with it or not at all")
    func killedKeys() async throws {
        try await StoreFile.with { file in
            try await file.fill(1)
            let store = try await SQLiteOutbox.open(file.path)
            let once = OncePer(key: "1001")
            let before = try file.logSize
            let first = try Make.message(once: once)
            _ = try await store.accept(Make.submission(messages: [first]))
            var known: [Bool] = []
            for logged in Array(stride(from: before, to: try file.logSize, by: 2_060)) + [try file.logSize] {
                let copy = try file.copyOfKilled(to: "\(logged)", logged: logged)
                let next = try await SQLiteOutbox.open(copy.path)
                let isThere = try await next.message(first.id) != nil
                let told = try await next.accept(Make.submission(messages: [try Make.message(once: once)]))
                #expect(told.messages.map(\.state) == [isThere ? .suppressed : .queued], "\(logged) bytes")
                known.append(isThere)
                await next.close()
            }
            #expect(known.first == false && known.last == true)
            #expect(known.count > 10, "the commit was cut within and between its pages")
            await store.close()
        }
    }
}
