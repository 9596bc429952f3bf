// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import MemoryOutbox
import Messages
import Outbox
import PartnerAPI
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

@testable import Delivery

@Suite("An account that several nodes send of", .timeLimit(.minutes(5)))
struct SharedPaceTests {
    private let start = TestClock().now
    private static let limits = AccountLimits(name: "main", rate: Rate(20, per: .seconds(1)))

    private func later(_ milliseconds: Int) -> Timestamp { start.advanced(by: .milliseconds(milliseconds)) }

    private func nodes(_ paces: [any SharedPaces], _ limits: AccountLimits = limits) -> [SimulatedNode] {
        paces.map { SimulatedNode($0, limits, at: start) }
    }

    /// Pitfall 29.
    @Test(
        "four nodes, one killed and one stopped for a while, keep to a rate together: never more than it, and hardly less",
        arguments: SharedStore.all
    )
    func rate(kind: SharedStore) async throws {
        try await kind.withNodes(4) { paces in
            var (nodes, sent) = (nodes(paces), [Timestamp]())
            var now = start
            while now < later(60_000) {
                // The one that dies has taken places, the one that stands still as well.
                if now >= later(10_020) { nodes[0].next = later(1_000_000) }
                if (later(20_010)..<later(40_000)).contains(now) { nodes[1].next = max(nodes[1].next, later(40_000)) }
                let index = try #require(nodes.indices.min { nodes[$0].next < nodes[$1].next })
                now = nodes[index].next
                let count = try await nodes[index].send(at: now)
                sent += [Timestamp](repeating: now, count: count)
            }
            #expect(sent.count { $0 < later(60_000) } >= 1_140, "0.95 of a minute's worth")
            for (index, time) in sent.enumerated() where index >= 22 {
                #expect(sent[index - 22].duration(to: time) > .seconds(1), "a second's worth and a burst of two")
            }
        }
    }

    @Test("a Retry-After that one node gets holds all nodes", arguments: SharedStore.all)
    func retryAfter(kind: SharedStore) async throws {
        try await kind.withNodes(2) { paces in
            var nodes = nodes(paces)
            nodes[0].throttle.claimed(1, at: start)
            _ = nodes[0].end(.retryable(Make.detail(429), retryAfter: .seconds(30)), at: start)
            try await nodes[0].share(at: start)
            for index in [0, 1] {
                #expect(try await nodes[index].send(at: later(1)) == 0)
                #expect(nodes[index].throttle.nextChance(after: later(1)) == later(30_000))
                #expect(nodes[index].throttle.wait(at: later(1))?.cause == .retryAfter)
                #expect(try await nodes[index].send(at: later(29_999)) == 0)
            }
            #expect(try await nodes[1].send(at: later(30_000)) > 0)
        }
    }

