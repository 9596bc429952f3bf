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

@Suite("The database's clock", .timeLimit(.minutes(5)))
struct ClockTests {
    /// Pitfall 12.
    @Test("nodes whose clocks are twenty minutes apart agree on what is due, and on which leases have run out")
    func wrongClocks() async throws {
        try await PostgresServer.shared().withDatabase { _, address in
            let ahead = try await node(address, minutes: 10)
            let behind = try await node(address, minutes: -10)
            for clock in [ahead.clock, behind.clock] {
                #expect(Self.isNear(clock.now, SystemClock().now))
            }
            let now = try Make.message(at: ahead.clock.now)
            let soon = ahead.clock.now.advanced(by: .seconds(300))
            let later = try Make.message(dueAt: soon, at: ahead.clock.now)
            _ = try await ahead.store.accept(Make.submission(messages: [now, later], at: ahead.clock.now))
            let exchange = try await behind.exchange()
            #expect(exchange.claimed.map(\.id) == [now.id])
            #expect(exchange.nextDue == soon)
            let claim = try #require(exchange.claimed.first)
            #expect(Self.isNear(claim.claimedAt, SystemClock().now))

            #expect(try await ahead.store.expiredLeases(at: ahead.clock.now, limit: 5) == [])
            #expect(try await ahead.exchange().claimed == [])
            await ahead.store.close()
            await behind.store.close()
        }
    }

    @Test("with an answer that took long the clock is set no further than it has to be")
    func slowAnswers() {
        let (node, start) = (TestClock(), TestClock().now)
        let clock = DatabaseClock(over: node)
        #expect(clock.now == start)
        func later(_ seconds: Int) -> Timestamp { start.advanced(by: .seconds(seconds)) }
        let hearings: [(time: Int, asked: Int, answered: Int, ahead: Int)] = [
            (time: 105, asked: 0, answered: 10, ahead: 100), (time: 105, asked: 0, answered: 8, ahead: 100),
            (time: 105, asked: 6, answered: 10, ahead: 99), (time: 205, asked: 0, answered: 10, ahead: 195),
        ]
        for hearing in hearings {
            clock.hear(later(hearing.time), asked: later(hearing.asked), answered: later(hearing.answered))
            #expect(clock.offset == .seconds(hearing.ahead))
            #expect(clock.now == later(hearing.ahead))
        }
    }

    /// Whether two times are the same but for what an answer takes.
    private static func isNear(_ one: Timestamp, _ other: Timestamp) -> Bool {
        let distance = one.duration(to: other)
        return distance < .seconds(60) && distance > .seconds(-60)
    }

    private struct Node {
        let store: PostgresOutbox
        let clock: DatabaseClock

        func exchange() async throws -> Exchange {
            let quotas = [ClaimQuota(account: "main", limit: 10)]
            return try await store.exchange([], quotas, lease: .seconds(60), now: clock.now, riding: nil)
        }
    }

    private func node(_ address: PostgresAddress, minutes: Int) async throws -> Node {
        var options = testOptions
        options.usesDatabaseClock = true
        options.clock = DatabaseClock(over: WrongClock(ahead: .seconds(minutes * 60)))
        return Node(store: try await PostgresOutbox.open(address, options: options), clock: options.clock)
    }
}

/// A machine's clock that is wrong by so much.
private struct WrongClock: WallClock {
    let ahead: Duration

    var now: Timestamp { SystemClock().now.advanced(by: ahead) }
    var steadyNow: Timestamp { SystemClock().steadyNow.advanced(by: ahead) }
    var minimumResolution: Duration { SystemClock().minimumResolution }

    func sleep(untilSteady deadline: Timestamp) async throws {
        try await SystemClock().sleep(untilSteady: deadline.advanced(by: .zero - ahead))
    }

    func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {
        try await SystemClock().sleep(until: deadline.advanced(by: .zero - ahead), tolerance: tolerance)
    }
}
