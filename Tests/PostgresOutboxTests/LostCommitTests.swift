// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import FaultServer
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

/// Commits that go on while their connection is gone: the server is at them until the test opens a gate.
@Suite("PostgreSQL commits that nobody hears of", .timeLimit(.minutes(5)))
struct LostCommitTests {
    let now = TestClock().now

    /// A store behind a proxy, and a gate before the commits of rows of one table.
    private struct Gated {
        let store: PostgresOutbox
        let proxy: CuttingProxy
        let lane: PostgresLane
        fileprivate let keeper: PostgresLane

        /// Cuts the connection of a commit that stands before the gate.
        func cutCommit() async throws {
            // Other tests have such locks as well, in their databases.
            let waiting = """
                SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """
            try await lane.until(waiting, is: 1)
            proxy.cut()
        }

        func open() async throws {
            _ = try await keeper.number("SELECT 1::bigint FROM (SELECT pg_advisory_unlock(7)) opened")
        }
    }

    private func withGate(before table: String, _ body: (Gated) async throws -> Void) async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { name, direct in
            try await CuttingProxy.run(to: server.socket) { proxy in
                var options = testOptions
                options.partitions = PostgresPartitions.none
                let address = try server.address(of: name, overPort: proxy.port)
                let store = try await PostgresOutbox.open(address, options: options)
                let gated = Gated(
                    store: store,
                    proxy: proxy,
                    lane: PostgresLane(to: direct),
                    keeper: PostgresLane(to: direct)
                )
                try await gated.lane.run([
                    """
                    CREATE FUNCTION hookline.gate() RETURNS trigger LANGUAGE plpgsql
                    AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END'
                    """,
                    """
                    CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON hookline.\(table) DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION hookline.gate()
                    """,
                ])
                let result: Result<Void, any Error>
                do { result = .success(try await body(gated)) } catch { result = .failure(error) }
                await gated.keeper.close()
                await store.close()
                await gated.lane.close()
                try result.get()
            }
        }
    }

    @Test(
        "a group that runs again while its first commit still runs is found when that has ended, and wakes all who wait"
    )
    func commitUnderWay() async throws {
        try await withGate(before: "events") { gated in
            let store = gated.store
            _ = try await store.accept(Make.submission())
            try await gated.keeper.run(["SELECT pg_advisory_lock(7)"])
            var calls = store.wakeUps().makeAsyncIterator()
            var digestCalls = store.digestCalls().makeAsyncIterator()
            let submission = Make.submission(messages: [try Make.message()])
            async let receipt = store.accept(submission)
            try await gated.cutCommit()
            // The second run wants to write the same rows.
            let repeating = """
                SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted
                    AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
                """
            try await gated.lane.until(repeating, is: 1)
            try await gated.open()
            let expected = Receipt(
                event: submission.event.id,
                isDuplicate: false,
                messages: [.init(id: submission.messages[0].id, rule: "order-paid", state: .queued)]
            )
            #expect(try await receipt == expected)
            #expect(try await gated.lane.number("SELECT count(*) FROM hookline.events") == 2)
            #expect(await calls.next() != nil)
            #expect(await digestCalls.next() != nil, "who builds, too: nobody knows what the first commit gathered")
        }
    }

    @Test("what an exchange claimed that nobody heard of goes back and is claimed anew, and counts as no attempt")
    func lostClaims() async throws {
        try await withGate(before: "leases") { gated in
            let store = gated.store
            let limit = SendLimit(count: 2, every: .seconds(3_600))
            let messages = try [Make.message(limit: limit), Make.message(limit: limit)]
            _ = try await store.accept(Make.submission(messages: messages))
            try await gated.keeper.run(["SELECT pg_advisory_lock(7)"])
            let now = now
            let lost = Task { try await store.claim(10, at: now) }
            try await gated.cutCommit()
            await #expect(throws: StoreError.self) { try await lost.value }
            try await gated.open()
            try await gated.lane.until("SELECT count(*) FROM hookline.leases", is: 2)
            let claimed = try await store.claim(10, at: now)
            #expect(claimed.map(\.id) == messages.map(\.id))
            #expect(claimed.map(\.claim) == [2, 2])
            #expect(claimed.map(\.attempts) == [0, 0], "the lost claims count under no limit and as no attempt")
            let detail = try await store.message(messages[0].id)
            #expect(detail?.timeline.map(\.to) == [.queued, .sending, .queued, .sending])
            let third = try await store.claim(10, at: now)
            #expect(third.isEmpty, "what it gave back once it gives back no more")
        }
    }
}
