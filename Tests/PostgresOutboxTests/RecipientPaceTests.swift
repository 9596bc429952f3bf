// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import PostgresConnection
import PostgresOutbox
import TestSupport
import Testing

@Suite("The pace of a recipient on many nodes", .timeLimit(.minutes(5)))
struct RecipientPaceTests {
    private let start = TestClock().now

    private func later(_ seconds: Int) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    private func claim(
        _ nodes: [PostgresOutbox],
        _ quota: ClaimQuota,
        at now: Timestamp
    ) async throws -> [Exchange] {
        try await withThrowingTaskGroup(of: Exchange.self) { group in
            for node in nodes {
                group.addTask {
                    try await node.exchange([], [quota], lease: .seconds(600), now: now, riding: nil)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Pitfall 30.
    @Test(
        "messages to one recipient that four nodes claim leave as far apart as is wanted, in their bursts, each held once",
        arguments: [1, 2]
    )
    func gap(burst: Int) async throws {
        try await withNodes(4) { nodes, lane in
            let same = try (0..<8).map { _ in try Make.message(to: "919812345670", at: start) }
            let others = try (0..<8).map { try Make.message(to: "91981234569\($0)", at: start) }
            for message in zip(same, others).flatMap({ [$0, $1] }) {
                _ = try await nodes[0].accept(Make.submission(messages: [message], at: start))
            }
            let pair = PairLimit(interval: .seconds(6), burst: burst)
            let quota = ClaimQuota(account: "main", limit: 3, pair: pair)
            let ids = Set(same.map(\.id))
            var (left, passed): ([Timestamp], Set<MessageID>) = ([], [])
            for second in 0...42 {
                for _ in 0..<3 {
                    let claimed = try await claim(nodes, quota, at: later(second)).flatMap(\.claimed)
                    left += claimed.filter { ids.contains($0.id) }.map { _ in later(second) }
                    passed.formUnion(claimed.map(\.id))
                }
                if second == 0 { #expect(passed.isSuperset(of: others.map(\.id)), "nobody else waits") }
            }
            #expect(passed.count == 16 && left.count == 8)
            let turns = (0..<8).map { later(max(0, $0 - burst + 1) * 6) }
            #expect(left == turns)
            let stories = try await same.stories(in: nodes[1])
            #expect(stories.filter { $0 == [.queued, .sending] }.count == burst)
            #expect(stories.filter { $0 == [.queued, .deferred, .sending] }.count == 8 - burst)
            #expect(try await lane.number("SELECT count(*) FROM hookline.leases") == 16)
        }
    }

    @Test("a portfolio's recipients follow the clock as something new, of which every node hears")
    func portfolioFollows() async throws {
        try await withNodes(2) { nodes, _ in
            func row(_ seconds: Int) -> PortfolioRow {
                PortfolioRow(recipient: 1, countsUntil: later(seconds), waitsUntil: nil)
            }
            _ = try await nodes[0].share("shop", [row(100)], knowing: 0)
            _ = try await nodes[0].follow(.seconds(60), at: later(60))
            let news = try await nodes[1].share("shop", [], knowing: 1)
            #expect(news == PortfolioNews(isTaken: false, version: 2, rows: [row(160)]))
        }
    }

    @Test("who comes late to its turn waits for what left just before, and who is new goes behind all that have turns")
    func late() async throws {
        try await withNodes(2) { nodes, _ in
            let quota = ClaimQuota(account: "main", limit: 10, pair: PairLimit(interval: .seconds(6)))
            for _ in 0..<3 {
                let message = try Make.message(to: "919812345670", at: start)
                _ = try await nodes[0].accept(Make.submission(messages: [message], at: start))
            }
            #expect(try await claim([nodes[0]], quota, at: start)[0].claimed.count == 1)
            // Nobody looked for a while, so two turns have passed.
            let exchange = try await claim([nodes[1]], quota, at: later(20))[0]
            #expect(exchange.claimed.count == 1)
            #expect(exchange.holds.isEmpty, "it is held on, which nobody is told")
            let new = try Make.message(to: "919812345670", at: later(21))
            _ = try await nodes[0].accept(Make.submission(messages: [new], at: later(21)))
            let held = try await claim([nodes[0]], quota, at: later(21))[0]
            #expect(held.claimed.isEmpty && held.holds.map(\.gate) == [.pair])
            #expect(try await claim([nodes[1]], quota, at: later(26))[0].claimed.count == 1)
            #expect(try await claim([nodes[0]], quota, at: later(31))[0].claimed.isEmpty)
            #expect(try await claim([nodes[0]], quota, at: later(32))[0].claimed.map(\.id) == [new.id])
        }
    }

    @Test("what waits for its recipient's turn and its number's has both, and leaves at the later one")
    func both() async throws {
        try await withNodes(2) { nodes, _ in
            let quota = ClaimQuota(
                account: "main",
                limit: 10,
                pair: PairLimit(interval: .seconds(6)),
                number: PairLimit(Rate(1, per: .seconds(2)))
            )
            let messages = try (0..<6).map { try Make.message(to: "91981234567\($0 % 2)", at: start) }
            for message in messages { _ = try await nodes[0].accept(Make.submission(messages: [message], at: start)) }
            var left: [Int: [MessageID]] = [:]
            for second in 0...30 {
                let claimed = try await claim(nodes, quota, at: later(second)).flatMap(\.claimed)
                if !claimed.isEmpty { left[second] = claimed.map(\.id) }
            }
            let ids = messages.map { [$0.id] }
            #expect(left == [0: ids[0], 2: ids[1], 6: ids[2], 8: ids[3], 12: ids[4], 14: ids[5]])
        }
    }

    @Test("those who wait behind others to their recipient are counted, to every node the same, as they come and go")
    func waiting() async throws {
        try await withNodes(2) { nodes, lane in
            func counts(_ most: Int = 100) async throws -> [[String: Int]] {
                var counts: [[String: Int]] = []
                for node in nodes { counts.append(try await node.waitingForPairs(of: ["main", "other"], upTo: most)) }
                return counts
            }
            func all(_ count: Int) -> [[String: Int]] { nodes.map { _ in ["main": count, "other": 0] } }
            let pair = ClaimQuota(account: "main", limit: 20, pair: PairLimit(interval: .seconds(6)))
            let number = ClaimQuota(account: "other", limit: 20, number: PairLimit(Rate(1, per: .seconds(6))))
            var same: [MessageID] = []
            for index in 0..<12 {
                let message = try Make.message(account: index < 8 ? "main" : "other", to: "919812345670", at: start)
                _ = try await nodes[0].accept(Make.submission(messages: [message], at: start))
                same.append(message.id)
            }
            #expect(try await counts() == all(0), "nobody has a turn that nobody gave")
            _ = try await nodes[0].exchange([], [pair, number], lease: .seconds(600), now: start, riding: nil)
            // Three of those of a number wait, too; but not for their recipient.
            #expect(try await lane.number("SELECT count(*) FROM hookline.waiting") == 10)
            #expect(try await counts() == all(7))
            #expect(try await counts(3) == all(3))
            #expect(try await claim([nodes[1]], pair, at: later(6))[0].claimed.map(\.id) == [same[1]])
            #expect(try await counts() == all(6))
            // Late for their turns, of which one goes on and the others wait on, without a word.
            #expect(try await claim([nodes[0]], pair, at: later(25))[0].claimed.count == 1)
            #expect(try await counts() == all(5))
            try await nodes[1].decide(.cancel, on: same[7], by: "asha", at: later(26))
            #expect(try await counts() == all(4))
        }
    }

    @Test("a number's rate holds on all nodes, and pairs are of a number and a recipient")
    func numbers() async throws {
        try await withNodes(2) { nodes, lane in
            let quota = ClaimQuota(
                account: "main",
                limit: 10,
                pair: PairLimit(interval: .seconds(60)),
                number: PairLimit(Rate(1, per: .seconds(2)))
            )
            for (index, number) in ["n1", "n1", "n1", "n2"].enumerated() {
                let request = try Make.request(to: "91981234567\(index)", from: number)
                let message = try Make.message(request: request, at: start)
                _ = try await nodes[0].accept(Make.submission(messages: [message], at: start))
            }
            let first = try await claim([nodes[0]], quota, at: start)[0]
            #expect(first.claimed.map(\.request.phoneNumberID) == ["n1", "n2"])
            #expect(first.holds.map(\.gate) == [.number, .number] && first.nextDue == later(2))
            for second in [2, 4] {
                #expect(try await claim([nodes[1]], quota, at: later(second - 1))[0].claimed.isEmpty)
                #expect(try await claim([nodes[1]], quota, at: later(second))[0].claimed.count == 1)
            }
            // No row says whose it is.
            let naming = "SELECT count(*) FROM hookline.recipient_pace r WHERE r::text LIKE '%9198123%'"
            #expect(try await lane.number(naming) == 0)
            #expect(try await lane.number("SELECT count(*) FROM hookline.recipient_pace") == 6)
        }
    }
}

extension [NewMessage] {
    /// The states of each message's story.
    fileprivate func stories(in store: PostgresOutbox) async throws -> [[MessageState]] {
        var stories: [[MessageState]] = []
        for message in self {
            stories.append(try #require(try await store.message(message.id)).timeline.map(\.to))
        }
        return stories
    }
}
