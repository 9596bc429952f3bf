// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import FaultServer
import Messages
import NIOConcurrencyHelpers
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

/// What a caller hears while the database, or the way to it, is not as it should be.
@Suite("Callers of a store on PostgreSQL that stands still", .timeLimit(.minutes(5)))
struct PatienceTests {
    @Test("who waits hears so in time, whatever the connection waits for; who was still in line is not stored")
    func nobodyWaitsForTheConnection() async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { name, _ in
            try await CuttingProxy.run(to: server.socket) { proxy in
                var options = testOptions
                (options.patience, options.partitions) = (.seconds(1), PostgresPartitions.none)
                // The time that the connection itself takes is longer than the test may.
                options.session.connectsWithin = .seconds(600)
                let address = try server.address(of: name, overPort: proxy.port)
                let store = try await PostgresOutbox.open(address, options: options)
                try await closing(store) {
                    _ = try await store.accept(Make.submission())
                    proxy.plan(.stall, .toServer)
                    let (first, second) = (Make.submission(), Make.submission())
                    async let firstAnswer = Self.failure(store, first)
                    await proxy.faults()
                    async let secondAnswer = Self.failure(store, second)
                    let late = StoreError(.busy, "the database did not answer in time")
                    #expect(await firstAnswer == late)
                    #expect(await secondAnswer == late)
                    proxy.heal()
                    // Comes after whatever is still under way.
                    _ = try await store.accept(Make.submission())
                    #expect(try await store.event(second.event.id) == nil)
                }
            }
        }
    }

    @Test("an accept whose prepared statement does not fit any more runs again on another connection")
    func otherConnection() async throws {
        try await withNodes(1) { nodes, lane in
            let submission = Make.submission(dedupe: "first")
            _ = try await nodes[0].accept(submission)
            // The server refuses a prepared statement whose columns have another type since.
            try await lane.run(["ALTER TABLE hookline.dedupe_keys ALTER COLUMN source TYPE varchar(200)"])
            let other = Make.submission(dedupe: "second")
            #expect(try await nodes[0].accept(other).event == other.event.id)
            #expect(try await nodes[0].event(other.event.id) != nil)
        }
    }

    @Test(
        "an event whose key a silent transaction has locked waits alone; the others of its node do not",
        arguments: [false, true]
    )
    func lockedKey(behindPooler: Bool) async throws {
        try await Self.withNode(behindPooler: behindPooler) { node, lane in
            try await lane.perform { session in
                try session.transaction(by: ContinuousClock.now.advanced(by: .seconds(120))) { transaction in
                    let locked = Make.submission(dedupe: "locked")
                    let key = PostgresQuery(
                        """
                        INSERT INTO hookline.dedupe_keys (source, key, event, expires_at)
                        VALUES ('\(locked.event.source)', 'locked'::bytea, gen_random_uuid(), now() + interval '1 hour')
                        """,
                        prepared: false
                    )
                    _ = try transaction.rows(key)
                    let answers = Answers()
                    node.accept([locked]) { answers.hear("locked", $0) }
                    for number in 0..<3 {
                        node.accept([Make.submission(dedupe: "\(number)")]) { answers.hear("\(number)", $0) }
                    }
                    answers.wait(for: 4)
                    #expect(answers.failures == ["locked": .busy])
                }
            }
        }
    }

    @Test("of a group that locks hold up nobody is stored who was told meanwhile that it is too late")
    func givenUp() async throws {
        var options = testOptions
        options.patience = .seconds(2)
        try await withNodes(1, options) { nodes, lane in
            let locked = (0..<8).map { Make.submission(dedupe: "locked-\($0)") }
            let answers = Answers()
            await #expect(throws: CancellationError.self) {
                try await lane.perform { session in
                    try session.transaction(by: ContinuousClock.now.advanced(by: .seconds(120))) { transaction in
                        let keys = PostgresQuery(
                            """
                            INSERT INTO hookline.dedupe_keys (source, key, event, expires_at)
                            SELECT '\(locked[0].event.source)', ('locked-' || n)::bytea, gen_random_uuid(),
                                now() + interval '1 hour' FROM generate_series(0, 7) n
                            """,
                            prepared: false
                        )
                        _ = try transaction.rows(keys)
                        for (number, submission) in locked.enumerated() {
                            nodes[0].accept([submission]) { answers.hear("\(number)", $0) }
                        }
                        // Alone and with the group each waits a second, so that four seconds do not reach all of them.
                        answers.wait(for: locked.count)
                        throw CancellationError()
                    }
                }
            }
            #expect(answers.failures.count == locked.count)
            // Comes after whatever is still under way.
            _ = try await nodes[0].accept(Make.submission())
            #expect(try await nodes[0].event(locked[7].event.id) == nil)
        }
    }

    /// Lends a node whose senders wait for four seconds, and a connection to its database without the pooler.
    private static func withNode(
        behindPooler: Bool,
        _ body: @Sendable (PostgresOutbox, PostgresLane) async throws -> Void
    ) async throws {
        var options = testOptions
        (options.patience, options.session.prepares) = (.seconds(4), !behindPooler)
        guard behindPooler else { return try await withNodes(1, options) { try await body($0[0], $1) } }
        let server = try await PostgresServer.shared()
        try await server.withDatabase { [options] name, direct in
            try await Pooler.run(before: server, name) { pooled in
                let node = try await PostgresOutbox.open(pooled, options: options)
                try await closing(node) {
                    let lane = PostgresLane(to: direct)
                    let result: Result<Void, any Error>
                    do { result = .success(try await body(node, lane)) } catch { result = .failure(error) }
                    await lane.close()
                    try result.get()
                }
            }
        }
    }

    /// What callers heard, for a thread that waits.
    private final class Answers: Sendable {
        private let heard = NIOLockedValueBox<[String: Result<[Receipt], StoreError>]>([:])
        private let count = ConditionLock(value: 0)

        func hear(_ name: String, _ result: Result<[Receipt], StoreError>) {
            // One after the other: the store's thread answers all of them.
            let number = heard.withLockedValue { heard in
                heard[name] = result
                return heard.count
            }
            count.lock()
            count.unlock(withValue: number)
        }

        func wait(for number: Int) {
            count.lock(whenValue: number)
            count.unlock()
        }

        /// The codes of those that were not stored.
        var failures: [String: StoreError.Code] {
            heard.withLockedValue { heard in
                heard.compactMapValues { if case .failure(let error) = $0 { error.code } else { nil } }
            }
        }
    }

    private static func failure(_ store: PostgresOutbox, _ submission: Submission) async -> StoreError? {
        do {
            _ = try await store.accept(submission)
            return nil
        } catch {
            return error
        }
    }
}
