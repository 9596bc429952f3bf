// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing

/// What a store tells the paces of a new run, and what it does with messages that no time lets go.
extension OutboxStoreTests {
    @Test(
        "what waits for something to happen is due when it has, by account and condition, in batches (131048)",
        arguments: StoreUnderTest.available
    )
    func hastened(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let messages = try (0..<5).map { _ in try Make.message() }
            _ = try await store.accept(Make.submission(messages: messages))
            for (index, claimed) in try await store.claim(5, at: now).enumerated() {
                var machine = claimed.machine()
                let condition = index < 3 ? "marketing" : index == 3 ? "template:sale" : nil
                let until = index < 3 ? nil : later(10_800)
                let policy = RetryPolicy()
                try machine.holdBack(until: until, at: now, policy: policy, because: "held", condition: condition)
                let settlement = Settlement(of: claimed, machine, attempt: nil, at: now)
                #expect(settlement.waitsFor == condition)
                _ = try await store.settle([settlement])
            }
            #expect(try await store.message(messages[0].id)?.message.dueAt == later(86_400), "as long as it may wait")
            #expect(try await store.hasten("other", nil, because: "why", at: later(1), limit: 10) == 0)
            #expect(try await store.hasten("main", "template:other", because: "why", at: later(1), limit: 10) == 0)
            #expect(try await store.hasten("main", "marketing", because: "a person", at: later(1), limit: 2) == 2)
            #expect(try await store.claim(at: later(1)).map(\.id) == Array(messages.prefix(2).map(\.id)))
            let story = try #require(try await store.message(messages[0].id)).timeline
            #expect(story.map(\.to) == [.queued, .sending, .deferred, .deferred, .sending])
            #expect(story[3].why == "a person")
            #expect(try await store.hasten("main", nil, because: "anew", at: later(2), limit: 10) == 2)
            #expect(try await store.claim(at: later(2)).count == 2)
            #expect(try await store.hasten("main", nil, because: "anew", at: later(3), limit: 10) == 0)
            #expect(try await store.state(of: messages[4].id) == .deferred)
        }
    }

    @Test(
        "the next run is told what left lately, whether it may have arrived, and who waits for a turn (49, 51)",
        arguments: StoreUnderTest.all
    )
    func paceMemory(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let phones = (0..<5).map { "91981234567\($0)" }
            let messages = try phones.map { try Make.message(to: $0) }
            _ = try await store.accept(Make.submission(messages: messages))
            let claimed = try await store.claim(4, at: now)
            _ = try await store.settle(claimed[0], .accepted(partnerID: "wamid.1"), at: now)
            _ = try await store.settle(claimed[1], .refused(Make.detail(422)), at: now)
            var held = claimed[2].machine()
            let (turn, policy) = (later(6), RetryPolicy())
            try held.holdBack(until: turn, at: now, policy: policy, because: "\(SendGate.pair.words)just before")
            _ = try await store.settle([Settlement(of: claimed[2], held, attempt: nil, at: now)])

            let memory = try await store.paceMemory(of: ["main"], since: later(-6), pairsSince: later(-6))
            func departure(_ index: Int, _ mayHaveArrived: Bool) -> PaceMemory.Departure {
                let recipient = "phone:\(phones[index])"
                return .init(
                    account: "main",
                    recipient: recipient,
                    category: .service,
                    at: now,
                    mayHaveArrived: mayHaveArrived
                )
            }
            #expect(Set(memory.departures) == [departure(0, true), departure(1, false), departure(3, true)])
            let place = PaceMemory.Place(
                message: messages[2].id,
                account: "main",
                recipient: "phone:\(phones[2])",
                at: turn
            )
            #expect(memory.places == [place])
            #expect(try await store.paceMemory(of: ["main"], since: now, pairsSince: now).departures.isEmpty)
            #expect(try await store.paceMemory(of: ["main"], since: now, pairsSince: now).places == [place])
        }
    }

    @Test("the next run is told which number sent what a pair waits for (49)", arguments: StoreUnderTest.all)
    func paceMemoryOfNumbers(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            for number in ["n1", nil] {
                let request = try Make.request(from: number)
                let message = try Make.message(request: request, at: now)
                _ = try await store.accept(Make.submission(messages: [message]))
                let claimed = try #require(try await store.claim(at: now).first)
                #expect(claimed.request.phoneNumberID == number)
                _ = try await store.settle(claimed, .accepted(partnerID: "wamid.1"), at: now)
            }
            let held = try Make.message(request: Make.request(from: "n2"), at: now)
            _ = try await store.accept(Make.submission(messages: [held]))
            let claimed = try #require(try await store.claim(at: now).first)
            var machine = claimed.machine()
            let (policy, why) = (RetryPolicy(), "\(SendGate.pair.words)just before")
            try machine.holdBack(until: later(6), at: now, policy: policy, because: why)
            _ = try await store.settle([Settlement(of: claimed, machine, attempt: nil, at: now)])
            func numbers(pairsSince: Timestamp) async throws -> [String?] {
                let memory = try await store.paceMemory(of: ["main"], since: later(-6), pairsSince: pairsSince)
                return memory.departures.map(\.number).sorted { $0 ?? "" < $1 ?? "" } + memory.places.map(\.number)
            }
            #expect(try await numbers(pairsSince: later(-6)) == [nil, "n1", "n2"])
            #expect(
                try await numbers(pairsSince: now) == [nil, nil, "n2"],
                "older departures matter to portfolios alone"
            )
        }
    }
}
