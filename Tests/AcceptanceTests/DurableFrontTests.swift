// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Events
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import Presentation
import Sandbox
import ServiceConfiguration
import TestSupport
import Testing

/// A caller of the partner API changes its base URL, and gets the outbox: over real sockets, from key to customer.
@Suite("The durable partner API, from outside", .timeLimit(.minutes(10)))
struct DurableFrontTests {
    private static let text = #"{"type":"text","phone":"919811100001","content":"Namaste"}"#

    /// One service with a key that was made beside it, as the command does.
    private struct Front: Sendable {
        let hookline: HooklineUnderTest
        let issued: IssuedKey

        func send(_ body: String, _ more: [HeaderField] = []) async throws -> TransferResponse {
            let headers = [
                HeaderField("apiKey", issued.key.id), HeaderField("apiSecret", issued.secret),
                HeaderField("Content-Type", "application/json"),
            ]
            return try await hookline.request(
                .post,
                "http://\(hookline.addresses.hooks)/api/v1/public/messages/send",
                headers: headers + more,
                body: Array(body.utf8)
            )
        }

        /// Does something to the store on a connection of its own, like a command beside the service.
        func beside<Value: Sendable>(_ body: (any ServiceStore) async throws -> Value) async throws -> Value {
            try await DurableFrontTests.beside(hookline, body)
        }
    }

    private static func beside<Value: Sendable>(
        _ hookline: HooklineUnderTest,
        _ body: (any ServiceStore) async throws -> Value
    ) async throws -> Value {
        let store = try await StoreOpener.openForTools(hookline.settings.store)
        let result: Result<Value, any Error>
        do { result = .success(try await body(store)) } catch { result = .failure(error) }
        await store.close()
        return try result.get()
    }

    private func withFront(_ body: (Front) async throws -> Void) async throws {
        try await withHookline { hookline in
            let issued = IssuedKey(label: "shop", account: nil, at: hookline.clock.now)
            try await Self.beside(hookline) { try await $0.addAPIKey(issued.key) }
            try await body(Front(hookline: hookline, issued: issued))
        }
    }

    private func json(_ answer: TransferResponse) throws -> JSON { try JSON(parsing: answer.body) }

