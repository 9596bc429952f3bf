// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import PartnerAPI
import Testing

@testable import Sandbox

@Suite("Keys, workspaces and what belongs to them")
struct KeyTests {
    private static let text = #"{"type": "text", "phone": "919876543210", "content": "Hello"}"#

    @Test("a new key works in both header spellings, its secret is shown once, and revoking stops it at once")
    func keyLives() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let created = try await sandbox.call(.post, "/sandbox/keys", #"{"label": "staging"}"#)
            #expect(created.status == 201)
            let id = try #require(created.json["apiKey"]?.string)
            let secret = try #require(created.json["apiSecret"]?.string)
            #expect(id.wholeMatch(of: /pk_[A-Za-z0-9]{40}/) != nil)
            for prefix in ["", "X-"] {
                let headers = SandboxUnderTest.headers(id, secret, prefix: prefix)
                #expect(try await sandbox.send(Self.text, headers: headers).status == 201)
            }
            let list = try await sandbox.call(.get, "/sandbox/keys")
            #expect(list.json[1]?["label"] == "staging")
            #expect(!list.text.contains(secret))
            #expect(!String(decoding: await sandbox.state.snapshot.encoded(), as: UTF8.self).contains(secret))
            #expect(try await sandbox.call(.delete, "/sandbox/keys/\(id)").status == 204)
            let refused = try await sandbox.send(Self.text, headers: SandboxUnderTest.headers(id, secret))
            #expect(refused.status == 401)
            #expect(refused.code == "UNAUTHORIZED")
            #expect(try await sandbox.send(Self.text).status == 201)
        }
    }

    @Test("the built-in key has the form of a real one")
    func defaultKey() {
        #expect(SandboxSettings.defaultAPIKey.wholeMatch(of: /pk_[A-Za-z0-9]{40}/) != nil)
    }

    @Test(
        "a key that is missing or wrong opens neither sending nor the templates",
        arguments: [
            SandboxUnderTest.headers("pk_wrong", SandboxSettings.defaultAPISecret),
            SandboxUnderTest.headers(SandboxSettings.defaultAPIKey, "wrong"),
            SandboxUnderTest.headers(SandboxSettings.defaultAPIKey, ""), [.contentType: "application/json"],
        ]
    )
    func wrongKey(_ headers: HTTPFields) async throws {
        try await withSandboxUnderTest { sandbox async throws in
            #expect(try await sandbox.send(Self.text, headers: headers).status == 401)
            #expect(try await sandbox.call(.get, "/api/v1/public/templates", headers: headers).status == 401)
            #expect(try await sandbox.call(.post, "/api/v1/public/media", "x", headers: headers).status == 401)
            #expect(await sandbox.state.acceptedCount == 0)
        }
    }

    @Test("only owners and admins create keys")
    func onlyOwners() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            #expect(try await sandbox.call(.post, "/sandbox/keys", #"{"role": "admin"}"#).status == 201)
            #expect(try await sandbox.call(.post, "/sandbox/keys", #"{"role": "member"}"#).code == "FORBIDDEN")
            #expect(try await sandbox.call(.get, "/sandbox/keys").json.array?.count == 2)
        }
    }

    @Test("a workspace does not see another one's contacts, numbers or uploads")
    func workspacesAreApart() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let workspace = try await sandbox.call(.post, "/sandbox/workspaces", #"{"name": "Other"}"#).json["id"]?
                .string
            let id = try #require(workspace)
            let key = try await sandbox.call(.post, "/sandbox/keys", #"{"workspaceId": "\#(id)"}"#).json
            let headers = SandboxUnderTest.headers(
                try #require(key["apiKey"]?.string),
                try #require(key["apiSecret"]?.string)
            )
            let toAsha = #"{"type": "text", "contactId": "ct_asha", "content": "Hello"}"#
            #expect(try await sandbox.send(toAsha, headers: headers).code == "UNKNOWN_CONTACT")
            #expect(try await sandbox.send(Self.text, headers: headers).code == "NO_ACTIVE_NUMBER")
            let number = #"{"phone": "912255501234", "name": "Other shop"}"#
            let added = try await sandbox.call(.post, "/sandbox/phone-numbers?workspace=\(id)", number)
            #expect(added.json["active"] == true)
            #expect(try await sandbox.send(Self.text, headers: headers).status == 201)
            #expect(await sandbox.state.received.first?.sender.digits == "912255501234")
        }
    }

    @Test("one number is active, and another one can become it")
    func oneNumberIsActive() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let number = #"{"id": "pn_two", "phone": "912255501234", "name": "Second"}"#
            #expect(try await sandbox.call(.post, "/sandbox/phone-numbers", number).json["active"] == false)
            #expect(try await sandbox.call(.put, "/sandbox/phone-numbers/pn_two", #"{"active": true}"#).status == 200)
            let active = try await sandbox.call(.get, "/sandbox/phone-numbers").json.array?.map { $0["active"] }
            #expect(active == [false, true])
            #expect(try await sandbox.send(Self.text).status == 201)
            #expect(await sandbox.state.received.first?.sender.digits == "912255501234")
        }
    }

    @Test("the API lists approved templates only; the console lists all, and changes a status")
    func templatesAreListed() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let listed =
                try await sandbox.call(.get, "/api/v1/public/templates").json["data"]?["templates"]?.array ?? []
            #expect(!listed.isEmpty)
            #expect(listed.allSatisfy { $0["status"] == "APPROVED" })
            let all = try await sandbox.call(.get, "/sandbox/templates").json["data"]?["templates"]?.array ?? []
            let statuses = Set(all.compactMap { $0["status"]?.string })
            #expect(statuses.isSuperset(of: ["APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED"]))
            let hello = #"{"type": "template", "contactId": "ct_asha", "templateName": "hello_world"}"#
            #expect(
                try await sandbox.call(.put, "/sandbox/templates/hello_world", #"{"status": "PAUSED"}"#).status == 200
            )
            #expect(try await sandbox.send(hello).code == "TEMPLATE_NOT_APPROVED")
            #expect(
                try await sandbox.call(.put, "/sandbox/templates/hello_world", #"{"status": "APPROVED"}"#).status == 200
            )
            #expect(try await sandbox.send(hello).status == 201)
            #expect(try await sandbox.call(.put, "/sandbox/templates/no_such", #"{"status": "PAUSED"}"#).status == 404)
        }
    }

    @Test("an upload gives an id out that a carousel may name")
    func uploads() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            var headers = SandboxUnderTest.key
            headers[.contentType] = "image/png; charset=binary"
            let answer = try await sandbox.call(.post, "/api/v1/public/media", "some bytes", headers: headers)
            #expect(answer.status == 201)
            let id = try #require(answer.json["data"]?["id"]?.string)
            let shown = try await sandbox.call(.get, "/sandbox/media/\(id)")
            #expect(shown.text == "some bytes")
            #expect(shown.headers[.contentType] == "image/png")
            let header = #"{"type": "header", "parameters": [{"type": "image", "image": {"id": "\#(id)"}}]}"#
            let body =
                #"{"type": "body", "parameters": [{"type": "text", "text": "AI 1"}, {"type": "text", "text": "9:00"}]}"#
            let pass =
                #"{"type": "template", "contactId": "ct_asha", "templateName": "boarding_pass", "templateComponents": [\#(header), \#(body)]}"#
            #expect(try await sandbox.send(pass).status == 201)
            headers[.contentType] = "image/svg+xml"
            #expect(try await sandbox.call(.post, "/api/v1/public/media", "<svg/>", headers: headers).status == 415)
            headers[.contentType] = "image/png"
            #expect(try await sandbox.call(.post, "/api/v1/public/media", "", headers: headers).code == "EMPTY_BODY")
        }
    }
}
