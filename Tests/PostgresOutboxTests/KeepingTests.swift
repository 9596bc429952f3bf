// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import TestSupport
import Testing

/// How a database that several nodes share is kept small, sound and on time.
@Suite("Housekeeping in PostgreSQL", .timeLimit(.minutes(5)))
struct KeepingTests {
    let now = TestClock().now

    private func day(_ days: Int) -> Timestamp { now.advanced(by: .seconds(days * 86_400)) }

    private func pieces(_ lane: PostgresLane) async throws -> Int64? {
        try await lane.number("SELECT count(*) FROM pg_tables WHERE schemaname = 'hookline' AND tablename ~ '_[0-9]+$'")
    }

    /// Stores an event with a message that ends in a state.
    private func past(_ store: PostgresOutbox, _ outcome: Outcome?, at time: Timestamp) async throws -> EventID {
        let message = try Make.message(onUncertain: .hold, at: time)
        let event = try await store.accept(Make.submission(messages: [message], at: time)).event
        guard let outcome else { return event }
        let claimed = try #require(try await store.claim(at: time).first)
        _ = try await store.settle(claimed, outcome, at: time)
        return event
    }

    @Test("whole pieces go when all in them is settled; a message that nobody has decided about keeps its own")
    func pruneWholePieces() async throws {
        var options = testOptions
        options.partitions = .day
        try await withNodes(2, options) { nodes, lane in
            let (done, open) = (Outcome.accepted(partnerID: "wamid.1"), Outcome.uncertain(Make.detail()))
            var events: [EventID] = []
            for (index, outcome) in [done, done, open, done, done].enumerated() {
                events.append(try await past(nodes[0], outcome, at: day(index)))
            }
            events.append(try await past(nodes[0], done, at: day(2)))
            let before = try #require(try await pieces(lane))
            let retention = Retention(events: .seconds(86_400))
            let all = try await nodes[1].prune(retention, now: day(5), limit: 100)
            #expect(all == Pruned(events: 4, messages: 4, rejections: 0, keys: 0, isComplete: true))
            var kept: [EventID] = []
            for event in events where try await nodes[0].event(event) != nil { kept.append(event) }
            #expect(kept == [events[2], events[4]], "the uncertain one and the young one")
            #expect(try await pieces(lane) == before - 3 * 8, "three days of eight tables")
            for table in ["events", "event_bodies", "messages", "message_requests"] {
                #expect(try await lane.number("SELECT count(*) FROM hookline.\(table)") == 2)
            }
            #expect(try await nodes[1].examine(within: .seconds(60)) == .sound)
        }
    }

    @Test("a message of another time keeps the piece of its event, and a limit ends a round")
    func prunesAcrossPieces() async throws {
        var options = testOptions
        options.partitions = .day
        try await withNodes(1, options) { nodes, lane in
            let store = nodes[0]
            let late = try Make.message(dueAt: day(9), at: day(3))
            _ = try await store.accept(Make.submission(messages: [late], at: now))
            for time in [day(1), day(2)] { _ = try await past(store, .accepted(partnerID: "wamid.1"), at: time) }
            let retention = Retention(events: .seconds(86_400))
            let first = try await store.prune(retention, now: day(8), limit: 1)
            #expect(first == Pruned(events: 1, messages: 1, rejections: 0, keys: 0, isComplete: false))
            let second = try await store.prune(retention, now: day(8), limit: 1)
            #expect(second == Pruned(events: 1, messages: 1, rejections: 0, keys: 0, isComplete: false))
            let third = try await store.prune(retention, now: day(8), limit: 1)
            #expect(third == Pruned(events: 0, messages: 0, rejections: 0, keys: 0, isComplete: true))
            #expect(try await store.message(late.id)?.message.state == .scheduled)
            // Once it is called off, its event goes row by row: the two are in different pieces.
            try await store.decide(.cancel, on: late.id, by: "asha", at: day(8))
            #expect(try await store.prune(retention, now: day(8), limit: 5).messages == 1)
            #expect(try await lane.number("SELECT count(*) FROM hookline.messages") == 0)
            _ = try await store.prune(retention, now: day(8), limit: 5)
            let left = "SELECT count(*) FROM pg_inherits i WHERE i.inhparent = 'hookline.events'::regclass"
            #expect(try await lane.number(left) == 0)
        }
    }

    @Test("a piece that somebody else took out of the table is not dropped while anything is in it")
    func leavesForeignPieces() async throws {
        var options = testOptions
        options.partitions = .day
        try await withNodes(1, options) { nodes, lane in
            _ = try await past(nodes[0], .accepted(partnerID: "wamid.1"), at: now)
            let number = now.seconds / 86_400
            let detach = "ALTER TABLE hookline.events DETACH PARTITION hookline.events_\(number)"
            _ = try await lane.number(detach)
            _ = try await nodes[0].prune(Retention(events: .seconds(86_400)), now: day(9), limit: 5)
            #expect(try await lane.number("SELECT count(*) FROM hookline.events_\(number)") == 1)
        }
    }

    @Test("an index that was given up half built is a flaw, named with what to do, and no damage")
    func invalidIndex() async throws {
        try await withNodes(1) { nodes, lane in
            try await lane.run([
                "CREATE INDEX half_built ON hookline.messages (rule)",
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'hookline.half_built'::regclass",
            ])
            let found = try await nodes[0].examine(within: .seconds(60))
            guard case .flawed(let words) = found else { return #expect(Bool(false), "\(found)") }
            #expect(words.hasPrefix("the index hookline.half_built is invalid") && words.contains("REINDEX INDEX"))
        }
    }

    @Test("what does not fit together is found, and named")
    func examines() async throws {
        try await withNodes(1) { nodes, lane in
            let store = nodes[0]
            _ = try await store.accept(Make.submission(messages: [try Make.message(), try Make.message()]))
            _ = try await store.claim(1, at: now)
            #expect(try await store.examine(within: .seconds(60)) == .sound)
            #expect(try await store.examine(within: .zero) == .unfinished(after: .zero))
            let rows: [(damage: String, repair: String, word: String)] = [
                ("DELETE FROM hookline.waiting", "", "nobody would claim it"),
                (
                    "SELECT setval('hookline.message_places', 1)", "SELECT setval('hookline.message_places', 99)",
                    "message_places is behind"
                ),
            ]
            for row in rows {
                _ = try await lane.perform { session in
                    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                    _ = try session.rows(PostgresQuery(row.damage, prepared: false), by: deadline)
                }
                let damage = try #require(try await store.examine(within: .seconds(60)).damage)
                #expect(damage.contains(row.word))
                if !row.repair.isEmpty { _ = try await lane.number(row.repair) }
            }
        }
    }

    @Test("a clock that all nodes see set is followed once", arguments: [-7_200, 86_400])
    func followsOnce(seconds: Int) async throws {
        try await withNodes(2) { nodes, _ in
            let message = try Make.message(expiresAt: day(9))
            _ = try await nodes[0].accept(Make.submission(messages: [message]))
            let jumped = now.advanced(by: .seconds(seconds))
            let first = try await nodes[0].follow(.seconds(seconds), at: jumped)
            let second = try await nodes[1].follow(.seconds(seconds + 1), at: jumped.advanced(by: .seconds(3)))
            #expect([first, second] == [1, 0])
            let again = try await nodes[1].follow(.seconds(seconds), at: jumped.advanced(by: .seconds(seconds)))
            #expect(again == 1, "set once more, as far")
            let expiry = day(9).advanced(by: .seconds(max(0, 2 * seconds)))
            #expect(try await nodes[0].message(message.id)?.message.expiresAt == expiry)
        }
    }
}
