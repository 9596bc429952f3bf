// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import DurableAPI
import EventIntake
import Events
import HTTPTypes
import HTTPValues
import MemoryOutbox
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing
import Webhooks

/// The durable partner API as a function, over a store of its own and with one live key.
struct APIUnderTest: Sendable {
    static let send = "/api/v1/public/messages/send"
    static let templates = "/api/v1/public/templates"
    static let secret = "sk_of-the-shop"

    let api: PublicAPI
    let store: any ServiceStore
    let key: APIKey
    let clock: TestClock

    /// The headers that open the API.
    var credentials: [String: String] { ["apiKey": key.id, "apiSecret": Self.secret] }

    static func key(account: String? = nil) -> APIKey {
        APIKey(
            id: "pk_0123456789012345678901234567890123456789",
            label: "shop",
            account: account,
            secretFingerprint: Fingerprint(of: secret).bytes,
            createdAt: TestClock().now
        )
    }

    func post(_ body: String, _ more: [String: String] = [:]) async throws -> Reply {
        try await post(Array(body.utf8), more)
    }

    func post(_ body: [UInt8], _ more: [String: String] = [:]) async throws -> Reply {
        await api.reply(to: try request(.post, Self.send, credentials.merging(more) { $1 }, body))
    }

    func request(
        _ method: HTTPRequest.Method,
        _ target: String,
        _ headers: [String: String] = [:],
        _ body: [UInt8] = []
    ) throws -> InboundRequest {
        var fields = HTTPFields()
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        return InboundRequest(method: method, target: target, headers: fields, body: body)
    }
}

extension Reply {
    /// The body as JSON.
    var json: JSON? { try? JSON(parsing: body) }

    /// The error's code.
    var code: String? { json?["error"]?["code"]?.string }
}

/// Lends an API over a new store.
func withAPI(
    templates: TemplateCatalogue? = nil,
    account: String? = nil,
    _ body: (APIUnderTest) async throws -> Void
) async throws {
    let store = MemoryOutbox()
    try await store.addAPIKey(APIUnderTest.key(account: account))
    try await withAPI(templates: templates, account: account, over: store, body)
}

/// Lends an API over a store that has the key already.
func withAPI(
    templates: TemplateCatalogue? = nil,
    account: String? = nil,
    over store: any ServiceStore,
    _ body: (APIUnderTest) async throws -> Void
) async throws {
    let clock = TestClock()
    let api = PublicAPI(
        store: store,
        accounts: ["main", "second"],
        templates: { $0 == "main" ? templates : nil },
        clock: clock,
        metrics: IntakeMetrics(factory: NOOPMetricsHandler.instance),
        logger: quietLogger
    )
    try await body(APIUnderTest(api: api, store: store, key: APIUnderTest.key(account: account), clock: clock))
}
