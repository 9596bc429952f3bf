// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import InMemoryLogging
import Logging
import Messages
import MetricsTestKit
import Outbox
import PartnerAPI
import TestSupport
import Testing

@testable import Delivery

/// Paces and budgets on their way through the dispatcher and a store.
extension DispatcherTests {
    private static let paced = AccountLimits(name: "main", maxInFlight: 4, pair: PairLimit(interval: .seconds(6)))

    private func leftAt(_ ids: [MessageID], _ harness: DeliveryHarness) async throws -> [Timestamp] {
        var times: [Timestamp] = []
        for id in ids {
            let story = try #require(try await harness.store.message(id)).timeline
            times.append(try #require(story.last { $0.to == .sending }).at)
        }
        return times
    }

    @Test("messages to one recipient leave six seconds apart and in order, others at once; each is held once (49)")
    func pairPace() async throws {
        try await DeliveryHarness.with { harness in
            let start = harness.now
            let same = try (0..<4).map { _ in try Make.message(to: "919812345670") }
            let others = try (0..<40).map { try Make.message(to: "9198123456\(10 + $0)") }
            for message in same[..<2] + others + same[2...] { try await harness.accept(message) }
            try await harness.running(harness.dispatcher(accounts: [Self.paced])) {
                for message in others { await harness.untilSettled(message.id, .accepted) }
                for message in same[1...] { await harness.untilSettled(message.id, .deferred) }
                for (index, message) in same.enumerated() {
                    await harness.untilSettled(message.id, .accepted)
                    guard index < 3 else { continue }
                    await harness.untilIdle(
                        to: min(
                            start.advanced(by: .seconds(Int64(index + 1) * 6)),
                            harness.now.advanced(by: .seconds(5))
                        )
                    )
                    let waiting = try harness.metrics.expectMeter("hookline_pair_waiting", [("account", "main")])
                    #expect(waiting.lastValue == Double(3 - index))
                    await harness.clock.advance(by: .seconds(5))
                    await harness.untilIdle(to: start.advanced(by: .seconds(Int64(index + 1) * 6)))
                    await harness.clock.advance(by: .seconds(1))
                }
            }
            let times = try await leftAt(same.map(\.id), harness)
            #expect(times == [0, 6, 12, 18].map { start.advanced(by: .seconds($0)) })
            let story = try #require(try await harness.store.message(same[1].id))
            #expect(story.timeline.map(\.to) == [.queued, .sending, .deferred, .sending, .accepted])
            let turn = start.advanced(by: .seconds(6)).rfc3339
            #expect(
                story.timeline[2].why
                    == "pair pace: a message to the recipient left just before; its turn is at \(turn)"
            )
            #expect(story.message.attempts == 1, "a deferral spends nothing (2)")
            let dimensions = [("gate", "pair"), ("fate", "deferred")]
            #expect(try harness.metrics.expectCounter("hookline_messages_held_total", dimensions).totalValue == 3)
        }
    }

    @Test("a restart rebuilds the pace from what left and what waits: a new message goes behind both (49)")
    func pairPaceOverRestart() async throws {
        try await withTemporaryFolder { folder in
            let clock = TestClock()
            let start = clock.now
            let ids = try (0..<3).map { _ in try Make.message(to: "919812345670") }
            try await DeliveryHarness.reopened(in: folder) { harness in
                for message in ids[..<2] { try await harness.accept(message) }
                try await harness.running(harness.dispatcher(accounts: [Self.paced])) {
                    await harness.untilSettled(ids[0].id, .accepted)
                    await harness.untilSettled(ids[1].id, .deferred)
                }
            }
            try await DeliveryHarness.reopened(in: folder) { harness in
                try await harness.running(harness.dispatcher(accounts: [Self.paced])) {
                    try await harness.accept(ids[2])
                    await harness.untilSettled(ids[2].id, .deferred)
                    let due = try #require(try await harness.store.message(ids[2].id)?.message.dueAt)
                    #expect(due == start.advanced(by: .seconds(12)))
                }
            }
        }
    }

