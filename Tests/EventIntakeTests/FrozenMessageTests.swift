// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventIntake
import Events
import MemoryOutbox
import Messages
import Outbox
import Rules
import TestSupport
import Testing

/// Number 8: a message is made when its event is accepted; what becomes of its rule afterwards does not change it.
@Suite("Messages that wait while their rules change")
struct FrozenMessageTests {
    private let now = TestClock().now

    private func rules(_ text: String, enabled: Bool = true) throws -> RuleSet {
        let file = """
            version: 1
            source: shop
            rules:
              - name: reminder
                event: failed
                enabled: \(enabled)
                delay: 15m
                key: "{{ id }}"
                cancel_when: {event: paid, key: "{{ id }}"}
                to: "+919845061237"
                send: {text: "\(text) {{ id }}"}
            """
        return try #require(RuleFolder.load(texts: [(path: "shop.yaml", text: file)]).rules)
    }

    private func submission(_ type: String, _ id: Int, of engine: RulesEngine) throws -> Submission {
        let event = Event(
            id: EventID(at: now),
            source: "shop",
            type: type,
            receivedAt: now,
            rawBody: [],
            payload: try JSONDocument(Array(#"{"id": \#(id)}"#.utf8))
        )
        let plan = engine.plan(event, country: nil, conventions: .standard)
        return Submission(
            event: NewEvent(event, disposition: plan.disposition),
            messages: plan.messages,
            failures: plan.failures,
            sideEffects: plan.sideEffects
        )
    }

    @Test("8: three that wait keep their texts and times, and what a disabled rule has waiting may be called off")
    func reloads() async throws {
        let store = MemoryOutbox()
        let engine = RulesEngine(rules: try rules("before"), accounts: ["main"])
        let submissions = try (1...3).map { try submission("failed", $0, of: engine) }
        for submission in submissions { _ = try await store.accept(submission) }
        let made = submissions.flatMap(\.messages)
        let before = try await store.messages(MessageFilter()).elements
        engine.replace(with: try rules("after"))
        engine.replace(with: .empty)
        engine.replace(with: try rules("after", enabled: false))
        #expect(try await store.messages(MessageFilter(state: .scheduled)).elements == before, "they stay listed")
        let payment = try submission("paid", 2, of: engine)
        #expect(payment.event.disposition == .matched)
        #expect(try await store.accept(payment).calledOff?.total == CallOffCount(cancelled: 1))
        let left = try await store.claim(at: now.advanced(by: .seconds(900)))
        #expect(left.map(\.request) == [made[0].request, made[2].request])
        await store.close()
    }
}
