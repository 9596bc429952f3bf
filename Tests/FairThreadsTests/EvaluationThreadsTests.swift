// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Events
import Foundation
import HTTPTypes
import Messages
import NIOConcurrencyHelpers
import Outbox
import TestSupport
import Testing
import Webhooks

@testable import Server

extension QueueLimits {
    /// Longer than any test lasts, however busy the machine is.
    fileprivate static let patient = QueueLimits(wait: .seconds(600))
}

@Suite("The threads of evaluation", .timeLimit(.minutes(10)))
struct EvaluationThreadsTests {
    @Test("what takes long holds up neither the health check nor the refusal of an unknown path")
    func healthCheck() async throws {
        let threads = EvaluationThreads(count: 1, limits: .patient)
        let (gate, isHeld) = (DispatchSemaphore(value: 0), OnceValue<Bool>())
        try await withIntake(threads: threads) { shop in
            async let heavy: Void = threads.runInTurn(of: "heavy") {
                isHeld.set(true)
                gate.wait()
            }
            _ = try await isHeld.value
            async let event = shop.post(#"{"type": "order.paid", "id": 1}"#)
            let health = await shop.send(Array("a body".utf8), [:], to: "/healthz")
            let stranger = await shop.send([], [:], to: "/wp-admin")
            #expect(health == .plainText("ok\n"))
            #expect(stranger.status == 404)
            #expect(try await shop.events() == 0)
            gate.signal()
            await heavy
            #expect(await event.status == 200)
            #expect(try await shop.events() == 1)
        }
    }

    @Test("where too much waits, the sender is asked to come again, and nothing is stored")
    func overload() async throws {
        let threads = EvaluationThreads(count: 1, limits: QueueLimits(waiting: 0))
        try await withIntake(threads: threads) { shop in
            let reply = await shop.post(#"{"type": "order.paid"}"#)
            #expect(reply.status == 503)
            #expect(reply.headers[.retryAfter] == "5")
            let counted = try shop.counted("overloaded")
            let (rejections, events) = (try await shop.rejections(), try await shop.events())
            #expect(counted == 1)
            #expect(rejections.map(\.code) == ["overloaded"])
            #expect(events == 0)
        }
    }

    @Test("parts of tasks that prefer these threads run there, between all other work")
    func tasks() async {
        let threads = EvaluationThreads(count: 1, limits: .patient)
        let values = await withTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    guard number.isMultiple(of: 2) else { return await threads.runInTurn(of: "odd") { number } }
                    return await withTaskExecutorPreference(threads) {
                        await Task.yield()
                        return number
                    }
                }
            }
            return await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(values == Set(0..<200))
    }

    @Test("hundreds of jobs of many sources are all done, each once")
    func allDone() async throws {
        let threads = EvaluationThreads(count: 3, limits: .patient)
        let counts = NIOLockedValueBox<[Int: Int]>([:])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1_000 {
                group.addTask {
                    try await threads.run(of: "source \(number % 7)") {
                        counts.withLockedValue { $0[number, default: 0] += 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.withLockedValue { $0 } == Dictionary(uniqueKeysWithValues: (0..<1_000).map { ($0, 1) }))
    }
}
