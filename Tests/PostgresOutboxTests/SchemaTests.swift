// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

@Suite("The tables in PostgreSQL", .timeLimit(.minutes(5)))
struct SchemaTests {
    let now = TestClock().now

    /// Pitfall 32.
    @Test("nodes that begin on an empty database at once make the tables once, and all work")
    func concurrentStart() async throws {
        try await withNodes(4) { nodes, lane in
            for node in nodes { _ = try await node.accept(Make.submission(messages: [try Make.message()])) }
            #expect(try await nodes[0].events(EventFilter()).elements.count == 4)
            #expect(try await lane.number("SELECT version FROM hookline.meta") == 1)
        }
    }

    /// Pitfall 33.
    @Test("a database of a newer build is refused before anything is written")
    func newerSchema() async throws {
        try await PostgresServer.shared().withDatabase { _, address in
            let lane = PostgresLane(to: address)
            _ = try await lane.perform { session in
                let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                for sql in [
                    "CREATE SCHEMA hookline",
                    "CREATE TABLE hookline.meta AS SELECT 1::bigint AS id, 99::bigint AS version",
                ] {
                    _ = try session.rows(PostgresQuery(sql, prepared: false), by: deadline)
                }
            }
            let refusal = await #expect(throws: StoreError.self) {
                try await PostgresOutbox.open(address, options: testOptions)
            }
            let expected = StoreError(.newerSchema, "the database has schema 99; this Hookline knows 1")
            #expect(refusal == expected)
            let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'hookline'"
            let left = try await lane.number(tables)
            #expect(left == 1)
            await lane.close()
        }
    }

    /// Pitfall 5; a tool that looks is let in.
    @Test("a node does not take a database that tells of commits before they are on disk")
    func lazyCommits() async throws {
        try await PostgresServer.shared().withDatabase { name, address in
            let lane = PostgresLane(to: address)
            try await lane.run(["ALTER DATABASE \(name) SET synchronous_commit = off"])
            await lane.close()
            await (try PostgresOutbox.open(address, options: testOptions)).close()
            var options = testOptions
            options.membership = PostgresOutbox.Membership(build: "1")
            let refusal = await #expect(throws: StoreError.self) {
                try await PostgresOutbox.open(address, options: options)
            }
            #expect(refusal?.code == .cannotOpen)
            #expect(refusal?.reason.hasPrefix("synchronous_commit is off") == true)
        }
    }

    /// Pitfalls 21 and 23.
    @Test(
        "two equal deliveries a week apart are one event, and a piece of the tables that is missing is made",
        arguments: ["none", "week", "day"]
    )
    func partitions(kind: String) async throws {
        var options = testOptions
        let pieces = try #require(PostgresPartitions(rawValue: kind))
        options.partitions = pieces
        try await withNodes(1, options) { nodes, lane in
            let store = nodes[0]
            let times = [0, 7, 8, 400].map { now.advanced(by: .seconds($0 * 86_400)) }
            let first = try await store.accept(
                Make.submission(messages: [try Make.message(at: times[0])], dedupe: "a", at: times[0])
            )
            let second = try await store.accept(
                Make.submission(messages: [try Make.message(at: times[1])], dedupe: "a", at: times[1])
            )
            #expect(second == Receipt(event: first.event, isDuplicate: true, messages: first.messages))
            for time in times.dropFirst(2) {
                _ = try await store.accept(Make.submission(messages: [try Make.message(at: time)], at: time))
            }
            #expect(try await store.messages(MessageFilter()).elements.count == 3)
            let count = try await lane.number(
                "SELECT count(*) FROM pg_inherits WHERE inhparent = 'hookline.messages'::regclass"
            )
            #expect(count == (pieces == .none ? 0 : 3))
        }
    }

    @Test("a migration says what it would run, runs it when it is told to, and has nothing to do then")
    func migration() async throws {
        try await PostgresServer.shared().withDatabase { _, address in
            func migrate(rehearsal: Bool) async throws -> PostgresMigration {
                try await PostgresMigration.run(on: address, testOptions, isRehearsal: rehearsal)
            }
            let planned = try await migrate(rehearsal: true)
            #expect(planned.found == nil && planned.newest == 1 && planned.statements.count > 20)
            var tool = testOptions
            tool.makesTables = false
            let refusal = await #expect(throws: StoreError.self) {
                try await PostgresOutbox.open(address, options: tool)
            }
            let words = "the database has no tables yet; 'hookline serve' makes them"
            #expect(refusal == StoreError(.cannotOpen, words))
            #expect(try await migrate(rehearsal: false) == planned)
            #expect(try await migrate(rehearsal: false) == PostgresMigration(found: 1, newest: 1, statements: []))
            let store = try await PostgresOutbox.open(address, options: tool)
            try await store.check()
            await store.close()
        }
    }

    @Test("of nodes with other configurations the one that comes second hears what the database says")
    func otherPartitions() async throws {
        var (days, unsaid) = (testOptions, testOptions)
        (days.partitions, unsaid.partitions) = (.day, nil)
        try await PostgresServer.shared().withDatabase { _, address in
            let first = try await PostgresOutbox.open(address, options: days)
            let second = try await PostgresOutbox.open(address, options: unsaid)
            _ = try await second.accept(Make.submission(messages: [try Make.message()]))
            var weeks = testOptions
            weeks.partitions = .week
            let refusal = await #expect(throws: StoreError.self) {
                try await PostgresOutbox.open(address, options: weeks)
            }
            let words =
                "the tables of the database were made with partitions: day, which cannot be changed; the configuration says week"
            #expect(refusal == StoreError(.cannotOpen, words))
            let lane = PostgresLane(to: address)
            let day = now.microseconds / 86_400_000_000
            let pieces = try await lane.number(
                "SELECT count(*) FROM pg_class WHERE oid = to_regclass('hookline.messages_\(day)')"
            )
            #expect(pieces == 1, "the second node makes pieces of a day, too")
            await lane.close()
            await first.close()
            await second.close()
        }
    }

    /// Pitfall 20: whoever indexes what settling changes makes each settlement write all indexes.
    ///
    /// On a server of its own: old versions of rows make room when nobody's transaction is older, in any database.
    @Test("settling changes rows of messages in place")
    func hotUpdates() async throws {
        try await PostgresServer.run { server in
            for kind in [PostgresPartitions.none, .week] as [PostgresPartitions] {
                var options = testOptions
                options.partitions = kind
                try await withNodes(1, options, on: server) { nodes, lane in try await settleAll(nodes[0], lane) }
            }
        }
    }

    /// Messages that lie side by side are settled in one commit.
    private func settleAll(_ store: PostgresOutbox, _ lane: PostgresLane) async throws {
        let count = 100
        let messages = try (0..<count).map { _ in try Make.message() }
        _ = try await store.accept(messages.map { Make.submission(messages: [$0]) })
        let claimed = try await store.claim(count, at: now)
        let settlements = try claimed.map { try Settlement(of: $0, .accepted(partnerID: "wamid.1"), at: now) }
        #expect(try await store.settle(settlements) == Array(repeating: .settled, count: count))
        // A connection says what it did when it ends.
        await store.close()
        let updates = "SELECT sum(n_tup_upd)::bigint FROM pg_stat_user_tables WHERE relname ~ '^messages(_[0-9]+)?$'"
        while try await lane.number(updates) != Int64(count) { try Task.checkCancellation() }
        let inPlace = try await lane.number(updates.replacing("n_tup_upd", with: "n_tup_hot_upd"))
        #expect(inPlace == Int64(count))
    }

    /// Pitfall 20: the log is what a standby, an archive and the disk get, and every index and every row of its own is much of it.
    ///
    /// Here it is 3.6 kB, with ids of one millisecond, which come in no order and split more pages; it would be more than 4 if each
    /// first settlement had a row of its own again.
    @Test("a message with its event of 600 bytes takes no more of the log than it has to")
    func log() async throws {
        // Pages are written whole once after a checkpoint, which comes when it comes.
        try await PostgresServer.run(["full_page_writes = off"]) { server in
            try await withNodes(1, testOptions, on: server) { nodes, lane in
                // The first pages are made.
                for _ in 0..<20 { try await cycle(nodes[0], 32) }
                let place = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"
                let before = try #require(try await lane.number(place))
                for _ in 0..<20 { try await cycle(nodes[0], 32) }
                let bytes = (try #require(try await lane.number(place)) - before) / 640
                #expect(bytes <= 3_800)
            }
        }
    }

    /// So many events with a message each go through the store.
    private func cycle(_ store: PostgresOutbox, _ count: Int) async throws {
        let submissions = try (0..<count).map { _ in
            let event = Make.event(body: String(repeating: "n", count: 600))
            let dedupe = Submission.Dedupe(key: "\(event.id.rawValue) of the shop's own")
            return Submission(event: event, messages: [try Make.message()], dedupe: dedupe)
        }
        _ = try await store.accept(submissions)
        let claimed = try await store.claim(count, at: now)
        let settlements = try claimed.map { try Settlement(of: $0, .accepted(partnerID: "wamid.1"), at: now) }
        #expect(try await store.settle(settlements) == Array(repeating: .settled, count: count))
    }
}