    @Test("a message is answered with 201 and reaches the partner as it was asked for")
    func delivers() async throws {
        try await withFront { front in
            let answer = try await front.send(Self.text)
            #expect(answer.status == 201)
            #expect(answer["content-type"] == "application/json")
            let data = try #require(try json(answer)["data"])
            #expect(data["status"] == "ACCEPTED")
            let id = MessageID(rawValue: try #require(data["id"]?.string))
            await front.hookline.observer.settled(.accepted)
            let received = await front.hookline.partner.received
            #expect(received.map(\.request) == [try MessageRequest(json: JSON(parsing: Self.text))])
            let detail = try #require(try await front.beside { try await $0.message(id) })
            #expect(detail.message.state == .accepted)
            #expect(detail.message.source == "api" && detail.message.rule == "api")
            #expect(
                try await front.hookline.metric(#"hookline_events_total{result="matched",source="api"}"#) == "1"
            )
        }
    }

    @Test("a wrong secret is 401; a key that was revoked beside the running service is, too, at once")
    func keys() async throws {
        try await withFront { front in
            let stranger = Front(
                hookline: front.hookline,
                issued: IssuedKey(label: "nobody", account: nil, at: front.hookline.clock.now)
            )
            #expect(try await stranger.send(Self.text).status == 401)
            #expect(try await front.send(Self.text).status == 201)
            let now = front.hookline.clock.now
            _ = try await front.beside { try await $0.revokeAPIKey(front.issued.key.id, at: now) }
            let revoked = try await front.send(Self.text)
            #expect(revoked.status == 401)
            #expect(try json(revoked)["error"]?["code"] == "UNAUTHORIZED")
            #expect(
                try await front.hookline.metric(#"hookline_events_total{result="unauthorized",source="api"}"#) == "2"
            )
        }
    }

    @Test("a repeated request is answered alike and sends nothing; another body with its key is 422")
    func idempotent() async throws {
        try await withFront { front in
            let key = [HeaderField("Idempotency-Key", "order-1001")]
            let first = try await front.send(Self.text, key)
            await front.hookline.observer.settled(.accepted)
            let second = try await front.send(Self.text, key)
            #expect(first.status == 201 && second.status == 201)
            #expect(second.body == first.body)
            let other = try await front.send(Self.text.replacing("Namaste", with: "Adieu"), key)
            #expect(other.status == 422)
            #expect(try json(other)["error"]?["code"] == "IDEMPOTENCY_KEY_REUSED")
            #expect(await front.hookline.partner.acceptedCount == 1)
            #expect(try await front.beside { try await $0.countsByState() } == [.accepted: 1])
        }
    }

    /// One body for each refusal that the partner API knows.
    private static let refusals: [(body: String, code: MessageRequestError.Code)] = [
        (#"{"type":"text","phone":"919811100001"}"#, .missingField),
        (#"{"type":"text","phone":919811100001,"content":"a"}"#, .wrongType),
        (#"{"type":"text","content":"a"}"#, .missingRecipient),
        (#"{"type":"text","phone":"919811100001","contactId":"c1","content":"a"}"#, .twoRecipients),
        (#"{"type":"text","phone":"+919811100001","content":"a"}"#, .badPhone),
        (#"{"type":"fax","phone":"919811100001"}"#, .unknownType),
        (#"{"type":"text","phone":"919811100001","content":""}"#, .empty),
        (#"{"type":"text","contactId":"c1","content":"\#(String(repeating: "a", count: 4_097))"}"#, .tooLong),
        (template(#""templateVariables":{"1":"a\nb"}"#), .badParameterText),
        (template(#""templateVariables":{"first":"a"}"#), .badSlot),
        (template(#""carousel":{"cards":[{"index":0,"bodyValues":{"1":"a","city":"b"}}]}"#), .mixedSlots),
        (template(#""templateVariables":{},"templateComponents":[]"#), .conflictingPayload),
        (template(#""carousel":{"cards":[{"index":-1}]}"#), .badIndex),
        (template(#""carousel":{"cards":[{"index":0,"header":{"format":"image","id":"<media-id>"}}]}"#), .badMediaID),
        (template(#""carousel":{"cards":[{"index":0,"header":{"format":"gif","id":"1"}}]}"#), .unknownValue),
        (#"{"type":"interactive","phone":"919811100001","content":"Choose"}"#, .badInteractive),
    ]

    private static func template(_ members: String) -> String {
        #"{"type":"template","phone":"919811100001","templateName":"parcel_sent",\#(members)}"#
    }

    @Test("what the partner would refuse is refused at once, with the code and the field")
    func refusals() async throws {
        #expect(Set(Self.refusals.map(\.code)) == Set(MessageRequestError.Code.allCases))
        try await withFront { front in
            for (body, code) in Self.refusals {
                let answer = try await front.send(body)
                #expect(answer.status == 422, "\(code.rawValue)")
                let error = try json(answer)
                #expect(error["success"] == false)
                #expect(error["error"]?["code"] == .string(code.rawValue))
                #expect(error["error"]?["message"]?.string?.contains("98111") == false)
            }
            #expect(try await front.send("type=text").status == 400)
            #expect(try await front.send(String(repeating: "x", count: 262_145)).status == 413)
            #expect(try await front.beside { try await $0.countsByState() }.isEmpty)
        }
    }

    @Test("paths below /api/ that there are not are 404, and the others stay the sources'")
    func paths() async throws {
        try await withHookline { hookline in
            let url = "http://\(hookline.addresses.hooks)"
            let api = try await hookline.request(.get, url + "/api/v1/public/contacts")
            #expect(api.status == 404 && api["content-type"] == "application/json")
            let other = try await hookline.request(.get, url + "/apiary")
            #expect(other.status == 404 && other["content-type"] == "application/problem+json")
            #expect(try await hookline.request(.get, url + "/healthz").status == 200)
            #expect(try await hookline.request(.get, url + "/api/v1/public/messages/send").status == 405)
        }
    }
}
