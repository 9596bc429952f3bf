// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

/// Pitfall 16: transactions of two nodes that are about the same rows, each in an order of its own.
@Suite("Locks on many nodes", .timeLimit(.minutes(5)))
struct LockOrderTests {
    let now = TestClock().now

    func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    /// Ends the nodes, whose connections count what they met when they end.
    private func deadlocks(met nodes: [PostgresOutbox], _ lane: PostgresLane) async throws -> Int64? {
        for node in nodes { await node.close() }
        let others = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            """
        try await lane.until(others, is: 0)
        return try await lane.number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    }

    /// Runs something on two nodes at once, with the numbers in opposite orders.
    private func opposite(
        _ nodes: [PostgresOutbox],
        _ numbers: [Int],
        _ body: @escaping @Sendable (PostgresOutbox, [Int]) async throws -> Void
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await body(nodes[0], numbers) }
            group.addTask { try await body(nodes[1], numbers.reversed()) }
        }
    }

    private func cancelling(_ number: Int, at time: Timestamp, collects: Bool = false) -> Submission {
        let rule = collects ? "alerts" : "order-paid"
        let cancellation = Cancellation(rule: rule, key: "\(number)", delay: .zero, collects: collects)
        return Make.submission(sideEffects: SideEffects(cancellations: [cancellation]), at: time)
    }

    @Test("groups that call off the same messages and digests in opposite orders, against a job that decides about all")
    func callingOff() async throws {
        try await withNodes(2) { nodes, lane in
            for round in 0..<5 {
                let numbers = Array((round * 20)..<(round * 20 + 20))
                for number in numbers {
                    let message = try Make.message(key: "\(number)", dueAt: later(3_600))
                    let item = try Make.item(key: "\(number % 3)", subject: "\(number)", at: now)
                    _ = try await nodes[0].accept(Make.submission(messages: [message], digests: [item], at: now))
                }
                let order = JobOrder(.cancel, MessageSelection(rule: "order-paid"), by: "asha")
                let job = try await nodes[0].begin(order, at: later(1))
                async let stepped: Void = step(job, on: nodes[1])
                try await opposite(nodes, numbers) { node, numbers in
                    let cancelling = numbers.flatMap { number in
                        [false, true].map { self.cancelling(number, at: self.later(1), collects: $0) }
                    }
                    let joining = try numbers.prefix(6).map { number in
                        let item = try Make.item(key: "\(number % 3)", subject: "more", at: self.later(1))
                        return Make.submission(digests: [item], at: self.later(1))
                    }
                    let mixed = zip(cancelling, joining).flatMap { [$0, $1] }
                    _ = try await node.accept(mixed + cancelling.dropFirst(joining.count))
                }
                try await stepped
            }
            #expect(try await nodes[0].countsByState()[.cancelled] ?? 0 >= 100)
            #expect(try await deadlocks(met: nodes, lane) == 0)
        }
    }

    private func step(_ job: Job, on node: PostgresOutbox) async throws {
        var stepped = job
        while stepped.state == .running { stepped = try #require(try await node.step(job.id, at: later(2))) }
    }

    @Test("exchanges that settle what the other node calls off, in the opposite order, and what is no lease's any more")
    func settling() async throws {
        try await withNodes(2) { nodes, lane in
            for round in 0..<10 {
                let numbers = Array((round * 20)..<(round * 20 + 20))
                let messages = try numbers.map { try Make.message(key: "\($0)") }
                _ = try await nodes[0].accept(Make.submission(messages: messages))
                let claimed = try await nodes[0].claim(20, at: later(1))
                #expect(claimed.count == 20)
                try await opposite(nodes, numbers) { node, numbers in
                    if node === nodes[0] {
                        for second in [2, 3] {
                            let settlements = try claimed.shuffled().map { one in
                                try Settlement(of: one, .accepted(partnerID: "wamid.1"), at: self.later(second))
                            }
                            _ = try await node.settle(settlements)
                        }
                    } else {
                        _ = try await node.accept(numbers.map { self.cancelling($0, at: self.later(2)) })
                    }
                }
            }
            #expect(try await nodes[1].countsByState() == [.accepted: 200])
            #expect(try await deadlocks(met: nodes, lane) == 0)
        }
    }

    @Test("recipients who write STOP in groups of opposite orders, with messages that wait")
    func stopping() async throws {
        try await withNodes(2) { nodes, lane in
            let phones = (10..<30).map { "9198123456\($0)" }
            let messages = try phones.map { try Make.message(to: $0, dueAt: later(3_600)) }
            _ = try await nodes[0].accept(Make.submission(messages: messages))
            try await opposite(nodes, Array(phones.indices)) { node, numbers in
                let stops = numbers.map { number in
                    let name = "phone:\(phones[number])"
                    let heard = Heard(name, account: "main", at: self.later(1), source: "meta", .message(.stop))
                    return Make.submission(sideEffects: SideEffects(heard: [heard]), at: self.later(1))
                }
                _ = try await node.accept(stops)
            }
            #expect(try await nodes[0].countsByState() == [.suppressed: 20])
            #expect(try await deadlocks(met: nodes, lane) == 0)
        }
    }

    @Test("a STOP in a group that calls something off as well, against a STOP alone")
    func stoppingAndCallingOff() async throws {
        try await withNodes(2) { nodes, lane in
            let phone = "919812345610"
            let message = try Make.message(to: phone, key: "1", dueAt: later(3_600))
            _ = try await nodes[0].accept(Make.submission(messages: [message]))
            // Whose connections a transaction sees is settled when it first looks.
            _ = try await nodes[1].accept(Make.submission())
            let stops = [1, 2].map { second in
                let time = later(second)
                let heard = Heard("phone:\(phone)", account: "main", at: time, source: "meta", .message(.stop))
                return Make.submission(sideEffects: SideEffects(heard: [heard]), at: time)
            }
            let cancelling = cancelling(1, at: later(1))
            let (isHeld, isWaiting) = (Gate(), Gate())
            async let keeper: Void = lane.perform { session in
                let deadline = ContinuousClock.now.advanced(by: .seconds(120))
                try session.transaction(by: deadline) { transaction in
                    let message = "SELECT 1 FROM hookline.messages FOR UPDATE"
                    _ = try transaction.rows(PostgresQuery(message, prepared: false))
                    isHeld.open()
                    // The group has what comes before the message.
                    while try transaction.rows(Self.waiters).first?.number(0) != 1 { try Task.checkCancellation() }
                    isWaiting.open()
                    while try transaction.rows(Self.waiters).first?.number(0) != 2 { try Task.checkCancellation() }
                }
            }
            await isHeld.pass()
            async let group = nodes[0].accept([cancelling, stops[0]])
            await isWaiting.pass()
            async let alone = nodes[1].accept(stops[1])
            try await keeper
            _ = try await (group, alone)
            #expect(try await nodes[0].countsByState() == [.cancelled: 1])
            #expect(try await deadlocks(met: nodes, lane) == 0)
        }
    }

    @Test("an event that joins a digest locks the slot once")
    func joining() async throws {
        var options = testOptions
        let meter = StatementMeter()
        options.session.meter = meter
        try await withNodes(1, options) { nodes, _ in
            let items = try (0..<2).map { try Make.item(key: "1", subject: "\($0)", at: now) }
            _ = try await nodes[0].accept(Make.submission(digests: [items[0]], at: now))
            let before = meter.count
            _ = try await nodes[0].accept(Make.submission(digests: [items[1]], at: now))
            #expect(meter.count == before + 18)
        }
    }

    @Test("an event whose transaction was ended because of a deadlock is stored with the next try")
    func endedAndRunAgain() async throws {
        try await withNodes(1) { nodes, lane in
            let facts = ["a", "b"].map { OncePer(key: $0) }
            let told = try (0..<2).map { _ in
                Make.submission(messages: try facts.map { try Make.message(once: $0) })
            }
            _ = try await nodes[0].accept(told[0])
            let receipt = try await withDeadlock(lane) { try await nodes[0].accept(told[1]) }
            #expect(receipt.messages.map(\.state) == [.suppressed, .suppressed])
            #expect(try await deadlocks(met: nodes, lane) == 1)
        }
    }

    /// Runs something that locks two facts, the first of which it has when this wants it, and that waits for the second.
    private func withDeadlock<Value: Sendable>(
        _ lane: PostgresLane,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let isHeld = Gate()
        async let other: Void = lane.perform { session in
            let deadline = ContinuousClock.now.advanced(by: .seconds(120))
            try session.transaction(by: deadline) { transaction in
                // The other one is to be ended, who looks for a deadlock after a second.
                transaction.write(PostgresQuery("SET LOCAL deadlock_timeout = '90s'", prepared: false))
                let facts = ["b", "a"].map { key in
                    let sql = "SELECT 1 FROM hookline.facts WHERE key = '\(key)'::bytea FOR UPDATE"
                    return PostgresQuery(sql, prepared: false)
                }
                _ = try transaction.rows(facts[0])
                isHeld.open()
                while try transaction.rows(Self.waiters).first?.number(0) == 0 { try Task.checkCancellation() }
                _ = try transaction.rows(facts[1])
            }
        }
        await isHeld.pass()
        let value = try await body()
        try await other
        return value
    }

    private static let waiters = PostgresQuery(
        """
        SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN
            (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
        """
    )
}
