// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import Messages
import NIOConcurrencyHelpers
import Outbox
import PartnerAPI
import Testing

@testable import PartnerClient

@Suite("The partner's client")
struct PartnerHTTPClientTests {
    static func account(
        _ name: String = "main",
        baseURL: String = "https://partner.example/api/v1/public/",
        spelling: CredentialSpelling = .plain,
        secret: String = "s3cret"
    ) throws -> PartnerAccount {
        try PartnerAccount(
            name: name,
            baseURL: baseURL,
            apiKey: Secret("pk_test"),
            apiSecret: Secret(secret),
            headerSpelling: spelling
        )
    }

    static func message() throws -> RenderedRequest {
        RenderedRequest(
            try MessageRequest(recipient: .phone(PhoneNumberDigits("919800000001")), content: .text("Hi"))
        )
    }

    private static let accepted = #"{"success":true,"data":{"id":"m-1"}}"#

    @Test(
        "posts the message to the account's address with its credentials",
        arguments: [
            (CredentialSpelling.plain, "apiKey", "apiSecret"), (.extended, "X-API-Key", "X-API-Secret"),
        ]
    )
    func send(spelling: CredentialSpelling, key: String, secret: String) async throws {
        let transport = RecordingTransport(201, Self.accepted)
        let client = try PartnerHTTPClient([Self.account(spelling: spelling)], transport: transport)
        let outcome = await client.send(try Self.message(), account: "main")
        #expect(outcome == .accepted(partnerID: "m-1"))
        let request = try #require(transport.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "https://partner.example/api/v1/public/messages/send")
        #expect(request.body == Array(#"{"type":"text","phone":"919800000001","content":"Hi"}"#.utf8))
        #expect(
            request.headers.fields == [
                HeaderField(key, "pk_test"), HeaderField(secret, "s3cret"),
                HeaderField("Content-Type", "application/json"), HeaderField("Accept", "application/json"),
            ]
        )
        #expect(!"\(request) \(request.headers)".contains("s3cret"))
    }

    @Test("messages of several accounts leave as one batch, each with its own credentials, and are told apart")
    func batch() async throws {
        let transport = RecordingTransport(201, Self.accepted)
        let other = try Self.account("other", baseURL: "https://other.example/v1", secret: "another")
        let client = try PartnerHTTPClient([Self.account(), other], transport: transport)
        let ends = NIOLockedValueBox<[SendEnd]>([])
        let batch = try ["main", "third", "other"].map { Sending(request: try Self.message(), account: $0) }
        client.send(batch) { ended in ends.withLockedValue { $0 += ended } }
        #expect(
            transport.batches.map { $0.map(\.url) } == [
                ["https://partner.example/api/v1/public/messages/send", "https://other.example/v1/messages/send"]
            ]
        )
        #expect(transport.requests.map { $0.headers.fields[1].value } == ["s3cret", "another"])
        let sorted = ends.withLockedValue { $0 }.sorted { $0.index < $1.index }
        #expect(sorted.map(\.index) == [0, 1, 2])
        #expect(sorted.map(\.outcome.name) == [.accepted, .unauthorized, .accepted])
    }

    @Test("shows every answer to whoever looks on, of messages and of templates, before it is judged")
    func onAnswer() async throws {
        let statuses = NIOLockedValueBox<[Int]>([])
        let transport = RecordingTransport(401, "")
        let client = try PartnerHTTPClient([Self.account()], transport: transport) { answer in
            statuses.withLockedValue { $0.append(answer.status) }
        }
        _ = await client.send(try Self.message(), account: "main")
        _ = try? await client.templates(account: "main")
        #expect(statuses.withLockedValue { $0 } == [401, 401])
    }

    @Test("reads what sandbox and durable front write, in either shape of an accepted answer")
    func contract() async throws {
        let answer = AcceptedAnswer(id: "wamid.é").json
        for text in [answer.text(), answer.text(.indented)] {
            let client = try PartnerHTTPClient([Self.account()], transport: RecordingTransport(201, text))
            #expect(await client.send(try Self.message(), account: "main") == .accepted(partnerID: "wamid.é"))
        }
        let error = PartnerError(422, "UNKNOWN_CONTACT", "there is no such contact")
        let refusing = RecordingTransport(error.status, error.json.text())
        let outcome = await (try PartnerHTTPClient([Self.account()], transport: refusing)).send(
            try Self.message(),
            account: "main"
        )
        #expect(outcome.name == .refused)
        #expect(outcome.detail?.code == "UNKNOWN_CONTACT")
    }

    @Test("several accounts have their own address; a missing one makes its messages wait")
    func accounts() async throws {
        let transport = RecordingTransport(201, Self.accepted)
        let other = try Self.account("other", baseURL: "https://other.example/v1")
        let client = try PartnerHTTPClient([Self.account(), other], transport: transport)
        _ = await client.send(try Self.message(), account: "other")
        #expect(transport.requests.map(\.url) == ["https://other.example/v1/messages/send"])
        let reason = "no account has the name 'third'"
        let outcome = await client.send(try Self.message(), account: "third")
        #expect(outcome == .unauthorized(AttemptDetail(code: "unknown_account", reason: reason)))
        #expect(transport.requests.count == 1)
    }

    @Test("reads the templates")
    func templates() async throws {
        let body = #"{"success":true,"data":{"templates":[{"name":"a","language":"en"}]}}"#
        let transport = RecordingTransport(200, body)
        let client = try PartnerHTTPClient([Self.account()], transport: transport)
        #expect(try await client.templates(account: "main").templates.map(\.name) == ["a"])
        let request = try #require(transport.requests.first)
        #expect(request.method == .get)
        #expect(request.url == "https://partner.example/api/v1/public/templates")
    }

    @Test(
        "says why there are no templates",
        arguments: [
            (401, #"{"message":"no"}"#, PartnerClientError.Code.unauthorized), (503, "", .badAnswer),
            (200, "<html>", .badAnswer), (200, #"{"success":true}"#, .badAnswer), (302, "", .badAnswer),
        ]
    )
    func noTemplates(status: Int, body: String, code: PartnerClientError.Code) async throws {
        let client = try PartnerHTTPClient([Self.account()], transport: RecordingTransport(status, body))
        let error = await #expect(throws: PartnerClientError.self) { try await client.templates(account: "main") }
        #expect(error?.code == code)
        #expect(error?.status == status)
    }

    @Test("says when the partner cannot be reached, or the account is unknown")
    func unreachable() async throws {
        let silent = RecordingTransport(.failure(TransportError(.dns, .notSent, "no such host")))
        let client = try PartnerHTTPClient([Self.account()], transport: silent)
        let error = await #expect(throws: PartnerClientError.self) { try await client.templates(account: "main") }
        #expect(error == PartnerClientError(.unreachable, account: "main", "no such host"))
        let unknown = await #expect(throws: PartnerClientError.self) { try await client.templates(account: "x") }
        #expect(unknown?.code == .unknownAccount)
    }

    @Test(
        "takes only addresses to which credentials may go",
        arguments: [
            ("https://partner.example", true), ("http://127.0.0.1:9090/api", true), ("http://localhost", true),
            ("http://[::1]:80", true), ("http://partner.example", false), ("http://127.0.0.1.example", false),
            ("ftp://partner.example", false), ("partner.example", false), ("", false),
            ("https://user:word@partner.example", false), ("https://partner.example/?a=b", false),
            ("https://partner.example/#a", false), ("https://", false),
        ]
    )
    func addresses(url: String, isFine: Bool) {
        let account = Result { try Self.account(baseURL: url) }
        #expect(((try? account.get()) != nil) == isFine)
    }

    @Test("plain http to another machine must be allowed in so many words")
    func plainHTTP() throws {
        let account = try PartnerAccount(
            name: "main",
            baseURL: "http://sandbox:9090/",
            apiKey: Secret("k"),
            apiSecret: Secret("s"),
            allowsPlainHTTP: true
        )
        #expect(account.baseURL == "http://sandbox:9090")
    }

    @Test("refuses empty and unsendable credentials, and two accounts of one name, without showing a secret")
    func badAccounts() throws {
        let empty = #expect(throws: PartnerClientError.self) { try Self.account(secret: "") }
        #expect(empty?.code == .badCredentials)
        let transport = RecordingTransport(200, "")
        let broken = #expect(throws: PartnerClientError.self) {
            try PartnerHTTPClient([Self.account(secret: "s3cret\n")], transport: transport)
        }
        #expect(broken?.code == .badCredentials)
        #expect(broken?.description.contains("s3cret") == false)
        let twice = #expect(throws: PartnerClientError.self) {
            try PartnerHTTPClient([Self.account(), Self.account()], transport: transport)
        }
        #expect(twice?.code == .duplicateAccount)
    }
}
