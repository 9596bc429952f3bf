// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing

@testable import LookUps

@Suite("Looking up what thin events leave out", .timeLimit(.minutes(10)))
struct LookUpServiceTests {
    @Test("evaluates the rules with the answer, and keeps it")
    func succeeds() async throws {
        try await withLookUps { looking in
            looking.api.answer(200, #"{"phone": "+919812345670", "name": "Asha"}"#)
            let id = try await looking.accept(#"{"id": 7}"#)
            await looking.untilEnded(id, .succeeded)
            let stored = try #require(try await looking.store.event(id))
            #expect(stored.event.disposition == .matched)
            #expect(stored.messages.map(\.rule) == ["greet"])
            #expect(stored.messages.first?.request?.message?.recipient == .phone(try PhoneNumberDigits("919812345670")))
            #expect(stored.lookUp?.result.map { String(decoding: $0, as: UTF8.self) }?.contains("Asha") == true)
            #expect(looking.api.urls == ["https://api.example.com/orders/7"])
        }
    }

    @Test("tries again with growing pauses until the answer comes")
    func triesAgain() async throws {
        try await withLookUps { looking in
            looking.api.answer(503, "")
            looking.api.answer(500, "")
            looking.api.answer(200, #"{"phone": "+919812345670", "name": "Asha"}"#)
            let id = try await looking.accept(#"{"id": 7}"#)
            await looking.untilEnded(id, .failed)
            let stored = try #require(try await looking.store.event(id))
            #expect(stored.event.disposition.name == .pending)
            #expect(stored.event.disposition.reason?.contains("api.example.com") == true)
            await looking.clock.advance(by: .seconds(2))
            await looking.untilEnded(id, .failed, .failed)
            await looking.clock.advance(by: .seconds(4))
            await looking.untilEnded(id, .failed, .failed, .succeeded)
            #expect(try await looking.store.event(id)?.messages.count == 1)
            #expect(looking.api.urls.count == 3)
        }
    }

    @Test("waits as long as the API asks for")
    func retryAfter() async throws {
        try await withLookUps { looking in
            looking.api.answer(429, "", headers: ["retry-after": "120"])
            let id = try await looking.accept(#"{"id": 7}"#)
            await looking.untilEnded(id, .failed)
            let due = try #require(try await looking.store.event(id)?.lookUp?.dueAt)
            #expect(due == TestClock().now.advanced(by: .seconds(120)))
        }
    }

    @Test("gives up after its time, and starts anew when a person says so")
    func givesUp() async throws {
        try await withLookUps(period: .seconds(10)) { looking in
            looking.api.answer(401, "", headers: ["retry-after": "60"])
            looking.api.answer(429, "", headers: ["retry-after": "60"])
            let id = try await looking.accept(#"{"id": 7}"#)
            await looking.untilEnded(id, .failed)
            await looking.clock.advance(by: .seconds(5))
            await looking.untilEnded(id, .failed, .gaveUp)
            let stored = try #require(try await looking.store.event(id))
            #expect(stored.event.disposition.name == .failed)
            #expect(stored.messages.isEmpty)
            looking.api.answer(200, #"{"phone": "+919812345670", "name": "Asha"}"#)
            try await looking.store.resume(id, at: looking.clock.now)
            await looking.clock.advance(by: .seconds(5))
            await looking.untilEnded(id, .failed, .gaveUp, .succeeded)
            #expect(try await looking.store.event(id)?.messages.count == 1)
        }
    }

    @Test("gives up at once what cannot be asked for")
    func isFinal() async throws {
        try await withLookUps { looking in
            let id = try await looking.accept(#"{"number": 7}"#)
            await looking.untilEnded(id, .gaveUp)
            let reason = try #require(try await looking.store.event(id)?.event.disposition.reason)
            #expect(reason.contains("'id'"))
            #expect(looking.api.urls.isEmpty)
        }
    }

    @Test("evaluates an event that waits for a look-up which the configuration does not have any more")
    func withoutLookUp() async throws {
        try await withLookUps(enriches: false) { looking in
            let id = try await looking.accept(#"{"id": 7, "enriched": {"phone": "+919812345670", "name": "Asha"}}"#)
            await looking.untilEnded(id, .succeeded)
            #expect(try await looking.store.event(id)?.event.disposition == .matched)
            #expect(looking.api.urls.isEmpty)
        }
    }

    @Test("leaves a look-up that a shutdown breaks off as it was")
    func shutdown() async throws {
        try await withLookUps { looking in
            looking.api.hang()
            let id = try await looking.accept(#"{"id": 7}"#)
            await looking.api.untilAsked(1)
            await looking.stop()
            #expect(try await looking.store.pendingEvent(id)?.failures == 0)
        }
    }

    @Test("asks for a few events at the same time and not for more")
    func concurrency() async throws {
        try await withLookUps { looking in
            looking.api.hang()
            for number in 0..<(LookUpQueue.concurrency + 3) { _ = try await looking.accept("{\"id\": \(number)}") }
            await looking.api.untilAsked(LookUpQueue.concurrency)
            looking.api.release(200, #"{"phone": "+919812345670", "name": "Asha"}"#)
            await looking.untilEnded(LookUpQueue.concurrency + 3, .succeeded)
            #expect(looking.api.mostAtOnce == LookUpQueue.concurrency)
        }
    }
}
