// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import MemoryOutbox
import Messages
import NIOConcurrencyHelpers
import Outbox
import Rehearsal
import Rules
import ServiceConfiguration
import TestSupport
import Testing

@testable import Inquiries

@Suite("A backtest for which somebody waits", .timeLimit(.minutes(5)))
struct BoundedBacktestTests {
    private static let rules = """
        version: 1
        source: orders
        rules: [{name: paid, to: "+919845061237", send: {text: "Order {{ order }} is paid"}}]
        """
    private let store = MemoryOutbox()
    private let now = TestClock().now

    private func settings() async throws -> Settings {
        try await withTemporaryFolder { folder in
            let text = """
                listen: 127.0.0.1:0
                store: sqlite:hookline.db
                rules: rules
                accounts:
                  main: {base_url: "http://127.0.0.1:9/api/v1/public", api_key: k, api_secret: s}
                sources:
                  orders: {secrets: ["orders-test-secret"], country: IN, event_type: body.event, event_id: body.id}
                """
            let path = folder.appending(path: "hookline.yaml")
            try Data(text.utf8).write(to: path)
            var reader = SettingsReader(path: path.path)
            return try #require(reader.read().settings)
        }
    }

    /// Keeps so many events, of which no message left.
    private func accept(_ count: Int) async throws {
        for number in 0..<count {
            let event = NewEvent(
                id: EventID(at: now),
                source: "orders",
                type: "order.paid",
                senderID: "\(number)",
                receivedAt: now.advanced(by: .seconds(number)),
                headers: [.contentType: "application/json"],
                rawBody: Array(#"{"event": "order.paid", "id": \#(number), "order": \#(number)}"#.utf8),
                disposition: .unmatched
            )
            _ = try await store.accept(Submission(event: event))
        }
    }

    private func question(since: Timestamp? = nil) throws -> ArchiveBacktest.Question {
        let rules = try #require(RuleFolder.load(texts: [("orders.yaml", Self.rules)]).rules)
        var question = ArchiveBacktest.Question(rules: rules)
        question.scope.since = since
        return question
    }

    @Test("it takes all events of its span, and says that these are all")
    func whole() async throws {
        try await accept(150)
        let since = now.advanced(by: .seconds(30))
        let backtest = try await BoundedBacktest(try question(since: since), over: store, try await settings())
        #expect(backtest.isWhole && backtest.answer.archive.rehearsed == 120)
        #expect(backtest.json["complete"] == true && backtest.json["ended_by"] == JSON.null)
        #expect(backtest.text == backtest.answer.text)
    }

    @Test("it ends after so many events, and says that it was their number")
    func manyEvents() async throws {
        try await accept(350)
        let backtest = try await BoundedBacktest(try question(), over: store, try await settings(), most: 150)
        #expect(backtest.bound == .events && backtest.answer.archive.events == 200, "a page is taken whole")
        #expect(backtest.json["complete"] == false && backtest.json["ended_by"] == "events")
        #expect(backtest.text.hasSuffix("it ended after 200 events: a shorter span is rehearsed whole\n"))
    }

    @Test("it ends when its time is up, and says so")
    func longTime() async throws {
        try await accept(350)
        let start = ContinuousClock.now
        let looks = NIOLockedValueBox(0)
        let backtest = try await BoundedBacktest(try question(), over: store, try await settings()) {
            // The clock is asked at the start, and before each page.
            let look = looks.withLockedValue { count in
                defer { count += 1 }
                return count
            }
            return start.advanced(by: .seconds(look * 4))
        }
        #expect(backtest.bound == .time && backtest.answer.archive.events == 200)
        #expect(backtest.json["ended_by"] == "time" && backtest.text.contains("its time was up there"))
    }
}
