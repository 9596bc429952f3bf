// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Digests
import EventIntake
import Events
import Foundation
import Messages
import Outbox
import PartnerAPI
import Rules
import SQLiteOutbox
import TestSupport
import Testing

/// The service that builds digests, over a store of its own, on a clock that stands still; the numbers are those of the
/// decisions.
@Suite("The service that builds digests", .timeLimit(.minutes(10)))
struct DigestServiceTests {
    private let clock = TestClock()
    private let looks = EventRecorder<[DigestResult]>()

    private func rules(_ text: String = "{{ items | map: 'n' | join: ' ' }}", every: String = "15m") throws -> RuleSet {
        let file = """
            version: 1
            source: shop
            rules:
              - name: alerts
                digest: {every: \(every)}
                to: "+919812345670"
                send: {text: "\(text)"}
            """
        return try #require(RuleFolder.load(texts: [("shop.yaml", file)]).rules)
    }

    private func service(_ store: any DigestStore, _ engine: RulesEngine) -> DigestService {
        DigestService(
            store: store,
            rules: engine,
            conventions: [:],
            clock: clock,
            metrics: DigestMetrics(factory: NOOPMetricsHandler.instance),
            logger: quietLogger,
            onLook: { [looks] in looks.record($0) }
        )
    }

    /// Stores an event as the intake does.
    private func accept(_ number: Int, _ store: any SubmissionStore, _ engine: RulesEngine) async throws -> MessageID? {
        let now = clock.now
        let event = Event(
            id: EventID(at: now),
            source: "shop",
            type: "alert",
            time: now,
            receivedAt: now,
            rawBody: [],
            payload: try JSONDocument(Array(#"{"n": \#(number)}"#.utf8))
        )
        let plan = engine.plan(event, country: nil, conventions: .standard)
        let submission = Submission(
            event: NewEvent(event, disposition: plan.disposition),
            messages: plan.messages,
            digests: plan.digests,
            failures: plan.failures,
            sideEffects: plan.sideEffects
        )
        return try await store.accept(submission).messages.first?.id
    }

    private func withStore(
        limits: [NamedLimit] = [],
        _ body: (any ServiceStore, RulesEngine) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteOutbox.open(folder.appending(path: "outbox.db").path)
            let engine = RulesEngine(rules: try rules(), accounts: ["main"], limits: limits)
            try await closing(store) { try await body(store, engine) }
        }
    }

    @Test("21, 23: a digest is built when its window ends, by the rules as they are then, and keeps its window")
    func rulesOfThen() async throws {
        try await withStore { store, engine in
            try await running(service(store, engine)) {
                let first = try await accept(1, store, engine)
                engine.replace(with: try rules("{{ items.size }} alerts", every: "1h"))
                await clock.advance(by: .seconds(899))
                let second = try await accept(2, store, engine)
                #expect(first == second)
                await clock.advance(by: .seconds(1))
                await looks.until { $0.contains([.became(.queued)]) }
                #expect(try await store.claim(at: clock.now).map(\.request.message?.text) == ["2 alerts"])
                let third = try await accept(3, store, engine)
                #expect(
                    try await store.message(try #require(third))?.message.dueAt
                        == clock.now.advanced(by: .seconds(3_600))
                )
            }
        }
    }

    @Test("22: a service that was down for three windows builds one message, once, at its start")
    func down() async throws {
        try await withStore { store, engine in
            for number in 1...3 { _ = try await accept(number, store, engine) }
            await clock.advance(by: .seconds(2_700))
            _ = try await running(service(store, engine)) {
                await looks.until { $0.contains([.became(.queued)]) && $0.last == [] }
            }
            #expect(try await store.claim(at: clock.now).map(\.request.message?.text) == ["1 2 3"])
            #expect(looks.elements.flatMap(\.self) == [.became(.queued)])
        }
    }

    @Test("23: where the rule is gone the digest has failed with its events, and is built anew when it is back")
    func ruleGone() async throws {
        try await withStore { store, engine in
            try await running(service(store, engine)) {
                let id = try #require(try await accept(1, store, engine))
                engine.replace(with: .empty)
                await clock.advance(by: .seconds(900))
                await looks.until { $0.contains([.became(.failed)]) }
                let failed = try await store.message(id)
                #expect(failed?.message.reason == "could not be built: the rule 'alerts' is not there any more")
                #expect(failed?.digest?.size == 1)
                engine.replace(with: try rules())
                _ = try await store.decide(.retry, on: id, by: "asha", at: clock.now)
                await looks.until { $0.contains([.became(.queued)]) }
                #expect(try await store.claim(at: clock.now).map(\.id) == [id])
            }
        }
    }

    @Test("32: a digest is under the limits of the configuration, as any message of its category")
    func limits() async throws {
        let limit = SendLimit(count: 1, every: .seconds(86_400), excess: .defer)
        try await withStore(limits: [NamedLimit(name: "news", limit: limit, categories: [.service])]) { store, engine in
            try await running(service(store, engine)) {
                for end in [MessageState.queued, .deferred] {
                    _ = try await accept(1, store, engine)
                    await clock.advance(by: .seconds(900))
                    await looks.until { $0.contains([.became(end)]) }
                    for claimed in try await store.claim(at: clock.now) {
                        _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: clock.now)
                    }
                }
                let held = try await store.messages(MessageFilter(state: .deferred)).elements
                #expect(held.map { $0.reason.hasPrefix("limit: 'news', 1 of 1 since ") } == [true])
            }
        }
    }

    @Test("22: a service that dies between building and closing, a hundred times, leaves one message with all events")
    func dying() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "outbox.db").path
            let engine = RulesEngine(rules: try rules(), accounts: ["main"])
            var store = try await SQLiteOutbox.open(path)
            for number in 1...5 { _ = try await accept(number, store, engine) }
            await clock.advance(by: .seconds(900))
            for _ in 0..<100 {
                let due = try await store.dueDigests(at: clock.now, limit: 10)
                let built = due.orders.map { engine.build($0, conventions: [:], at: clock.now) }
                #expect(built.count == 1)
                // What was built is in no store: the process is gone.
                await store.close()
                store = try await SQLiteOutbox.open(path)
                #expect(try await store.claim(at: clock.now).isEmpty)
            }
            _ = try await running(service(store, engine)) {
                await looks.until { $0.contains([.became(.queued)]) && $0.last == [] }
            }
            #expect(try await store.claim(at: clock.now).map(\.request.message?.text) == ["1 2 3 4 5"])
            #expect(try await store.countsByState() == [.sending: 1])
            await store.close()
        }
    }
}
