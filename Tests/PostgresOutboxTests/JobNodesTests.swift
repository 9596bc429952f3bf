// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Events
import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import TestSupport
import Testing

/// Decisions and jobs while other nodes claim, settle, decide and accept.
@Suite("Decisions and jobs on many nodes", .timeLimit(.minutes(5)))
struct JobNodesTests {
    let now = TestClock().now

    func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }

    @Test("a job that two nodes step decides about each message once, and ends once")
    func steppedByTwo() async throws {
        try await withNodes(2) { nodes, lane in
            let messages = try (0..<450).map { _ in try Make.message(dueAt: later(3_600)) }
            for start in stride(from: 0, to: messages.count, by: 150) {
                _ = try await nodes[0].accept(Make.submission(messages: Array(messages[start..<(start + 150)])))
            }
            let order = JobOrder(.cancel, MessageSelection(rule: "order-paid"), by: "asha")
            let job = try await nodes[0].begin(order, at: later(1))
            let done = try await withThrowingTaskGroup(of: Job.self) { group in
                for node in nodes {
                    group.addTask {
                        var stepped = job
                        while stepped.state == .running {
                            stepped = try #require(try await node.step(job.id, at: later(2)))
                        }
                        return stepped
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(done.allSatisfy { $0.tally == [.done: 450] && $0.state == .done && $0.passedBy == 0 })
            #expect(try await nodes[0].countsByState() == [.cancelled: 450])
            #expect(try await lane.number("SELECT count(*) FROM hookline.waiting") == 0)
            let steps = "SELECT count(*) FROM hookline.stories WHERE lines LIKE '%called it off%'"
            #expect(try await lane.number(steps) == 450, "each once")
        }
    }

    @Test("the same order that is given to two nodes under one key is one job")
    func orderedTwice() async throws {
        try await withNodes(2) { nodes, _ in
            _ = try await nodes[0].accept(Make.submission(messages: [try Make.message(dueAt: later(60))]))
            let order = JobOrder(.cancel, MessageSelection(rule: "order-paid"), by: "asha", key: "click")
            let jobs = try await withThrowingTaskGroup(of: Job.self) { group in
                for number in 0..<10 { group.addTask { try await nodes[number % 2].begin(order, at: now) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(jobs).count == 1)
            #expect(try await nodes[1].jobs(JobFilter()).elements == [jobs[0]])
        }
    }

    /// Pitfall 16.
    @Test("whoever calls messages off while another node claims them never calls off what is on its way")
    func decidedWhileClaimed() async throws {
        try await withNodes(2) { nodes, lane in
            let messages = try (0..<300).map { _ in try Make.message() }
            for start in stride(from: 0, to: messages.count, by: 100) {
                _ = try await nodes[0].accept(Make.submission(messages: Array(messages[start..<(start + 100)])))
            }
            async let claimed = withThrowingTaskGroup(of: [MessageID].self) { group in
                group.addTask {
                    var ids: [MessageID] = []
                    while true {
                        let batch = try await nodes[1].claim(7, at: later(1))
                        if batch.isEmpty { return ids }
                        ids += batch.map(\.id)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            var calledOff: [MessageID] = []
            for message in messages.reversed() {
                do throws(StoreError) {
                    try await nodes[0].decide(.cancel, on: message.id, by: "asha", at: later(1))
                    calledOff.append(message.id)
                } catch {
                    #expect(error.code == .conflict)
                }
            }
            let sent = try await claimed
            #expect(Set(sent).isDisjoint(with: calledOff))
            #expect(sent.count + calledOff.count == 300)
            #expect(try await nodes[0].countsByState() == [.sending: sent.count, .cancelled: calledOff.count])
            #expect(try await lane.number("SELECT count(*) FROM hookline.waiting") == 0)
            #expect(try await lane.number("SELECT count(*) FROM hookline.leases") == Int64(sent.count))
        }
    }

    @Test("of two nodes that decide about the same message one is refused")
    func decidedTwice() async throws {
        try await withNodes(2) { nodes, _ in
            for _ in 0..<10 {
                let message = try Make.message(dueAt: later(60))
                _ = try await nodes[0].accept(Make.submission(messages: [message]))
                let done = await withTaskGroup(of: Bool.self, returning: Int.self) { group in
                    for node in nodes {
                        group.addTask {
                            do throws(StoreError) {
                                try await node.decide(.cancel, on: message.id, by: "asha", at: now)
                                return true
                            } catch { return false }
                        }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(done == 1)
                #expect(try await nodes[1].message(message.id)?.timeline.map(\.to) == [.scheduled, .cancelled])
            }
        }
    }

    @Test("a replay that two nodes go on with tells each event's message once, in a piece that was missing")
    func replayedByTwo() async throws {
        try await withNodes(2) { nodes, lane in
            var events: [EventID] = []
            for _ in 0..<12 {
                let failure = FailedMessage(id: MessageID(at: now), rule: "order-paid", reason: "no name")
                events.append(try await nodes[0].accept(Make.submission(failures: [failure])).event)
            }
            let then = later(86_400 * 30)
            let order = JobOrder(.replay(ReplayScope(), why: nil), by: "asha", rate: 1_000)
            let job = try await nodes[0].begin(order, at: then)
            let placed = try await nodes[0].events(ReplayScope(), after: 0, upTo: job.bound, limit: 50)
            #expect(placed.map(\.archived.event.id) == events)
            let jobs = try await withThrowingTaskGroup(of: Job?.self) { group in
                for node in nodes + nodes {
                    let made = try placed.map { event in
                        let consequences = Consequences(
                            disposition: .matched,
                            messages: [try Make.message(at: then)],
                            failures: [],
                            sideEffects: .none
                        )
                        return ReplayedEvent(event.archived.event.id, at: event.place, consequences)
                    }
                    let batch = ReplayBatch(from: 0, made, isLast: true)
                    group.addTask { try await node.replay(batch, of: job.id, at: then) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let done = try #require(try await nodes[0].job(job.id))
            #expect(done.tally == [.events: 12, .made: 12] && done.state == .done)
            #expect(jobs.contains(done))
            #expect(try await nodes[1].countsByState() == [.failed: 12, .queued: 12])
            #expect(try await lane.number("SELECT count(*) FROM hookline.replayed_messages") == 12)
        }
    }

    // MARK: Places

    /// Has node 0 take places for an event and wait before it stores it, while a closure runs; it is stored then.
    private func overtaking(
        _ nodes: [PostgresOutbox],
        _ lane: PostgresLane,
        _ body: () async throws -> Void
    ) async throws {
        func told() throws -> Submission { Make.submission(messages: [try Make.message(once: OncePer(key: "held"))]) }
        _ = try await nodes[0].accept(told())
        let (isHeld, isWaiting, mayGo) = (Gate(), Gate(), DispatchSemaphore(value: 0))
        async let holder: Void = lane.perform { session in
            let deadline = ContinuousClock.now.advanced(by: .seconds(60))
            try session.transaction(by: deadline) { transaction in
                _ = try transaction.rows(PostgresQuery("SELECT 1 FROM hookline.facts FOR UPDATE"))
                isHeld.open()
                while try transaction.rows(Self.waiters).first?.number(0) == 0 { try Task.checkCancellation() }
                isWaiting.open()
                mayGo.wait()
            }
        }
        await isHeld.pass()
        async let late = nodes[0].accept(told())
        await isWaiting.pass()
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        mayGo.signal()
        try await holder
        #expect(try await !late.isDuplicate)
        try result.get()
    }

    private static let waiters = PostgresQuery(
        """
        SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN
            (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
        """
    )

    @Test("what is stored late with a smaller place is counted as new, and no list that goes on passes it by")
    func overtaken() async throws {
        try await withNodes(2) { nodes, lane in
            let before = try await nodes[1].growth(since: nil, through: nil, upTo: 100).ends
            var ends = before
            var cursor: PageCursor?
            try await overtaking(nodes, lane) {
                _ = try await nodes[1].accept(Make.submission(messages: [try Make.message()]))
                let growth = try await nodes[1].growth(since: before, through: nil, upTo: 100)
                #expect([growth.events, growth.messages] == [2, 2], "the one before, and the one that overtook")
                ends = growth.ends
                let page = try await nodes[1].archive(after: nil, limit: 10)
                #expect(page.elements.count == 1 && page.next == nil, "the one that overtook comes later")
                cursor = page.elements.last.map { _ in PageCursor(rawValue: String(ends.event)) }
            }
            let after = try await nodes[1].growth(since: ends, through: nil, upTo: 100)
            #expect([after.events, after.messages] == [2, 2], "the late one, and once more the one that overtook")
            #expect(try await nodes[1].archive(after: cursor, limit: 10).elements.count == 2)
        }
    }

    @Test("a job is about no message that was not stored when it began, whatever its place")
    func overtakenJob() async throws {
        try await withNodes(2) { nodes, lane in
            var begun: Job?
            try await overtaking(nodes, lane) {
                let order = JobOrder(.cancel, MessageSelection(rule: "order-paid"), by: "asha")
                _ = try await nodes[1].accept(Make.submission(messages: [try Make.message()]))
                begun = try await nodes[1].begin(order, at: now)
                #expect(begun?.total == 1)
            }
            var job = try #require(begun)
            while job.state == .running { job = try #require(try await nodes[1].step(job.id, at: later(1))) }
            #expect(job.tally == [.done: 1])
            #expect(try await nodes[1].countsByState()[.cancelled] == 1)
        }
    }
}
