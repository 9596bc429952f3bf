// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
import Outbox
import PostgresConnection
import PostgresOutbox
import PostgresServer
import TestSupport
import Testing

/// That counts are what there is, is looked at after each test of the contract and of many nodes as well.
@Suite("How many messages stand how on PostgreSQL", .timeLimit(.minutes(5)))
struct MessageCountsTests {
    let now = TestClock().now

    private func fold(_ lane: PostgresLane) async throws {
        try await lane.perform { session in
            _ = try session.rows(MessageCounts.fold, by: ContinuousClock.now.advanced(by: .seconds(60)))
        }
    }

    @Test("counts are folded to a row for each state, by several at once, while others claim and settle")
    func folding() async throws {
        try await withNodes(2) { nodes, lane in
            for _ in 0..<20 { _ = try await nodes[0].accept(Make.submission(messages: [try Make.message()])) }
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<2 { group.addTask { for _ in 0..<20 { try await self.fold(lane) } } }
                group.addTask {
                    for _ in 0..<20 { _ = try await nodes[1].accept(Make.submission(messages: [try Make.message()])) }
                }
                group.addTask {
                    for _ in 0..<15 {
                        let claimed = try await nodes[0].claim(1, at: self.now)
                        for claim in claimed {
                            let settled = try Settlement(of: claim, .accepted(partnerID: "wamid.1"), at: self.now)
                            _ = try await nodes[0].settle([settled])
                        }
                    }
                }
            }
            _ = try await nodes[1].claim(5, at: now)
            let counts: [MessageState: Int] = [.queued: 20, .sending: 5, .accepted: 15]
            #expect(try await nodes[0].countsByState() == counts)
            try await fold(lane)
            #expect(try await nodes[0].countsByState() == counts)
            let rows = try #require(try await lane.number("SELECT count(*) FROM hookline.message_counts"))
            // What is folded stays as a row for each state.
            #expect(rows <= MessageCounts.most + counts.count)
        }
    }

    @Test("what is counted needs no look at any message")
    func plan() async throws {
        try await withNodes(1) { nodes, lane in
            _ = try await nodes[0].accept(Make.submission(messages: [try Make.message()]))
            try await lane.run(["ALTER TABLE hookline.messages RENAME TO renamed"])
            #expect(try await nodes[0].countsByState() == [.queued: 1])
            try await lane.run(["ALTER TABLE hookline.renamed RENAME TO messages"])
        }
    }
}
