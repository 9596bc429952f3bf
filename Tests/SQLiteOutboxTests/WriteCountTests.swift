// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import Messages
import NIOConcurrencyHelpers
import Outbox
import TestSupport
import Testing

@testable import SQLiteOutbox

/// What an event with one message costs the file from request to settlement: the figures of docs/schema.md.
@Suite("The writes of one event", .timeLimit(.minutes(10)))
struct WriteCountTests {
    private let now = TestClock().now

    private func submission(_ number: Int) throws -> Submission {
        let message = try Make.message(once: OncePer(key: "order \(number)"))
        return Make.submission(messages: [message], dedupe: "event \(number)")
    }

    /// The first words of the statements that a body has the writer run, without what frames a transaction.
    private func statements(of store: SQLiteOutbox, _ body: () async throws -> Void) async throws -> [String] {
        let seen = NIOLockedValueBox<[String]>([])
        try await store.pool.writeWithoutTransaction { database in
            database.trace { event in
                guard case .statement(let statement) = event else { return }
                let words = statement.sql.split { $0 == " " || $0 == "\n" }
                let isInto = words.count > 2 && ["INTO", "FROM"].contains(words[1])
                seen.withLockedValue { $0.append(words.prefix(isInto ? 3 : 2).joined(separator: " ")) }
            }
        }
        try await body()
        try await store.pool.writeWithoutTransaction { $0.trace(options: []) }
        return seen.withLockedValue { $0.filter { !$0.hasPrefix("BEGIN") && !$0.hasPrefix("COMMIT") } }
    }

    private let recognizing = ["INSERT INTO dedupe_keys", "INSERT INTO events", "INSERT INTO event_bodies"]
    private let beginning = ["INSERT INTO facts", "INSERT INTO messages", "INSERT INTO message_requests"]
    /// Whether anybody has opted out: once a transaction, of an empty table.
    private let asking = "SELECT 1,"
    /// Whether a report came before the acceptance.
    private let askingForReports = "SELECT 1"
    private var accepting: [String] { recognizing + [asking] + beginning }
    private let counting = "INSERT INTO message_counts"

