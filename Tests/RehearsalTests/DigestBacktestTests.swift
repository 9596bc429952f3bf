// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import MemoryOutbox
import Messages
import Outbox
import Rehearsal
import Rules
import TestSupport
import Testing

/// Number 34 for digests: what was collected and told against what the rules would collect now.
@Suite("A backtest of digests")
struct DigestBacktestTests {
    private static func rule(_ text: String, every: String = "15m", more: String = "") -> String {
        """
          - name: alerts
            event: alert
            digest: {every: \(every)}
            \(more)to: "9845061237"
            send: {text: "\(text)"}
        """
    }

    private static let told = rule("{{ items | map: 'n' | join: ' ' }}")

    private static func shop() async throws -> PastShop {
        let rules = try PastShop.rules(told)
        let events = try [0, 60, 1_200].enumerated().map { number, seconds in
            try PastShop.event(number + 1, "alert", #"{"n": \#(number + 1)}"#, after: seconds)
        }
        return try await PastShop(rules, events) { _ in
        } then: { store in
            try await deliver(store, rules)
        }
    }

    /// Has what was collected built and taken, as the service does.
    private static func deliver(_ store: MemoryOutbox, _ rules: RuleSet) async throws {
        for seconds in [900, 2_100] {
            let now = PastShop.start.advanced(by: .seconds(seconds))
            let due = try await store.dueDigests(at: now, limit: 10)
            let closings = try due.orders.map { order in
                let events = try order.items.map { Event($0.event, payload: try JSONDocument($0.payload)) }
                let context = EvaluationContext(now: now, country: "IN")
                let made = rules.digest(
                    of: order.rule,
                    events,
                    size: order.size,
                    to: order.recipient,
                    in: context
                )
                return DigestClosing(order, made.content(accounts: PastShop.accounts, at: now))
            }
            _ = try await store.close(closings, at: now)
            for claimed in try await store.claim(at: now) {
                _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: now)
            }
        }
    }

    @Test("of the same rules is empty, whether they are held against what is kept or against one another")
    func same() async throws {
        let shop = try await Self.shop()
        let rules = try PastShop.rules(Self.told)
        for report in [shop.backtest(rules), shop.backtest(rules, against: rules)] {
            #expect(report.isEmpty, "\(report.differences)")
            #expect(report.counts[.same] == 2)
        }
    }

    @Test("tells a text that changed, a window that ends later, and a rule that collects no more")
    func differences() async throws {
        let shop = try await Self.shop()
        let changed = shop.backtest(try PastShop.rules(Self.rule("{{ items.size }} alerts")))
        #expect(changed.counts[.changed] == 2)
        #expect(changed.differences.first?.changes.map(\.after) == ["2 alerts"])
        let longer = shop.backtest(try PastShop.rules(Self.rule("{{ items | map: 'n' | join: ' ' }}", every: "1h")))
        #expect(longer.counts[.removed] == 1 && longer.counts[.changed] == 1 && longer.counts[.moved] == 1)
        let gone = shop.backtest(.empty)
        #expect(gone.counts[.removed] == 2)
    }

    @Test("takes no two digests for the same message under another name, for their texts are not built yet")
    func twins() async throws {
        let shop = try await Self.shop()
        let other = Self.told.replacing("alerts", with: "warnings").replacing("join: ' '", with: "join: ' and '")
        let report = shop.backtest(try PastShop.rules(other), against: try PastShop.rules(Self.told))
        #expect(report.counts[.removed] == 2 && report.counts[.added] == 2)
        #expect(report.rules.map(\.note) == ["the rule is not there any more", "the rule is new"])
    }
}
