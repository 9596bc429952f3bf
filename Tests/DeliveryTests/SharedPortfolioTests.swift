// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import NIOConcurrencyHelpers
import Outbox
import TestSupport
import Testing

@testable import Delivery

@Suite("A portfolio of which several nodes send", .timeLimit(.minutes(5)))
struct SharedPortfolioTests {
    private let start = TestClock().now
    private static let day = 86_400

    private func later(_ seconds: Int) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    private struct Departure: Hashable {
        let recipient: Int
        let at: Timestamp
    }

    /// A node that sends to recipients, as the dispatcher does; its steady line is its own.
    private struct Node {
        let paces: any SharedPaces
        let lead: Duration
        /// By how much two looks at the clocks differ.
        let jitter: Duration
        private var looks = 0
        var budget: PortfolioBudget

        init(_ paces: any SharedPaces, _ recipients: Int, lead: Duration = .zero, jitter: Duration = .zero) {
            (self.paces, self.lead, self.jitter) = (paces, lead, jitter)
            let limit = PortfolioLimit(name: "shop", recipients: recipients, accounts: ["main"])
            budget = PortfolioBudget(limit, isShared: true)
        }

        /// Lets leave whom the portfolio lets.
        ///
        /// - Returns: The turns of those who wait.
        mutating func send(to recipients: [Int], at now: Timestamp) async throws -> [Int: Timestamp] {
            let steady = now.advanced(by: lead)
            while true {
                var (turns, left): ([Int: Timestamp], [MessageID]) = ([:], [])
                budget.begin()
                for recipient in recipients {
                    turns[recipient] = budget.turn(to: recipient, at: steady)
                    guard turns[recipient] == nil else { continue }
                    left.append(MessageID(at: now))
                    budget.left(left[left.count - 1], to: recipient, at: steady)
                }
                looks += 1
                let seen = lead + jitter * (looks % 3 - 1)
                guard try await budget.tell(to: paces, left, at: steady, lead: seen) else { continue }
                return turns.mapValues { $0.advanced(by: .zero - lead) }
            }
        }
    }

    /// Has four nodes send to ten new recipients each, at the same time.
    private func storm(_ nodes: [Node]) async throws -> (nodes: [Node], left: [Departure], turns: [Int: Timestamp]) {
        try await withThrowingTaskGroup(of: (Int, Node, [Departure], [Int: Timestamp]).self) { group in
            for (index, node) in nodes.enumerated() {
                group.addTask {
                    var (node, left, all): (Node, [Departure], [Int: Timestamp]) = (node, [], [:])
                    for step in 0..<5 {
                        let recipients = [0, 1].map { index * 10 + step * 2 + $0 }
                        let turns = try await node.send(to: recipients, at: later(step))
                        left += recipients.filter { turns[$0] == nil }.map { Departure(recipient: $0, at: later(step)) }
                        all.merge(turns) { $1 }
                    }
                    return (index, node, left, all)
                }
            }
            return try await group.reduce(into: (nodes, [], [:])) { all, one in
                all.nodes[one.0] = one.1
                all.left += one.2
                all.turns.merge(one.3) { $1 }
            }
        }
    }

