// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import DurableAPI
import Events
import HTTPTypes
import HTTPValues
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing
import Webhooks

@Suite("The durable partner API", .timeLimit(.minutes(10)))
struct PublicAPITests {
    private static let text = #"{"type":"text","phone":"919811100001","content":"Namaste"}"#

    @Test("answers 201 with our id once event and message are stored, and keeps no secret")
    func accepts() async throws {
        try await withAPI { api in
            let reply = try await api.post(Self.text, ["Authorization": "Bearer x", "X-Shop": "7"])
            let id = try #require(reply.json?["data"]?["id"]?.string)
            #expect(reply.status == 201)
            #expect(
                reply.body
                    == Array(
                        (#"{"success":true,"data":{"id":"\#(id)","status":"ACCEPTED","#
                            + #""message":"Message received and being sent to the recipient."}}"#).utf8
                    )
            )
            let detail = try #require(try await api.store.message(MessageID(rawValue: id)))
            #expect(detail.message.rule == "api")
            #expect(detail.message.account == "main")
            #expect(detail.message.state == .queued)
            #expect(detail.timeline.map(\.why) == ["the API key 'shop' asked for it"])
            let event = try #require(try await api.store.event(detail.message.event)).event
            #expect(event.source == "api" && event.type == "messages.send" && event.disposition == .matched)
            #expect(event.rawBody == Array(Self.text.utf8))
            #expect(Set(event.headers.map(\.name.canonicalName)) == ["apikey", "x-shop"])
        }
    }

    @Test("takes both spellings of the headers, and a key's own account")
    func spellings() async throws {
        try await withAPI(account: "second") { api in
            let headers = ["X-API-Key": api.key.id, "X-API-Secret": APIUnderTest.secret]
            let reply = await api.api.reply(
                to: try api.request(.post, APIUnderTest.send, headers, Array(Self.text.utf8))
            )
            #expect(reply.status == 201)
            #expect(try await api.store.messages(MessageFilter()).elements.map(\.account) == ["second"])
        }
    }

    @Test("refuses a key whose account is gone from the configuration")
    func accountGone() async throws {
        try await withAPI(account: "third") { api in
            let reply = try await api.post(Self.text)
            #expect(reply.status == 403)
            #expect(reply.code == "NO_ACCOUNT")
        }
    }

    @Test(
        "refuses what is no key, with the same words whatever is wrong, and records why",
        arguments: [
            ([:], "no API key with a secret"),
            (["apiKey": "pk_0123456789012345678901234567890123456789"], "with a secret"),
            (["apiKey": "pk_9", "apiSecret": "sk_of-the-shop"], "no API key has this id"),
            (["apiKey": "pk_0123456789012345678901234567890123456789", "apiSecret": "sk_of-the-shoP"], "not that of"),
            (["apiKey": "pk_0123456789012345678901234567890123456789", "apiSecret": ""], "not that of"),
        ] as [([String: String], String)]
    )
    func unauthorized(headers: [String: String], reason: String) async throws {
        try await withAPI { api in
            for path in [APIUnderTest.send, APIUnderTest.templates] {
                let method: HTTPRequest.Method = path == APIUnderTest.send ? .post : .get
                let reply = await api.api.reply(to: try api.request(method, path, headers, Array(Self.text.utf8)))
                #expect(reply.status == 401)
                let message = "The API key or its secret is missing, wrong or revoked."
                #expect(
                    reply.json
                        == ["success": false, "error": ["code": "UNAUTHORIZED", "message": .string(message)]]
                )
            }
            try await api.store.check()
            let rejections = try await api.store.rejections(RejectionFilter()).elements
            #expect(rejections.map(\.code) == ["unauthorized", "unauthorized"])
            #expect(rejections.allSatisfy { $0.reason.contains(reason) })
            #expect(try await api.store.countsByState().isEmpty)
        }
    }

    @Test("a revoked key opens nothing from the next request on")
    func revoked() async throws {
        try await withAPI { api in
            #expect(try await api.post(Self.text).status == 201)
            _ = try await api.store.revokeAPIKey(api.key.id, at: api.clock.now)
            #expect(try await api.post(Self.text).status == 401)
            #expect(try await api.store.countsByState() == [.queued: 1])
        }
    }

    @Test("says what a path takes, and that there are no others")
    func paths() async throws {
        try await withAPI { api in
            let get = await api.api.reply(to: try api.request(.get, APIUnderTest.send, api.credentials))
            #expect(get.status == 405 && get.headers[.allow] == "POST" && get.code == "METHOD_NOT_ALLOWED")
            let post = await api.api.reply(to: try api.request(.post, APIUnderTest.templates, api.credentials))
            #expect(post.status == 405 && post.headers[.allow] == "GET")
            let other = await api.api.reply(to: try api.request(.get, "/api/v1/public/contacts", api.credentials))
            #expect(other.status == 404 && other.code == "NOT_FOUND")
            let body = [UInt8](repeating: 0, count: 262_145)
            let large = await api.api.reply(to: try api.request(.post, APIUnderTest.send, [:], body))
            #expect(large.status == 413 && large.code == "BODY_TOO_LARGE")
        }
    }

    @Test("refuses a body that is no JSON with 400", arguments: ["", "{", "type=text", "[1,]"])
    func noJSON(body: String) async throws {
        try await withAPI { api in
            let reply = try await api.post(body)
            #expect(reply.status == 400)
            #expect(reply.code == "INVALID_JSON")
        }
    }

    @Test("asks to come again when the store cannot take it")
    func unavailable() async throws {
        try await withAPI { api in
            await api.store.close()
            let reply = try await api.post(Self.text)
            #expect(reply.status == 503 && reply.code == "UNAVAILABLE")
            #expect(reply.headers[.retryAfter] == "5")
        }
    }
}
