// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import MemoryOutbox
import Messages
import Outbox
import Rehearsal
import Rules
import TestSupport
import Testing

/// A shop that had rules and events: what its store kept, to be rehearsed with other rules.
struct PastShop {
    static let start = Timestamp(seconds: 1_768_451_400)
    static let accounts = ["main"]

    /// A rule file of the source `shop` in India; its rules are indented as under `rules:`.
    static func rules(_ rules: String) throws -> RuleSet {
        let text = "version: 1\nsource: shop\ndefaults: {country: IN}\nrules:\n\(rules)"
        let loaded = RuleFolder.load(texts: [("shop.yaml", text)])
        return try #require(loaded.rules, "\(loaded.diagnostics)")
    }

    /// An event that came so many seconds after the start.
    static func event(_ number: Int, _ type: String, _ body: String, after seconds: Int) throws -> Event {
        let time = start.advanced(by: .seconds(seconds))
        return Event(
            id: EventID(rawValue: "evt_\(number)"),
            source: "shop",
            type: type,
            senderID: "\(number)",
            receivedAt: time,
            headers: HTTPFields(),
            rawBody: Array(body.utf8),
            payload: try JSONDocument(Array(body.utf8))
        )
    }

    private let events: [Event]
    private let kept: [EventID: ArchivedEvent]

    /// Has a store take what rules made of events, as the service does.
    init(
        _ rules: RuleSet,
        _ events: [Event],
        first prepare: (MemoryOutbox) async throws -> Void = { _ in },
        then change: (MemoryOutbox) async throws -> Void = { _ in }
    ) async throws {
        let store = MemoryOutbox()
        try await prepare(store)
        for event in events {
            let made = rules.evaluate(event, in: Self.context(of: event))
                .consequences(accounts: Self.accounts, at: event.receivedAt, payload: Array(event.payload.bytes))
            let record = NewEvent(event, disposition: made.disposition)
            _ = try await store.accept(
                Submission(
                    event: record,
                    messages: made.messages,
                    digests: made.digests,
                    failures: made.failures,
                    sideEffects: made.sideEffects
                )
            )
        }
        try await change(store)
        let page = try await store.archive(after: nil, limit: events.count)
        self.events = events
        kept = Dictionary(uniqueKeysWithValues: page.elements.map { ($0.event.id, $0) })
    }

    private static func context(of event: Event) -> EvaluationContext {
        EvaluationContext(now: event.receivedAt, country: "IN")
    }

    /// Rehearses the events, from one on.
    func backtest(
        _ rules: RuleSet,
        against other: RuleSet? = nil,
        _ scope: Backtest.Scope = Backtest.Scope(),
        from first: Int = 0,
        limit: Int = .max
    ) -> BacktestReport {
        var backtest = Backtest(rules, against: other, accounts: Self.accounts, scope: scope, limit: limit)
        for event in events.dropFirst(first) {
            backtest.take(
                Backtest.PastEvent(
                    event: event,
                    context: Self.context(of: event),
                    acceptedAt: event.receivedAt,
                    messages: kept[event.id]?.messages ?? []
                )
            )
        }
        return backtest.report()
    }
}