    @Test(
        "four nodes that send at once let no more recipients pass in any day than one would, and each comes to its turn at any of them",
        arguments: SharedStore.all
    )
    func limit(kind: SharedStore) async throws {
        try await kind.withNodes(4) { paces in
            let new = paces.enumerated().map { Node($1, 10, lead: .seconds(-1_000 * Int64($0))) }
            var (nodes, left, turns) = try await storm(new)
            #expect(left.count == 10 && turns.count == 30)
            var deferrals = 0
            while let next = turns.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }), deferrals < 100 {
                // Not the one that gave the turn.
                let index = (next.key / 10 + 1) % 4
                let turn = try await nodes[index].send(to: [next.key], at: next.value)[next.key]
                if turn == nil { left.append(Departure(recipient: next.key, at: next.value)) } else { deferrals += 1 }
                turns[next.key] = turn
            }
            #expect(left.count == 40 && turns.isEmpty)
            for one in left {
                let since = one.at.advanced(by: .seconds(1 - Int64(Self.day)))
                #expect(Set(left.filter { $0.at > since && $0.at <= one.at }.map(\.recipient)).count <= 10)
            }
            // What ten a day take: nobody waited longer than with one node.
            #expect(left.allSatisfy { $0.at <= later(3 * Self.day + 10) })
        }
    }

    @Test(
        "of instants that fall together each is given to one who waits, whichever nodes they ask",
        arguments: SharedStore.all
    )
    func sameInstant(kind: SharedStore) async throws {
        try await kind.withNodes(2) { paces in
            var nodes = paces.map { Node($0, 50) }
            #expect(try await nodes[0].send(to: Array(0..<50), at: start).isEmpty)
            var turns: [Timestamp?] = []
            for recipient in 100..<151 {
                let turn = try await nodes[recipient % 2].send(to: [recipient], at: later(3_600 + recipient))
                turns.append(turn[recipient])
            }
            #expect(turns.dropLast().allSatisfy { $0 == later(Self.day) })
            #expect(turns.last == later(3_600 + 150 + Self.day), "all are given away")
            for recipient in 100..<150 {
                #expect(try await nodes[(recipient + 1) % 2].send(to: [recipient], at: later(Self.day)).isEmpty)
            }
        }
    }

    @Test(
        "they do so however little two looks at the clocks agree, and though these drift apart",
        arguments: SharedStore.all
    )
    func sameInstantOfClocks(kind: SharedStore) async throws {
        try await kind.withNodes(2) { paces in
            let leads = [Duration.milliseconds(20), .seconds(-7)]
            var nodes = zip(paces, leads).map { Node($0, 50, lead: $1, jitter: .microseconds(1_300)) }
            #expect(try await nodes[0].send(to: Array(0..<50), at: start).isEmpty)
            for recipient in 100..<125 {
                let turn = try await nodes[recipient % 2].send(to: [recipient], at: later(3_600 + recipient))
                #expect(turn[recipient].map { isNear($0, later(Self.day)) } == true)
            }
            // The same nodes, a drift later.
            var drifted = zip(nodes, leads).map { node, lead in
                Node(node.paces, 50, lead: lead + .milliseconds(80), jitter: .microseconds(1_300))
            }
            for index in drifted.indices { drifted[index].budget = nodes[index].budget }
            for recipient in 125..<150 {
                let turn = try await drifted[recipient % 2].send(to: [recipient], at: later(3_600 + recipient))
                #expect(turn[recipient].map { isNear($0, later(Self.day)) } == true)
            }
            let last = try await drifted[0].send(to: [150], at: later(3_750))
            #expect(last[150].map { isNear($0, later(3_750 + Self.day)) } == true, "all are given away")
        }
    }

    private func isNear(_ time: Timestamp, _ other: Timestamp) -> Bool {
        let difference = other.duration(to: time)
        return max(difference, .zero - difference) < .milliseconds(10)
    }

    @Test("of two messages that left to one recipient at one moment the one that failed gives nothing back")
    func oneOfTwo() {
        var budget = PortfolioBudget(PortfolioLimit(name: "shop", recipients: 1, accounts: ["main"]), isShared: true)
        let (one, other) = (MessageID(at: start), MessageID(at: start))
        budget.left(one, to: 1, at: start)
        budget.left(other, to: 1, at: start)
        budget.ended(one, mayHaveArrived: false, at: later(1))
        #expect(budget.used == 1, "the other may arrive")
        budget.ended(other, mayHaveArrived: false, at: later(2))
        #expect(budget.used == 0)
    }

    @Test(
        "what did not arrive is given back on all nodes, and a node that begins knows what the others do",
        arguments: SharedStore.all
    )
    func givenBack(kind: SharedStore) async throws {
        try await kind.withNodes(3) { paces in
            var nodes = paces.map { Node($0, 1) }
            let message = MessageID(at: start)
            nodes[0].budget.begin()
            #expect(nodes[0].budget.turn(to: 1, at: start) == nil)
            nodes[0].budget.left(message, to: 1, at: start)
            let isTaken = try await nodes[0].budget.tell(to: paces[0], [message], at: start, lead: .zero)
            #expect(isTaken)
            #expect(try await nodes[1].send(to: [2], at: later(1)) == [2: later(Self.day)])
            nodes[0].budget.ended(message, mayHaveArrived: false, at: later(2))
            #expect(nodes[0].budget.shared?.hasNews == true)
            // Somebody told something meanwhile, which is heard first.
            #expect(try await !nodes[0].budget.tell(to: paces[0], at: later(2), lead: .zero))
            #expect(try await nodes[0].budget.tell(to: paces[0], at: later(2), lead: .zero))
            #expect(nodes[0].budget.used == 0 && nodes[0].budget.shared?.hasNews == false)
            #expect(try await nodes[2].send(to: [2], at: later(3)).isEmpty, "there is room again")
            #expect(try await nodes[1].send(to: [3], at: later(4)) == [3: later(3 + Self.day)])
            #expect(try await nodes[0].send(to: [3], at: later(5)) == [3: later(3 + Self.day)], "not before its turn")
            #expect(try await nodes[2].send(to: [3], at: later(3 + Self.day)).isEmpty)
        }
    }

    @Test("what is given back stays told for as long as what is over, and others let it go at once")
    func givenBackRow() async throws {
        let paces = ScriptedPaces()
        paces.answers.withLockedValue { answers in
            answers = [1, 2].map { PortfolioNews(isTaken: true, version: $0) }
        }
        var (node, other) = (Node(paces, 1), Node(paces, 1))
        let message = MessageID(at: start)
        node.budget.begin()
        node.budget.left(message, to: 1, at: start)
        #expect(try await node.budget.tell(to: paces, [message], at: start, lead: .zero))
        other.budget.adopt(1, node.budget.standing(of: 1))
        other.budget.countGiven()
        node.budget.ended(message, mayHaveArrived: false, at: later(2))
        #expect(try await node.budget.tell(to: paces, at: later(2), lead: .zero))
        let row = try #require(paces.told.withLockedValue { $0.last?.first })
        #expect(row == PortfolioRow(recipient: 1, countsUntil: later(2), waitsUntil: nil), "the sweep goes by its time")
        other.budget.adopt(1, SharedPortfolio.Standing(until: row.countsUntil, place: row.waitsUntil))
        other.budget.countGiven()
        #expect(other.budget.turn(to: 2, at: later(2)) == nil)
    }

    @Test("who leaves the day while something is decided that does not count does not come back into it")
    func takenBackAtTheEnd() async throws {
        let paces = ScriptedPaces()
        paces.answers.withLockedValue { answers in
            answers = [
                PortfolioNews(isTaken: true, version: 1), PortfolioNews(isTaken: true, version: 2),
                PortfolioNews(isTaken: false, version: 3),
            ]
        }
        var node = Node(paces, 1)
        #expect(try await node.send(to: [1], at: start).isEmpty)
        #expect(try await node.send(to: [2], at: later(1)) == [2: later(Self.day)])
        let now = later(Self.day).advanced(by: .milliseconds(-30))
        let message = MessageID(at: start)
        node.budget.begin()
        node.budget.left(message, to: 1, at: now)
        #expect(node.budget.turn(to: 2, at: now) != nil)
        #expect(try await !node.budget.tell(to: paces, [message], at: now, lead: .zero))
        node.budget.forget(at: later(Self.day + 60))
        #expect(node.budget.used == 0)
    }

    @Test("what a node decided that others were faster with leaves nothing behind")
    func takenBack() async throws {
        let paces = ScriptedPaces()
        var node = Node(paces, 2)
        paces.answers.withLockedValue { answers in
            let row = PortfolioRow(recipient: 7, countsUntil: later(Self.day), waitsUntil: nil)
            answers = [
                PortfolioNews(isTaken: false, version: 3, rows: [row]), PortfolioNews(isTaken: true, version: 4),
            ]
        }
        #expect(try await node.send(to: [1, 2], at: later(5)) == [2: later(Self.day)])
        #expect(node.budget.used == 2 && node.budget.shared?.version == 4)
        let told = paces.told.withLockedValue { $0 }
        #expect(told.map { $0.map(\.recipient) } == [[1, 2], [1, 2]])
        let last = try #require(told.last)
        #expect(last[0] == PortfolioRow(recipient: 1, countsUntil: later(5 + Self.day), waitsUntil: nil))
        #expect(last[1] == PortfolioRow(recipient: 2, countsUntil: nil, waitsUntil: later(Self.day)))
    }
}

/// Answers what it was told to.
private struct ScriptedPaces: SharedPaces {
    let node = "a"
    let nodes = 2
    let answers = NIOLockedValueBox<[PortfolioNews]>([])
    let told = NIOLockedValueBox<[[PortfolioRow]]>([])

    func share(
        _ turns: [String: AccountStanding.Turn],
        at now: Timestamp
    ) async throws(StoreError) -> [String: SharedAnswer] { [:] }

    func share(
        _ portfolio: String,
        _ changes: [PortfolioRow],
        knowing version: Int64
    ) async throws(StoreError) -> PortfolioNews {
        told.withLockedValue { $0.append(changes) }
        return answers.withLockedValue { $0.removeFirst() }
    }

    func waitingForPairs(of accounts: [String], upTo most: Int) async throws(StoreError) -> [String: Int] { [:] }
}
