// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import HTTPTypes
import HTTPValues
import Outbox
import TestSupport
import Testing

@testable import FairThreads

extension QueueLimits {
    /// Longer than any test lasts, however busy the machine is.
    fileprivate static let patient = QueueLimits(wait: .seconds(600))
}

@Suite("Work that takes long", .timeLimit(.minutes(10)))
struct HeavyWorkTests {
    /// Just too large to be decided at once.
    private static let heavy = #"{"type": "order.paid", "note": ""# + String(repeating: "x", count: 33_000) + #""}"#

    @Test("what takes long holds up neither the health check nor the refusal of an unknown path")
    func healthCheck() async throws {
        let threads = EvaluationThreads(count: 1, limits: .patient)
        let (gate, begun) = (DispatchSemaphore(value: 0), EventRecorder<Void>())
        try await withIntake(threads: threads) { shop in
            async let heavy: Void = threads.runInTurn(of: "heavy") {
                begun.record(())
                gate.wait()
            }
            await begun.until { !$0.isEmpty }
            async let event = shop.post(Self.heavy)
            let health = await shop.send(Array("a body".utf8), [:], to: "/healthz")
            let stranger = await shop.send([], [:], to: "/wp-admin")
            #expect(health == .plainText("ok\n"))
            #expect(stranger.status == 404)
            let none = try await shop.events()
            #expect(none == 0)
            gate.signal()
            await heavy
            #expect(await event.status == 200)
            let one = try await shop.events()
            #expect(one == 1)
        }
    }

    @Test("small events of all sources need no thread of theirs, and are stored while it is held up")
    func small() async throws {
        let threads = EvaluationThreads(count: 1, limits: QueueLimits(waiting: 0))
        try await withIntake(threads: threads) { shop in
            let reply = await shop.post(#"{"type": "order.paid"}"#)
            let events = try await shop.events()
            #expect(reply.status == 200)
            #expect(events == 1)
        }
    }

    @Test("where too much waits, the sender is asked to come again, and nothing is stored")
    func overload() async throws {
        let threads = EvaluationThreads(count: 1, limits: QueueLimits(waiting: 0))
        try await withIntake(threads: threads) { shop in
            let reply = await shop.post(Self.heavy)
            #expect(reply.status == 503)
            #expect(reply.headers[.retryAfter] == "5")
            let counted = try shop.counted("overloaded")
            let (rejections, events) = (try await shop.rejections(), try await shop.events())
            #expect(counted == 1)
            #expect(rejections.map(\.code) == ["overloaded"])
            #expect(events == 0)
        }
    }
}
