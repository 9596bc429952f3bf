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

/// Number 34 of the delivery's decisions: the past against the rules as they are now.
@Suite("A backtest")
struct BacktestTests {
    /// Orders that are paid, one of them told twice, one whose buyer has no number, and one that is open.
    private static func events() throws -> [Event] {
        func body(_ id: Int, n: Int = 1, phone: String = "9845061237") -> String {
            #"{"id": \#(id), "n": \#(n), "phone": "\#(phone)", "name": "Meera", "total": "12.00"}"#
        }
        return [
            try PastShop.event(1, "order.paid", body(1001), after: 0),
            try PastShop.event(2, "order.paid", body(1001, n: 2), after: 60),
            try PastShop.event(3, "order.paid", body(1002, phone: "none"), after: 120),
            try PastShop.event(4, "order.open", body(1003), after: 180),
        ]
    }

    private static func shop() async throws -> PastShop {
        try await PastShop(try PastShop.rules(BacktestRow.all), try events())
    }

    @Test("34: a language that the templates chose then is no difference, and one that a rule names now is")
    func language() async throws {
        func rules(_ language: String) throws -> RuleSet {
            try PastShop.rules(
                "  - {name: paid, event: paid, to: '9845061237', send: {template: t\(language)}}"
            )
        }
        let shop = try await PastShop(try rules(", language: en_US"), [try PastShop.event(1, "paid", "{}", after: 0)])
        #expect(shop.backtest(try rules("")).isEmpty)
        #expect(shop.backtest(try rules(", language: hi")).counts[.changed] == 1)
        let between = shop.backtest(try rules(", language: hi"), against: try rules(""))
        #expect(between.counts[.changed] == 1)
    }

    @Test("of the same events and the same rules is empty, and the same bytes twice")
    func same() async throws {
        let (rules, shop) = (try PastShop.rules(BacktestRow.all), try await Self.shop())
        let reports = [shop.backtest(rules), shop.backtest(rules), shop.backtest(rules, against: rules)]
        #expect(reports.map(\.isEmpty) == [true, true, true])
        #expect(reports[0].json.text() == reports[1].json.text())
        #expect(reports[0].counts.json.text() == BacktestRow.counts(same: 2))
        let other = try PastShop.rules(BacktestRow.paid.replacing("we have", with: "thank you for"))
        #expect(shop.backtest(other).json.text() == shop.backtest(other).json.text())
    }

    @Test("tells each kind of difference, in the order of the events", arguments: BacktestRow.table)
    func kinds(_ row: BacktestRow) async throws {
        let shop = try await Self.shop()
        let report = shop.backtest(try PastShop.rules(row.rules))
        #expect(report.counts.json.text() == row.counts)
        #expect(report.differences.map(line) == row.differences)
        #expect(report.rules.compactMap { row in row.note.map { "\(row.rule): \($0)" } } == row.notes)
        // Two sets of rules differ as the past does from the newer ones.
        let other = shop.backtest(try PastShop.rules(row.rules), against: try PastShop.rules(BacktestRow.all))
        #expect(other.counts.json.text() == row.counts)
        #expect(other.differences.map(line) == row.differences)
    }

    @Test("lists as many differences as it is asked for, and counts all")
    func limit() async throws {
        let report = try await Self.shop().backtest(.empty, limit: 1)
        #expect(report.differences.map(\.event.rawValue) == ["evt_1"])
        #expect(report.omitted == 1)
        #expect(report.counts[.removed] == 2)
        let none = try await Self.shop().backtest(.empty, limit: 0)
        #expect(!none.isEmpty)
    }

    @Test("tells of one source, rule or time alone; what came before it holds back all the same")
    func scope() async throws {
        let shop = try await Self.shop()
        func told(_ rules: RuleSet, _ scope: Backtest.Scope) -> [String] {
            shop.backtest(rules, scope).differences.map { "\($0.event) \($0.rule)" }
        }
        let time = { PastShop.start.advanced(by: .seconds($0)) }
        #expect(told(.empty, .init(until: time(180))) == ["evt_1 paid"])
        #expect(told(.empty, .init(since: time(1))) == ["evt_4 reminder"])
        #expect(told(.empty, .init(rule: "reminder")) == ["evt_4 reminder"])
        #expect(told(.empty, .init(source: "erp")) == [])
        #expect(told(try PastShop.rules(BacktestRow.all), .init(since: time(60), until: time(61))) == [])
    }

    @Test("does not decide about what was told by a message that is not kept any more")
    func undecided() async throws {
        let report = try await Self.shop().backtest(try PastShop.rules(BacktestRow.all), from: 1)
        #expect(report.isEmpty)
        #expect(report.counts.json.text() == BacktestRow.counts(same: 1, undecided: 1))
    }

    @Test("leaves out what people decided and how the partner answered")
    func peopleAndPartner() async throws {
        let rules = try PastShop.rules(BacktestRow.all)
        let shop = try await PastShop(rules, try Self.events()) { store in
            let claimed = try await store.claim(at: PastShop.start.advanced(by: .seconds(200)))
            for message in claimed {
                _ = try await store.settle(message, .refused(Make.detail(400)), at: PastShop.start)
            }
            for message in try await store.messages(.init(state: .scheduled)).elements {
                _ = try await store.decide(.cancel, on: message.id, by: "asha", at: PastShop.start)
            }
        }
        #expect(shop.backtest(rules).isEmpty)
    }

