// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import TestSupport
import Testing

// What the durable partner API needs: keys, and requests that must not count twice.

extension OutboxStoreTests {
    private func apiKey(_ id: String, account: String? = nil, at time: Timestamp? = nil) -> APIKey {
        let fingerprint = [UInt8](repeating: 7, count: 32)
        return APIKey(id: id, label: "shop", account: account, secretFingerprint: fingerprint, createdAt: time ?? now)
    }

    private func idempotencyKey(_ key: String, apiKey: String = "pk_a", body: UInt8 = 1) -> IdempotencyKey {
        IdempotencyKey(apiKey: apiKey, key: key, bodyFingerprint: [UInt8](repeating: body, count: 32))
    }

    private func answer(_ text: String) -> KeptAnswer {
        KeptAnswer(status: 201, body: Array(text.utf8))
    }

    @Test("a key is kept whole, found by its id alone, and listed by age", arguments: StoreUnderTest.all)
    func keepsKeys(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let keys = [apiKey("pk_z"), apiKey("pk_b", account: "second", at: later(1)), apiKey("pk_a", at: later(1))]
            for key in keys { try await store.addAPIKey(key) }
            #expect(try await store.apiKey("pk_b") == keys[1])
            #expect(try await store.apiKey("pk_B") == nil)
            #expect(try await store.apiKeys() == [keys[0], keys[2], keys[1]])
            let error = await #expect(throws: StoreError.self) { try await store.addAPIKey(apiKey("pk_b")) }
            #expect(error?.code == .conflict)
        }
    }

    @Test("a revoked key stays revoked since the first time", arguments: StoreUnderTest.all)
    func revokesKeys(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            try await store.addAPIKey(apiKey("pk_a"))
            try await store.addAPIKey(apiKey("pk_b"))
            #expect(try await store.revokeAPIKey("pk_a", at: later(5)).revokedAt == later(5))
            #expect(try await store.revokeAPIKey("pk_a", at: later(9)).revokedAt == later(5))
            #expect(try await store.apiKeys().map(\.isRevoked) == [true, false])
            let error = await #expect(throws: StoreError.self) { try await store.revokeAPIKey("pk_c", at: now) }
            #expect(error?.code == .notFound)
        }
    }

    @Test("of fifty requests with the same key at the same time one is stored", arguments: StoreUnderTest.all)
    func storesOnce(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let results = try await withThrowingTaskGroup(of: IdempotentReceipt.self) { group in
                for number in 0..<50 {
                    let submission = try Make.submission(source: "api", messages: [Make.message()])
                    group.addTask {
                        try await store.accept(submission, key: idempotencyKey("k"), answer: answer("\(number)"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let stored = results.count { if case .stored = $0 { true } else { false } }
            #expect(stored == 1)
            let answers = Set(results.compactMap { if case .used(.same(let answer)) = $0 { answer } else { nil } })
            #expect(answers.count == 1, "all the others get the first one's answer")
            #expect(try await store.countsByState() == [.queued: 1])
            #expect(try await store.events(EventFilter()).elements.map(\.duplicates) == [49])
        }
    }

    @Test("a key belongs to its caller and to its body", arguments: StoreUnderTest.all)
    func scopesKeys(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let free = try await store.use(of: idempotencyKey("k"), at: now)
            #expect(free == nil)
            func accept(_ key: IdempotencyKey, _ text: String) async throws -> IdempotencyUse? {
                let submission = try Make.submission(source: "api", messages: [Make.message()])
                guard case .used(let use) = try await store.accept(submission, key: key, answer: answer(text)) else {
                    return nil
                }
                return use
            }
            #expect(try await accept(idempotencyKey("k"), "first") == nil)
            #expect(try await accept(idempotencyKey("k"), "again") == .same(answer("first")))
            #expect(try await accept(idempotencyKey("k", body: 2), "other") == .other)
            #expect(try await accept(idempotencyKey("k", apiKey: "pk_b", body: 2), "theirs") == nil)
            #expect(try await accept(idempotencyKey("K"), "another") == nil)
            #expect(try await store.use(of: idempotencyKey("k", body: 2), at: now) == .other)
            #expect(try await store.use(of: idempotencyKey("k"), at: now) == .same(answer("first")))
            #expect(try await store.countsByState() == [.queued: 3])
        }
    }

    @Test(
        "a key holds for 24 hours, longer than its event if need be, and is pruned",
        arguments: StoreUnderTest.all
    )
    func forgetsKeys(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let submission = try Make.submission(source: "api", messages: [Make.message(mode: .shadow)])
            _ = try await store.accept(submission, key: idempotencyKey("k"), answer: answer("first"))
            let pruned = try await store.prune(Retention(events: .seconds(60)), now: later(86_399), limit: 10)
            #expect(pruned == Pruned(events: 1, messages: 1, rejections: 0, keys: 0, isComplete: true))
            #expect(try await store.use(of: idempotencyKey("k"), at: later(86_399)) == .same(answer("first")))
            #expect(try await store.use(of: idempotencyKey("k"), at: later(86_400)) == nil)
            #expect(try await store.prune(Retention(), now: later(86_400), limit: 10).keys == 1)
        }
    }

    @Test("what cannot be stored leaves its key free", arguments: StoreUnderTest.all)
    func failureTakesNoKey(kind: StoreUnderTest) async throws {
        try await kind.withStore { store in
            let message = try Make.message()
            let bad = Make.submission(source: "api", messages: [message, message])
            await #expect(throws: StoreError.self) {
                try await store.accept(bad, key: idempotencyKey("k"), answer: answer("never"))
            }
            #expect(try await store.use(of: idempotencyKey("k"), at: now) == nil)
        }
    }
}