    @Test("a portfolio's limit lets new recipients wait, not known ones; warnings, metrics and status tell (51)")
    func portfolio() async throws {
        try await DeliveryHarness.with { harness in
            func message(_ phone: String) throws -> NewMessage {
                let request = try Make.template("order_paid", to: phone)
                return try Make.message(request: request, at: harness.now)
            }
            let settings = DeliverySettings(
                portfolios: [PortfolioLimit(name: "shop", recipients: 2, accounts: ["main"])]
            )
            let start = harness.now
            let dispatcher = harness.dispatcher(settings: settings)
            try await harness.running(dispatcher) {
                let known = try await harness.accept(message("919812345670"), message("919812345671"))
                for id in known { await harness.untilSettled(id, .accepted) }
                let new = try await harness.accept(message("919812345672"), Make.message(to: "919812345673"))
                await harness.untilSettled(new[0], .deferred)
                await harness.untilSettled(new[1], .accepted)
                let again = try await harness.accept(message("919812345670"))[0]
                await harness.untilSettled(again, .accepted)
                let held = try #require(try await harness.store.message(new[0])?.message)
                #expect(held.dueAt == start.advanced(by: .seconds(86_400)))
                #expect(
                    held.reason.hasPrefix("portfolio: 2 new recipients in 24 hours are used up in 'shop'; its turn")
                )
                await harness.events.until { $0.contains(.portfolioNearLimit("shop", percent: 90)) }
                #expect(dispatcher.status.portfolios["shop"] == DeliveryStatus.Portfolio(used: 2, limit: 2))
                let gauge = try harness.metrics.expectMeter("hookline_portfolio_recipients", [("portfolio", "shop")])
                #expect(gauge.lastValue == 2)
            }
            #expect(harness.log.entries.allSatisfy { !"\($0.message) \($0.metadata)".contains("9198123") })
        }
    }

    @Test("what is told of a portfolio is true when nothing is sent any more: who has left the day does not count (51)")
    func portfolioEmpties() async throws {
        try await DeliveryHarness.with { harness in
            let portfolio = PortfolioLimit(name: "shop", recipients: 2, accounts: ["main"])
            let dispatcher = harness.dispatcher(settings: DeliverySettings(portfolios: [portfolio]))
            try await harness.running(dispatcher) {
                let request = try Make.template("order_paid", to: "919812345670")
                let id = try await harness.accept(
                    try Make.message(request: request, at: harness.now)
                )[0]
                await harness.untilSettled(id, .accepted)
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                #expect(dispatcher.status.portfolios["shop"]?.used == 1)
                await harness.clock.advance(by: .seconds(86_400))
                await harness.untilIdle(to: harness.now.advanced(by: .seconds(5)))
                #expect(dispatcher.status.portfolios["shop"]?.used == 0)
            }
        }
    }

    @Test("each number of an account has its own rate, and pairs are of a number and a recipient (49)")
    func numberRate() async throws {
        try await DeliveryHarness.with { harness in
            func message(_ phone: String, from number: String?) throws -> NewMessage {
                let request = try Make.request(to: phone, from: number)
                return try Make.message(request: request, at: harness.now)
            }
            let limits = AccountLimits(
                name: "main",
                numberRate: Rate(1, per: .seconds(2)),
                pair: PairLimit(interval: .seconds(6))
            )
            let start = harness.now
            let first = try (0..<3).map { try message("91981234567\($0)", from: "n1") }
            let others = [try message("919812345670", from: "n2"), try message("919812345670", from: nil)]
            try await harness.running(harness.dispatcher(accounts: [limits])) {
                for message in first + others { try await harness.accept(message) }
                for message in [first[0]] + others { await harness.untilSettled(message.id, .accepted) }
                for message in first[1...] { await harness.untilSettled(message.id, .deferred) }
                for (index, message) in first.enumerated().dropFirst() {
                    await harness.untilIdle(to: start.advanced(by: .seconds(Int64(index) * 2)))
                    await harness.clock.advance(by: .seconds(2))
                    await harness.untilSettled(message.id, .accepted)
                }
            }
            let times = try await leftAt(first.map(\.id), harness)
            #expect(times == [0, 2, 4].map { start.advanced(by: .seconds($0)) })
            let story = try #require(try await harness.store.message(first[2].id))
            let turn = start.advanced(by: .seconds(4)).rfc3339
            #expect(
                story.timeline[2].why
                    == "number rate: others of the same sending number leave before; its turn is at \(turn)"
            )
            let dimensions = [("gate", "number"), ("fate", "deferred")]
            #expect(try harness.metrics.expectCounter("hookline_messages_held_total", dimensions).totalValue == 2)
        }
    }

    @Test("who was called off holds nobody up: a message behind them leaves when the pace lets it, not after them (49)")
    func calledOffInLine() async throws {
        try await DeliveryHarness.with { harness in
            let limits = AccountLimits(
                name: "main",
                numberRate: Rate(1, per: .seconds(2)),
                pair: PairLimit(interval: .seconds(6))
            )
            let start = harness.now
            try await harness.running(harness.dispatcher(accounts: [limits])) {
                let same = try (0..<30).map { _ in try Make.message(to: "919812345670") }
                let others = try (0..<30).map { try Make.message(to: "9198123456\(10 + $0)") }
                for message in same + others { try await harness.accept(message) }
                await harness.untilSettled(same[0].id, .accepted)
                for message in same[1...] + others { await harness.untilSettled(message.id, .deferred) }
                for message in same[1...] + others {
                    try await harness.store.decide(.cancel, on: message.id, by: "asha", at: harness.now)
                }
                await harness.clock.advance(by: .seconds(1))
                let new = try await harness.accept(
                    Make.message(to: "919812345670"),
                    Make.message(to: "919812345699")
                )
                for id in new { await harness.untilSettled(id, .deferred) }
                let dues = [try await harness.store.message(new[0]), try await harness.store.message(new[1])]
                #expect(dues.map { $0?.message.dueAt } == [6, 2].map { start.advanced(by: .seconds($0)) })
            }
        }
    }

    @Test("places are read of those accounts alone in which somebody stands behind others; elsewhere they stay (49)")
    func placesOfAccountsInLine() async throws {
        try await DeliveryHarness.with { harness in
            let limits = ["main", "other"].map { AccountLimits(name: $0, pair: PairLimit(interval: .seconds(6))) }
            let (store, start) = (TroubledStore(harness.store), harness.now)
            try await harness.running(harness.dispatcher(over: store, accounts: limits)) {
                func accept(_ account: String, _ state: MessageState) async throws -> MessageID {
                    let id = try await harness.accept(Make.message(account: account))[0]
                    await harness.untilSettled(id, state)
                    return id
                }
                for account in ["main", "other"] { _ = try await accept(account, .accepted) }
                let (gone, stays) = (try await accept("main", .deferred), try await accept("other", .deferred))
                try await harness.store.decide(.cancel, on: gone, by: "asha", at: harness.now)
                #expect(store.placesRead.elements.isEmpty)
                let behind = [try await accept("main", .deferred), try await accept("other", .deferred)]
                #expect(store.placesRead.elements == [["main"], ["other"]])
                for (id, seconds) in zip(behind + [stays], [6, 12, 6]) {
                    let due = try await harness.store.message(id)?.message.dueAt
                    #expect(due == start.advanced(by: .seconds(seconds)))
                }
            }
        }
    }
}
