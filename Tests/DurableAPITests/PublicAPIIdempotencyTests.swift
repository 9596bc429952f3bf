// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import DurableAPI
import Events
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import TestSupport
import Testing
import Webhooks

@Suite("Idempotency-Key at the durable partner API", .timeLimit(.minutes(10)))
struct PublicAPIIdempotencyTests {
    private static let text = #"{"type":"text","phone":"919811100001","content":"Namaste"}"#

    @Test("the same key and body get the same answer, byte for byte, and cause one message")
    func repeated() async throws {
        try await withAPI { api in
            let first = try await api.post(Self.text, ["Idempotency-Key": "order-7/paid"])
            await api.clock.advance(by: .seconds(80_000))
            let second = try await api.post(Self.text, ["Idempotency-Key": "order-7/paid"])
            #expect(first.status == 201)
            #expect(second == first)
            #expect(try await api.store.countsByState() == [.queued: 1])
            let events = try await api.store.events(EventFilter()).elements
            #expect(events.map(\.senderID) == ["order-7/paid"])
            #expect(events.map(\.duplicates) == [1])
        }
    }

    @Test("the same key with another body is refused with 422, also when that body is no message")
    func otherBody() async throws {
        try await withAPI { api in
            _ = try await api.post(Self.text, ["Idempotency-Key": "k"])
            for body in [Self.text + " ", "{}", ""] {
                let reply = try await api.post(body, ["Idempotency-Key": "k"])
                #expect(reply.status == 422 && reply.code == "IDEMPOTENCY_KEY_REUSED")
            }
            #expect(try await api.store.countsByState() == [.queued: 1])
        }
    }

    @Test("a refused body takes no key: mended, it may use the same one")
    func refusedTakesNoKey() async throws {
        try await withAPI { api in
            let refused = try await api.post("{}", ["Idempotency-Key": "k"])
            let mended = try await api.post(Self.text, ["Idempotency-Key": "k"])
            #expect(refused.status == 422)
            #expect(mended.status == 201)
        }
    }

    @Test("fifty requests with one key at the same time cause one message and get one answer")
    func concurrent() async throws {
        try await withAPI { api in
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await api.post(Self.text, ["Idempotency-Key": "k"]) }
                }
                return try await group.reduce(into: Set<Reply>()) { $0.insert($1) }
            }
            #expect(replies.map(\.status) == [201])
            #expect(try await api.store.countsByState() == [.queued: 1])
        }
    }

    @Test("a key is 1 to 255 printable ASCII characters", arguments: [1, 255])
    func lengths(count: Int) async throws {
        try await withAPI { api in
            let key = String(repeating: "x", count: count)
            let reply = try await api.post(Self.text, ["Idempotency-Key": key])
            #expect(reply.status == 201)
        }
    }

    @Test("anything else is refused with 400", arguments: ["", String(repeating: "x", count: 256), "schlüssel"])
    func badKeys(key: String) async throws {
        try await withAPI { api in
            let reply = try await api.post(Self.text, ["Idempotency-Key": key])
            #expect(reply.status == 400 && reply.code == "BAD_IDEMPOTENCY_KEY")
            #expect(try await api.store.countsByState().isEmpty)
        }
    }

    @Test("so are two keys in one request")
    func twoKeys() async throws {
        try await withAPI { api in
            let name = try #require(HTTPField.Name("Idempotency-Key"))
            var headers = try api.request(.post, APIUnderTest.send, api.credentials).headers
            headers.append(HTTPField(name: name, value: "a"))
            headers.append(HTTPField(name: name, value: "b"))
            let request = InboundRequest(
                method: .post,
                target: APIUnderTest.send,
                headers: headers,
                body: Array(Self.text.utf8)
            )
            #expect(await api.api.reply(to: request).code == "BAD_IDEMPOTENCY_KEY")
        }
    }
}