    @Test(
        "refused credentials pause all nodes, and one message of one of them finds out when they are taken",
        arguments: SharedStore.all
    )
    func pause(kind: SharedStore) async throws {
        try await kind.withNodes(4) { paces in
            var nodes = nodes(paces, AccountLimits(name: "main"))
            nodes[0].throttle.claimed(1, at: start)
            #expect(nodes[0].end(.unauthorized(Make.detail(401)), at: start).pause == .paused)
            for index in nodes.indices { try await nodes[index].share(at: start) }
            // They have no rate to ask for.
            for index in nodes.indices.dropFirst() { try await nodes[index].claim(at: start) }
            for index in nodes.indices { try await nodes[index].share(at: later(1)) }
            for index in nodes.indices { #expect(nodes[index].throttle.quota(at: later(59_999)) == 0) }

            for index in nodes.indices { try await nodes[index].share(at: later(60_000)) }
            #expect(nodes.map { $0.throttle.quota(at: later(60_000)) } == [1, 0, 0, 0])
            nodes[0].throttle.claimed(1, at: later(60_000))
            #expect(nodes[0].end(.retryable(Make.detail(503), retryAfter: nil), at: later(60_001)).pause == .none)
            for index in nodes.indices { try await nodes[index].share(at: later(60_002)) }
            for index in nodes.indices.reversed() { try await nodes[index].share(at: later(120_001)) }
            #expect(nodes.map { $0.throttle.quota(at: later(120_001)) } == [0, 0, 0, 1], "another one's turn")
            nodes[3].throttle.claimed(1, at: later(120_001))
            #expect(nodes[3].end(.accepted(partnerID: "wamid.1"), at: later(120_002)).pause == .resumed)
            for index in nodes.indices.reversed() { try await nodes[index].share(at: later(120_003)) }
            for index in nodes.indices { #expect(nodes[index].throttle.quota(at: later(120_003)) == 32) }
        }
    }

    @Test("a circuit that one node opened is open for all, and one message finds out", arguments: SharedStore.all)
    func circuit(kind: SharedStore) async throws {
        try await kind.withNodes(2) { paces in
            var nodes = nodes(paces)
            nodes[0].throttle.claimed(2, at: start)
            for _ in 0..<2 { _ = nodes[0].end(.retryable(Make.detail(503), retryAfter: nil), at: start) }
            #expect(!nodes[0].throttle.circuit.isClosed)
            for index in [0, 1] { try await nodes[index].share(at: start) }
            #expect(!nodes[1].throttle.circuit.isClosed)
            for index in [1, 0] { try await nodes[index].share(at: later(5_000)) }
            #expect(nodes.map { $0.throttle.quota(at: later(5_000)) } == [0, 1])
            // It dies with the probe: when its right is over, another one asks.
            for time in [5_001, 120_000, 124_999] {
                try await nodes[0].share(at: later(time))
                #expect(nodes[0].throttle.quota(at: later(time)) == 0)
            }
            try await nodes[0].share(at: later(125_000))
            #expect(nodes[0].throttle.quota(at: later(125_000)) == 1)
        }
    }

    @Test(
        "failures in a row are those of all nodes, and an answer that any of them gets ends the row",
        arguments: SharedStore.all
    )
    func failuresInARow(kind: SharedStore) async throws {
        try await kind.withNodes(3) { paces in
            var nodes = nodes(paces)
            let failure = Outcome.retryable(Make.detail(503), retryAfter: nil)
            let answer = Outcome.refused(Make.detail(422))
            func end(_ index: Int, _ outcome: Outcome, _ time: Int) async throws -> CircuitBreaker.Change {
                // As the dispatcher does, it hears before it counts, and tells then.
                try await nodes[index].claim(at: later(time))
                nodes[index].throttle.claimed(1, at: later(time))
                let change = nodes[index].end(outcome, at: later(time)).circuit
                try await nodes[index].share(at: later(time))
                return change
            }
            #expect(try await end(0, failure, 0) == .none)
            #expect(try await end(1, answer, 1_000) == .none)
            #expect(try await end(2, failure, 2_000) == .none)
            #expect(try await end(0, failure, 3_000) == .opened)
            try await nodes[1].claim(at: later(3_001))
            #expect(!nodes[1].throttle.circuit.isClosed)
            // Once it is closed, all begin anew.
            #expect(try await end(1, answer, 9_000) == .closed)
            #expect(try await end(2, failure, 10_000) == .none)
        }
    }

    @Test(
        "uncertain answers of a minute are those of all nodes, and what is beyond the limit waits on all",
        arguments: SharedStore.all
    )
    func uncertain(kind: SharedStore) async throws {
        try await kind.withNodes(2) { paces in
            var nodes = nodes(paces, AccountLimits(name: "main", uncertainLimit: 3))
            // An answer that tells of no failure, so that the circuit stays closed.
            let doubt = Outcome.uncertain(Make.detail(409))
            func end(_ index: Int, _ outcome: Outcome, _ time: Int) async throws -> StormBrake.Change {
                try await nodes[index].claim(at: later(time))
                nodes[index].throttle.claimed(1, at: later(time))
                let change = nodes[index].end(outcome, at: later(time)).brake
                try await nodes[index].share(at: later(time))
                return change
            }
            for index in [0, 1, 0] {
                let change = try await end(index, doubt, index * 1_500)
                #expect(change == .none)
            }
            #expect(try await end(1, doubt, 2_000) == .engaged)
            #expect(try await nodes[0].hear(at: later(2_000))?.change.brake == .engaged)
            #expect(nodes.map { $0.throttle.brake.reason != nil } == [true, true])
            // A minute later those of the beginning count no more.
            #expect(try await end(0, .accepted(partnerID: "wamid.1"), 59_000) == .none)
            #expect(try await end(0, .accepted(partnerID: "wamid.1"), 61_000) == .released)
            #expect(try await nodes[1].share(at: later(61_000))?.change.brake == .released)
            #expect(nodes[1].throttle.brake.reason == nil)
        }
    }

    @Test("a person who lets an account go on does so on all nodes", arguments: SharedStore.all)
    func resumes(kind: SharedStore) async throws {
        try await kind.withNodes(2) { paces in
            var nodes = nodes(paces)
            let detail = AttemptDetail(status: 400, code: "meta_131031", reason: "locked")
            nodes[0].throttle.claimed(1, at: start)
            #expect(nodes[0].end(.held(detail, for: .seconds(1)), at: start).stopped == .account)
            for index in [0, 1] { #expect(try await nodes[index].send(at: start) == 0) }
            #expect(nodes[1].throttle.holds.stops[.account]?.reason == "locked")
            #expect(nodes[1].throttle.resume(at: later(1_000)) == [.account])
            for index in [1, 0] { try await nodes[index].share(at: later(1_000)) }
            #expect(nodes[0].throttle.holds.stops.isEmpty)
            #expect(try await nodes[0].send(at: later(1_000)) > 0)
        }
    }

    @Test(
        "a template that the partner paused waits on all nodes, until one of them gets it through or sees it approved",
        arguments: SharedStore.all
    )
    func templates(kind: SharedStore) async throws {
        try await kind.withNodes(2) { paces in
            var nodes = nodes(paces)
            let detail = AttemptDetail(status: 400, code: "meta_132015", reason: "paused")
            let (paused, accepted) = (Outcome.held(detail, for: .seconds(1)), Outcome.accepted(partnerID: "wamid.1"))
            func message(_ name: String) -> Addressee { Addressee(recipient: 2, template: name, isMarketing: false) }
            func end(_ index: Int, _ outcome: Outcome, _ name: String, _ time: Timestamp) {
                nodes[index].throttle.claimed(1, at: time)
                _ = nodes[index].throttle.ended(outcome, of: { message(name) }, began: time, at: time)
            }
            for name in ["sale", "news"] { end(0, paused, name, start) }
            try await nodes[0].share(at: start)
            try await nodes[1].claim(at: later(1))
            for name in ["sale", "news"] {
                #expect(nodes[1].throttle.hold({ message(name) }, at: later(1))?.until == later(3 * 3_600_000))
            }
            #expect(nodes[1].throttle.hold({ message("other") }, at: later(1)) == nil)
            let approved = nodes[1].throttle.lookAtTemplates({ name, _ in name == "sale" ? true : nil }, at: later(2))
            #expect(approved == ["sale"])
            end(1, accepted, "news", later(3))
            try await nodes[1].share(at: later(5))
            let heard = try await nodes[0].share(at: later(5))
            #expect(heard?.templates == ["news", "sale"], "what waits there for them in the store is let go")
            for name in ["sale", "news"] { #expect(nodes[0].throttle.hold({ message(name) }, at: later(60)) == nil) }
            // It is paused anew, and for longer.
            end(0, paused, "sale", later(6))
            try await nodes[0].share(at: later(6))
            try await nodes[1].share(at: later(6))
            #expect(nodes[1].throttle.hold({ message("sale") }, at: later(7))?.until == later(6 * 3_600_000 + 6))
        }
    }

    @Test("a throttle that one node meets halves the pace of all, not its own part of it")
    func halves() async throws {
        let store = MemoryOutbox()
        let paces = (0..<2).map { MemoryPaces(store: store, node: "\($0)", nodes: 2) }
        try await closing(store) {
            var nodes = nodes(paces, AccountLimits(name: "main"))
            for second in 0..<10 {
                for index in nodes.indices {
                    try await nodes[index].share(at: later(second * 1_000))
                    nodes[index].throttle.claimed(10, at: later(second * 1_000))
                    for _ in 0..<10 { _ = nodes[index].end(.accepted(partnerID: "wamid.1"), at: later(second * 1_000)) }
                }
            }
            nodes[0].throttle.claimed(1, at: later(9_000))
            let detail = AttemptDetail(status: 400, code: "meta_4", reason: "too many")
            #expect(nodes[0].end(.held(detail, for: .seconds(1)), at: later(9_999)).isSlowed == true)
            let interval = try #require(nodes[0].throttle.slowdown.interval)
            #expect(interval > .milliseconds(90) && interval < .milliseconds(110))
        }
    }

    @Test("of several parts that stopped a node hears each with its own reason", arguments: SharedStore.all)
    func hearsStops(kind: SharedStore) async throws {
        try await kind.withNodes(2) { paces in
            var nodes = nodes(paces)
            for (code, reason) in [(131_031, "locked"), (131_048, "spam")] {
                nodes[0].throttle.claimed(1, at: start)
                let detail = AttemptDetail(status: 400, code: "meta_\(code)", reason: reason)
                _ = nodes[0].end(.held(detail, for: .seconds(1)), at: start)
            }
            try await nodes[0].share(at: start)
            let heard = try #require(try await nodes[1].share(at: start))
            #expect(heard.stopped.map(\.part) == [.account, .marketing])
            #expect(heard.stopped.map(\.reason) == ["locked", "spam"])
            #expect(heard.resumed.isEmpty && heard.change == AccountThrottle.Change())
        }
    }

    @Test("a node that ends, or has nothing to send, gives a slow rate's place back", arguments: SharedStore.all)
    func givesBack(kind: SharedStore) async throws {
        try await kind.withNodes(2) { paces in
            var nodes = nodes(paces, AccountLimits(name: "main", rate: Rate(1, per: .seconds(60))))
            for ends in [true, false] {
                try await nodes[0].share(at: start)
                #expect(nodes[0].throttle.quota(at: start) == 1)
                let turn = nodes[0].returning(ends: ends, at: start)
                _ = try await paces[0].share(["main": try #require(turn)], at: start)
                #expect(nodes[0].throttle.quota(at: start) == 0)
            }
            #expect(try await nodes[1].send(at: start) == 1)
            #expect(try await nodes[0].send(at: start) == 0)
        }
    }

    @Test("when the clock of the store is set, what nodes share goes with it")
    func follows() async throws {
        try await PostgresServer.shared().withDatabase { _, address in
            let store = try await PostgresOutbox.open(address)
            var nodes = nodes([store])
            #expect(try await nodes[0].send(at: start) == 1)
            nodes[0].throttle.claimed(1, at: start)
            _ = nodes[0].end(.unauthorized(Make.detail(401)), at: start)
            try await nodes[0].share(at: start)
            _ = try await store.follow(.seconds(-600), at: later(-600_000))
            let turn = AccountStanding.Turn(of: store.node, among: 1, rate: nil)
            let standing = try #require(try await store.share(["main": turn], at: later(-600_000))["main"]?.standing)
            #expect(standing.condition.refusal?.nextProbe == later(-540_000))
            #expect(standing.fullAt == later(-600_000 + 50).microseconds * 1_000)
            await store.close()
        }
    }

    @Test("a row that another node holds is not taken for one that is missing, and nobody waits for it")
    func lockedRow() async throws {
        try await PostgresServer.shared().withDatabase { _, address in
            let store = try await PostgresOutbox.open(address)
            var nodes = nodes([store])
            #expect(try await nodes[0].send(at: start) == 1)
            // A connection is given up after each job that leaves a transaction open: so both are one job.
            let lane = PostgresLane(to: address)
            try await lane.perform { session in
                let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                for sql in ["BEGIN", "SELECT FROM hookline.account_pace WHERE account = 'main' FOR UPDATE"] {
                    _ = try session.exchange([PostgresQuery(sql, prepared: false)], commits: false, by: deadline)
                }
            }
            var turn = AccountStanding.Turn(of: store.node, among: 1, rate: Pacer(Rate(20, per: .seconds(1))))
            turn.wish = .places(1)
            let answers = try await store.share(["main": turn, "other": turn], at: later(1_000))
            #expect(answers.keys.sorted() == ["other"])
            #expect(try await nodes[0].send(at: later(1_000)) == 0)
            #expect(nodes[0].throttle.nextChance(after: later(1_000)) == later(1_050))
            // The server takes the transaction back when its connection ends, which nobody waits for.
            await lane.close()
            var time = 1_050
            while try await nodes[0].send(at: later(time)) == 0 { time += 50 }
            #expect(nodes[0].throttle.shared?.tellAt == nil)
            await store.close()
        }
    }
}

extension SimulatedNode {
    fileprivate mutating func returning(ends: Bool, at now: Timestamp) -> AccountStanding.Turn? {
        throttle.returning(context(wishes: false, at: now), ends: ends)
    }
}