    @Test("an event whose message rides along takes six statements to be stored and claimed, and one to be settled")
    func riding() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let (riding, quotas) = (RidingClaims {}, [ClaimQuota(account: "main", limit: 1)])
            _ = try await store.exchange([], quotas, lease: .seconds(60), now: now, riding: riding)
            let stored = try await statements(of: store) { _ = try await store.accept(submission(1)) }
            #expect(stored == accepting + [counting])
            let claimed = try #require(riding.take().first)
            let settled = try await statements(of: store) {
                _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: now)
            }
            #expect(settled == ["UPDATE messages", counting, counting])
            await store.close()
        }
    }

    @Test("where a source reports what becomes of messages, a settlement asks once whether one came before it (42)")
    func reporting() async throws {
        try await StoreFile.with { file in
            var options = SQLiteOutbox.Options()
            options.linksReports = true
            let store = try await SQLiteOutbox.open(file.path, options: options)
            let stored = try await statements(of: store) { _ = try await store.accept(submission(1)) }
            #expect(stored == accepting + [counting])
            let claimed = try #require(try await store.claim(at: now).first)
            let settled = try await statements(of: store) {
                _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: now)
            }
            #expect(settled == ["UPDATE messages", askingForReports, counting, counting])
            let plan = try await plan(of: store) { _ = try MessageTable(database: $0).row(partnerID: "wamid.1") }
            #expect(plan.contains("SEARCH m USING INDEX messages_partner (partner_id=?)"), "\(plan)")
            await store.close()
        }
    }

    @Test("an event that is in a trace takes one statement more, and where that is read a claim does, too")
    func traced() async throws {
        for readsTraces in [false, true] {
            try await StoreFile.with { file in
                var options = SQLiteOutbox.Options()
                options.readsTraces = readsTraces
                let store = try await SQLiteOutbox.open(file.path, options: options)
                var submission = try submission(1)
                submission.event.trace = TraceContext(trace: .random(), span: .random(), isSampled: true)
                let event = submission
                let stored = try await statements(of: store) { _ = try await store.accept(event) }
                let put = ["INSERT INTO event_traces"]
                #expect(stored == recognizing + put + [asking] + beginning + [counting])
                let claimed = try await statements(of: store) { _ = try await store.claim(at: now) }
                let reading = readsTraces ? ["SELECT t.traceparent,"] : []
                #expect(claimed == ["SELECT m.seq,", asking, "UPDATE messages"] + reading + [counting, counting])
                let later = now.advanced(by: .seconds(9))
                let claim = try #require(
                    try await store.expiredLeases(at: later.advanced(by: .seconds(90)), limit: 1).first
                )
                _ = try await store.settle(claim, .accepted(partnerID: "wamid.1"), at: later)
                _ = try await store.prune(Retention(events: .zero), now: later.advanced(by: .seconds(1)), limit: 10)
                let left = try await store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM event_traces") }
                #expect(left == 0)
                await store.close()
            }
        }
    }

    @Test("an event whose message waits takes two statements more, to be claimed")
    func waiting() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let stored = try await statements(of: store) { _ = try await store.accept(submission(1)) }
            #expect(stored == accepting + [counting])
            let claimed = try await statements(of: store) { _ = try await store.claim(at: now) }
            #expect(claimed == ["SELECT m.seq,", asking, "UPDATE messages", counting, counting])
            await store.close()
        }
    }

    @Test("a limit takes two statements at the claim, and one more when the attempt did not arrive")
    func limited() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let limit = SendLimit(count: 2, every: .seconds(60))
            let messages = try (0..<2).map { _ in try Make.message(limit: limit) }
            _ = try await store.accept(Make.submission(messages: messages))
            let seen = NIOLockedValueBox<[ClaimedMessage]>([])
            let claimed = try await statements(of: store) {
                let claims = try await store.claim(at: now)
                seen.withLockedValue { $0 = claims }
            }
            let each = ["SELECT until", "INSERT INTO facts", "UPDATE messages"]
            #expect(claimed == ["SELECT m.seq,", asking] + each + each + [counting, counting])
            let claims = seen.withLockedValue { $0 }
            let arrived = try await statements(of: store) {
                _ = try await store.settle(claims[0], .accepted(partnerID: "wamid.1"), at: now)
            }
            #expect(arrived == ["UPDATE messages", counting, counting])
            let refused = try await statements(of: store) {
                _ = try await store.settle(claims[1], .refused(Make.detail(422)), at: now)
            }
            #expect(
                refused.filter { $0 != counting } == ["UPDATE messages", "DELETE FROM facts", "INSERT OR"]
            )
            await store.close()
        }
    }

    @Test("while somebody has opted out, each message takes one look-up more (43)")
    func optedOut() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let line = ConsentEntry("phone:919812345671", .optedOut, .all, origin: .operator, at: now, who: "asha")
            _ = try await store.record([line], at: now)
            let messages = try [1, 2].map { try Make.message(once: OncePer(key: "order \($0)")) }
            let submission = Make.submission(messages: messages, dedupe: "event 1")
            let stored = try await statements(of: store) { _ = try await store.accept(submission) }
            #expect(stored == recognizing + [asking, lookingUp] + beginning + [lookingUp] + beginning + [counting])
            let plan = try await plan(of: store) { database in
                var effects = WriteQueue.Effects(standing: nil, linksReports: true, knowsWindows: false)
                _ = try ConsentTable(database: database).optOuts(of: "phone:919812345671", &effects)
            }
            let expected = [
                "SEARCH o USING PRIMARY KEY (recipient=?)", "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)",
                "USE TEMP B-TREE FOR ORDER BY",
            ]
            #expect(plan == expected)
            await store.close()
        }
    }

    private let lookingUp = "SELECT c.seq,"

    @Test("what a limit asks goes along the line of departures of one rule and recipient, from its end")
    func departurePlan() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let message = try Make.message(limit: SendLimit(count: 3, every: .seconds(60)))
            let origin = (id: EventID(rawValue: "evt_1"), source: "shop")
            let beginning = Beginning.of(message.terms, cause: message.cause, at: now, keys: now)
            let record = MessageRecord(message, of: origin, beginning, at: now)
            let plan = try await plan(of: store) { [now] database in
                _ = try record.hold(at: now, keys: now) { try FactTable(database: database).departure($0) }
            }
            #expect(plan == ["SEARCH facts USING INDEX facts_line (rule=? AND recipient=? AND until>?)"])
            await store.close()
        }
    }

    @Test("a message that can be called off takes one statement more, and an event that calls one off six")
    func callingOff() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let message = try Make.message(once: OncePer(key: "1"), key: "1", dueAt: now.advanced(by: .seconds(60)))
            let stored = try await statements(of: store) {
                _ = try await store.accept(Make.submission(messages: [message], dedupe: "1"))
            }
            let look = "SELECT message_id,"
            #expect(stored == accepting.prefix(4) + [look] + accepting.dropFirst(4) + [counting])
            let cancellation = Cancellation(rule: "order-paid", key: "1", delay: .zero)
            let payment = Make.submission(sideEffects: SideEffects(cancellations: [cancellation]), dedupe: "2")
            let called = try await statements(of: store) { _ = try await store.accept(payment) }
            #expect(
                called == accepting.prefix(3) + [
                    "SELECT m.seq,", "UPDATE messages", "SELECT count(*)", look, "INSERT OR", "UPDATE events", counting,
                    counting,
                ]
            )
            await store.close()
        }
    }

    @Test(
        "an event that opens a digest takes five statements in place of a message's three, and one that joins it five"
    )
    func digests() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let items = try (0..<2).map { _ in try Make.item(at: now) }
            let opening = try await statements(of: store) {
                _ = try await store.accept(Make.submission(digests: [items[0]], dedupe: "1", at: now))
            }
            let written = ["INSERT INTO messages", "INSERT INTO digests", "INSERT INTO digest_items"]
            #expect(opening == recognizing + ["SELECT message", asking] + written + [counting])
            let joining = try await statements(of: store) {
                _ = try await store.accept(Make.submission(digests: [items[1]], dedupe: "2", at: now))
            }
            let joined = ["SELECT message", "SELECT m.seq,", asking, "UPDATE digests", "INSERT INTO digest_items"]
            #expect(joining == recognizing + joined)
            let slot = items[0].slot
            let search = try await plan(of: store) { _ = try DigestTable(database: $0).open(slot) }
            #expect(search.contains { $0.contains("digests_open") }, "\(search)")
            let events = try await plan(of: store) { _ = try DigestTable(database: $0).events(of: 1) }
            #expect(events.contains { $0.contains("digest_items_message") }, "\(events)")
            await store.close()
        }
    }

    @Test("an event that calls off finds its messages by their index")
    func callingOffPlan() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let plan = try await plan(of: store) {
                _ = try MessageTable(database: $0).rows("WHERE \(SideEffectWork.meant)", ["r", "1", 1, 1, 1])
            }
            #expect(plan.contains { $0.contains("messages_key") }, "\(plan)")
            await store.close()
        }
    }

    @Test(
        "lists of the few find their index",
        arguments: [
            (MessageState.failed, "messages_noteworthy"), (.queued, "messages_noteworthy"),
            (.sending, "messages_lease"),
        ]
    )
    func plans(state: MessageState, index: String) async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let plan = try await plan(of: store) {
                _ = try MessageReading(database: $0).messages(MessageFilter(state: state))
            }
            #expect(plan.contains { $0.contains(index) }, "\(plan)")
            await store.close()
        }
    }

    @Test("a list of unmatched events finds its index")
    func eventPlan() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let plan = try await plan(of: store) {
                _ = try EventReading(database: $0).events(EventFilter(disposition: .unmatched))
            }
            #expect(plan.contains { $0.contains("events_noteworthy") }, "\(plan)")
            await store.close()
        }
    }

    @Test(
        "whoever looks for messages finds the index",
        arguments: [
            (MessageFilter(recipients: ["phone:1", "phone:2"]), "messages_recipient"),
            (MessageFilter(key: "1"), "messages_key"), (MessageFilter(rule: "r", key: "1"), "messages_key"),
            (MessageFilter(event: EventID(rawValue: "evt_1")), "messages_event"),
        ]
    )
    func searchPlan(filter: MessageFilter, index: String) async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let plan = try await plan(of: store) { _ = try MessageReading(database: $0).messages(filter) }
            #expect(plan.contains { $0.hasPrefix("SEARCH m USING INDEX \(index)") }, "\(plan)")
            await store.close()
        }
    }

    @Test(
        "by the partner's id a message is found whether a source tells of messages or not, by an index where one does"
    )
    func partnerSearch() async throws {
        for linksReports in [false, true] {
            try await StoreFile.with { file in
                var options = SQLiteOutbox.Options()
                options.linksReports = linksReports
                let store = try await SQLiteOutbox.open(file.path, options: options)
                _ = try await store.accept(submission(1))
                let claimed = try #require(try await store.claim(at: now).first)
                _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: now)
                let filter = MessageFilter(partnerID: "wamid.1")
                #expect(try await store.messages(filter).elements.map(\.partnerID) == ["wamid.1"])
                let plan = try await plan(of: store) { _ = try MessageReading(database: $0).messages(filter) }
                #expect(
                    plan.contains { $0.hasPrefix("SEARCH m USING INDEX messages_partner") } == linksReports,
                    "\(plan)"
                )
                await store.close()
            }
        }
    }

    @Test("whoever looks for events by recipient reads those of the recipient alone")
    func eventSearchPlan() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            let plan = try await plan(of: store) {
                _ = try EventReading(database: $0).events(EventFilter(recipients: ["phone:1"]))
            }
            #expect(plan.contains { $0.hasPrefix("SEARCH e USING INTEGER PRIMARY KEY") }, "\(plan)")
            #expect(plan.contains { $0.contains("messages_recipient") }, "\(plan)")
            await store.close()
        }
    }

    @Test("a list of messages of a source with few events reads the rows that it shows, in their order")
    func messagesOfSource() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            _ = try await store.accept(Make.submission(source: "till", messages: [try Make.message()]))
            let plan = try await plan(of: store) {
                _ = try MessageReading(database: $0).messages(MessageFilter(source: "till"))
            }
            #expect(plan.contains { $0.hasPrefix("SEARCH m USING INTEGER PRIMARY KEY") }, "\(plan)")
            #expect(plan.contains { $0.contains("COVERING INDEX messages_event") }, "\(plan)")
            #expect(plan.allSatisfy { !$0.contains("TEMP B-TREE FOR ORDER BY") }, "\(plan)")
            await store.close()
        }
    }

    @Test("a list of events of a type searches each of its sources, and no other row")
    func eventsOfType() async throws {
        try await StoreFile.with { file in
            let store = try await SQLiteOutbox.open(file.path)
            for source in ["till", "shop"] { _ = try await store.accept(Make.submission(source: source)) }
            let plan = try await plan(of: store) {
                _ = try EventReading(database: $0).events(EventFilter(type: "orders/paid"))
            }
            #expect(plan.contains { $0.hasPrefix("SEARCH e USING INTEGER PRIMARY KEY") }, "\(plan)")
            #expect(plan.count { $0.contains("COVERING INDEX events_kind (type=? AND source=?)") } == 2, "\(plan)")
            await store.close()
        }
    }

    /// How SQLite goes about the statement that a body runs.
    private func plan(
        of store: SQLiteOutbox,
        _ body: @escaping @Sendable (Database) throws -> Void
    ) async throws -> [String] {
        try await store.pool.read { database in
            let seen = NIOLockedValueBox("")
            database.trace { event in
                guard case .statement(let statement) = event else { return }
                seen.withLockedValue { $0 = statement.expandedSQL }
            }
            try body(database)
            database.trace(options: [])
            let sql = "EXPLAIN QUERY PLAN \(seen.withLockedValue { $0 })"
            return try Row.fetchAll(database, sql: sql).map { $0["detail"] }
        }
    }
}