    @Test("leaves out that a recipient wanted no messages, before or after they were made")
    func optOuts() async throws {
        let rules = try PastShop.rules(BacktestRow.all)
        let optOut = { (store: MemoryOutbox) in
            let at = PastShop.start
            let line = ConsentEntry("phone:919845061237", .optedOut, .all, origin: .operator, at: at, who: "asha")
            _ = try await store.record([line], at: at.advanced(by: .seconds(200)))
        }
        let held = { (store: MemoryOutbox) in
            let suppressed = try await store.messages(.init(state: .suppressed)).elements
            #expect(suppressed.contains { $0.reason.hasPrefix("consent: ") }, "nobody was held by it")
        }
        // Nobody asked whether the second event of the order would have told the same: its message began as unwanted.
        let before = try await PastShop(rules, try Self.events(), first: optOut, then: held)
        #expect(before.backtest(rules).counts.json.text() == BacktestRow.counts(same: 2, undecided: 1))
        #expect(before.backtest(.empty).counts[.removed] == 3)
        let after = try await PastShop(
            rules,
            try Self.events(),
            then: { store in
                try await optOut(store)
                try await held(store)
            }
        )
        #expect(after.backtest(rules).counts.json.text() == BacktestRow.counts(same: 2))
        for shop in [before, after] { #expect(shop.backtest(rules).isEmpty) }
    }

    @Test("counts a limit over all events that came")
    func limits() async throws {
        let limited = try PastShop.rules(
            """
              - name: news
                event: order.paid
                limit: {count: 1, per: recipient, every: 1h, on_exceed: drop}
                to: "{{ phone }}"
                send: {text: "News about {{ id }}"}
            """
        )
        let events = try (1...4).map { number in
            try PastShop.event(
                number,
                "order.paid",
                #"{"id": \#(number), "phone": "9845061237"}"#,
                after: number * 1_200
            )
        }
        let shop = try await PastShop(.empty, events)
        let report = shop.backtest(limited)
        #expect(report.differences.map(\.event.rawValue) == ["evt_1", "evt_4"])
    }

    @Test("follows events that call messages off, and values that change, over all events that came")
    func sequences() async throws {
        let rules = { (cancels: String, changes: String) in
            try PastShop.rules(
                """
                  - name: failed
                    event: payment.failed
                    key: "{{ id }}"
                    delay: 15m
                    \(cancels)
                    to: "{{ phone }}"
                    send: {text: "Your payment failed"}
                  - name: status
                    event: order.status
                    key: "{{ id }}"
                    \(changes)
                    to: "{{ phone }}"
                    send: {text: "Your order is {{ status }}"}
                """
            )
        }
        let whole = try rules("cancel_when: {event: payment.paid, key: '{{ id }}'}", "when_changed: '{{ status }}'")
        let events = try [
            ("payment.failed", "x"), ("payment.paid", "x"), ("order.status", "packed"), ("order.status", "packed"),
            ("order.status", "sent"),
        ].enumerated().map { number, event in
            let body = #"{"id": 1, "phone": "9845061237", "status": "\#(event.1)"}"#
            return try PastShop.event(number, event.0, body, after: number * 60)
        }
        let shop = try await PastShop(whole, events)
        let told = { (report: BacktestReport) in
            report.differences.map { "\($0.kinds[0]) \($0.event) \($0.why ?? "-")" }
        }
        #expect(told(shop.backtest(whole)) == [])
        let more = try rules("enabled: true", "enabled: true")
        #expect(
            told(shop.backtest(more)) == [
                "added evt_0 it did not leave: called off by evt_1 (payment.paid)",
                "added evt_3 it did not leave: when_changed: 'packed' as before, since 2026-01-15T04:32:00.000Z",
            ]
        )
        let before = try await PastShop(more, events)
        #expect(told(before.backtest(whole)).map { $0.prefix(13) } == ["removed evt_0", "removed evt_3"])
        // What was known before the first event is not kept: nobody can say whether the value has changed.
        let late = shop.backtest(whole, from: 3)
        #expect(late.isEmpty)
        #expect(late.counts[.undecided] == 1)
    }

    /// A difference on one line; ids that are drawn and places in files are left out.
    private func line(_ difference: BacktestReport.Difference) -> String {
        let kinds = difference.kinds.map(\.rawValue).joined(separator: "+")
        let head = "\(kinds) \(difference.event) \(difference.rule) to \(difference.recipient): "
        if let why = difference.why {
            guard let colon = why.firstRange(of: "built: ") else {
                return head
                    + (why.contains("once_per") ? "it did not leave: the same is told by …" : why)
            }
            return head + why[..<colon.upperBound] + "…"
        }
        let changes = difference.changes.map { "\($0.field): \($0.before ?? "-") → \($0.after ?? "-")" }
        if !changes.isEmpty { return head + changes.joined(separator: "; ") }
        return head + "\(difference.before?.words ?? "-") → \(difference.after?.words ?? "-")"
    }
}
