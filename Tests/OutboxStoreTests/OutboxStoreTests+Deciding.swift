// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

/// What a person may do about a message of which nobody knows whether it arrived.
extension OutboxStoreTests {
    /// A message that was sent, and to which no answer came.
    private func uncertain(
        _ store: any OutboxStore,
        _ message: NewMessage? = nil,
        at time: Timestamp? = nil
    ) async throws -> MessageID {
        let message = try message ?? Make.message(onUncertain: .hold)
        _ = try await store.accept(Make.submission(messages: [message], at: time ?? now))
        let claimed = try #require(try await store.claim(at: time ?? now).first)
        _ = try await store.settle(claimed, .uncertain(Make.detail()), at: time ?? now)
        #expect(try await store.state(of: message.id) == .uncertain)
        return message.id
    }

    @Test(
        "39: an uncertain message is released, marked as sent or cancelled, by whom and why",
        arguments: StoreUnderTest.all
    )
    func uncertainDecisions(kind: StoreUnderTest) async throws {
        let rows: [(Decision, MessageState, String)] = [
            (
                Decision(.release, why: "the chat shows nothing"), .queued,
                "asha has it sent again, though it may have arrived: the chat shows nothing"
            ),
            (
                Decision(.markSent, why: "seen at +91 98123 45670"), .accepted,
                "asha says that it was sent: seen at +[number]"
            ),
            (.cancel, .cancelled, "asha called it off"),
        ]
        for (decision, state, why) in rows {
            try await kind.withStore { store in
                let id = try await uncertain(store)
                _ = try await store.decide(decision, on: id, by: "asha", at: later(1))
                let detail = try #require(try await store.message(id))
                let entry = TimelineEntry(at: later(1), who: "asha", from: .uncertain, to: state, why: why)
                #expect(detail.timeline.last == entry)
                #expect(detail.message.state == state && detail.message.reason == why)
                #expect(try await store.countsByState() == [state: 1])
            }
        }
    }

    @Test(
        "39: what is not uncertain is neither released nor marked as sent, and what is uncertain not retried",
        arguments: StoreUnderTest.all
    )
    func otherStates(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let id = try await uncertain(store)
            let advice = "nobody knows whether it arrived; release it to send it again, or mark it as sent"
            let refusal = "\(id): a message in state uncertain does not take 'retry': \(advice)"
            await #expect(throws: StoreError(.conflict, refusal)) {
                try await store.decide(.retry, on: id, by: "asha", at: now)
            }
            _ = try await store.decide(.markSent, on: id, by: "asha", at: now)
            for decision in [Decision.release, .markSent, .cancel, .retry] {
                await #expect(throws: StoreError.self, "\(decision)") {
                    try await store.decide(decision, on: id, by: "asha", at: now)
                }
            }
            #expect(try await store.state(of: id) == .accepted)
        }
    }

    @Test(
        "39: a released message meets its gates anew, and one that has expired is not released",
        arguments: StoreUnderTest.all
    )
    func releasedThroughGates(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message(expiresAt: later(60), onUncertain: .hold)
            let id = try await uncertain(store, message)
            _ = try await store.decide(.release, on: id, by: "asha", at: later(59))
            #expect(try await store.claim(at: later(60)).isEmpty)
            #expect(try await store.message(id)?.message.state == .failed, "it expired while it waited, and was tried")
            let other = try Make.message(expiresAt: later(160), onUncertain: .hold)
            let late = try await uncertain(store, other, at: later(100))
            let advice = "it expired at \(later(160).rfc3339); cancel it, or mark it as sent"
            let refusal = "\(late): a message in state uncertain does not take 'release': \(advice)"
            await #expect(throws: StoreError(.conflict, refusal)) {
                try await store.decide(.release, on: late, by: "asha", at: later(160))
            }
        }
    }

    @Test(
        "39: a released message waits for the end of quiet hours, and for a limit that is used up",
        arguments: StoreUnderTest.all
    )
    func releasedIntoGates(kind: StoreUnderTest) async throws {
        let hour = now.seconds / 3_600
        let (from, to) = (Int((hour + 1) % 24 * 60), Int((hour + 2) % 24 * 60))
        let (begins, ends) = (Timestamp(seconds: (hour + 1) * 3_600), Timestamp(seconds: (hour + 2) * 3_600))
        try await kind.withStore { store in
            let quiet = QuietHours(from: from, to: to, zones: ["Etc/UTC"], spread: .zero, place: 0)
            let id = try await uncertain(store, Make.message(onUncertain: .hold, quiet: quiet))
            _ = try await store.decide(.release, on: id, by: "asha", at: begins)
            #expect(try await store.claim(at: begins).isEmpty)
            let held = try #require(try await store.message(id)?.message)
            #expect(held.state == .deferred && held.dueAt == ends)
            #expect(held.reason.hasPrefix("quiet hours: ") && held.reason.hasSuffix(" until \(ends.rfc3339)"))
            #expect(try await store.claim(at: ends).map(\.id) == [id])
        }
        try await kind.withStore { store in
            let limit = SendLimit(count: 1, every: .seconds(60), excess: .defer)
            let id = try await uncertain(store, Make.message(onUncertain: .hold, limit: limit))
            // Its own departure has left the window when another message leaves.
            let other = try Make.message(limit: limit)
            _ = try await store.accept(Make.submission(messages: [other], at: later(61)))
            #expect(try await store.claim(at: later(61)).map(\.id) == [other.id])
            _ = try await store.decide(.release, on: id, by: "asha", at: later(62))
            #expect(try await store.claim(at: later(62)).isEmpty)
            let held = try #require(try await store.message(id)?.message)
            #expect(held.state == .deferred && held.dueAt == later(121))
            #expect(held.reason == "limit: 1 of 1 since \(later(61).rfc3339), next at \(later(121).rfc3339)")
            #expect(try await store.claim(at: later(121)).map(\.id) == [id])
        }
    }

    @Test(
        "40: an uncertain message blocks nobody, and once_per and limit count it",
        arguments: StoreUnderTest.all
    )
    func uncertainCounts(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let limit = SendLimit(count: 1, every: .seconds(600))
            let once = OncePer(key: "1001")
            let id = try await uncertain(store, Make.message(once: once, onUncertain: .hold, limit: limit))
            let same = try Make.message(once: once)
            let more = try Make.message(limit: limit)
            let later = try Make.message(rule: "later")
            _ = try await store.accept(Make.submission(messages: [same, more, later], at: self.later(1)))
            #expect(try await store.claim(at: self.later(1)).map(\.id) == [later.id], "it goes past the uncertain one")
            #expect(try await store.state(of: same.id) == .suppressed)
            #expect(try await store.state(of: more.id) == .suppressed)
            // Marked as sent, it counts on; both would hold it.
            _ = try await store.decide(.markSent, on: id, by: "asha", at: self.later(2))
            let another = try Make.message(limit: limit)
            _ = try await store.accept(Make.submission(messages: [another], at: self.later(3)))
            #expect(try await store.claim(at: self.later(3)).isEmpty)
            #expect(try await store.state(of: another.id) == .suppressed)
        }
    }
}
