// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import Sandbox

/// A sandbox whose routes are called without a socket, on a clock that shows one time and never waits.
struct SandboxUnderTest {
    let settings: SandboxSettings
    let state: SandboxState
    let client: any TestClientProtocol

    /// An answer with its body read as JSON; `null` for a body that is none.
    struct Answer: Hashable {
        let status: Int
        let json: JSON
        let text: String
        let headers: HTTPFields

        /// The code of an error.
        var code: String? { json["error"]?["code"]?.string }
    }

    static let sendPath = "/api/v1/public/messages/send"

    /// The default key, in the first spelling.
    static let key: HTTPFields = headers(SandboxSettings.defaultAPIKey, SandboxSettings.defaultAPISecret)

    static func headers(_ key: String, _ secret: String, prefix: String = "") -> HTTPFields {
        var fields: HTTPFields = [.contentType: "application/json"]
        if let name = HTTPField.Name(prefix.isEmpty ? "apiKey" : "X-API-Key") { fields[name] = key }
        if let name = HTTPField.Name(prefix.isEmpty ? "apiSecret" : "X-API-Secret") { fields[name] = secret }
        return fields
    }

    func call(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String? = nil,
        headers: HTTPFields = Self.key
    ) async throws -> Answer {
        let buffer = body.map { ByteBuffer(string: $0) }
        return try await client.execute(uri: path, method: method, headers: headers, body: buffer) { response in
            let bytes = Array(buffer: response.body)
            return Answer(
                status: response.status.code,
                json: (try? JSON(parsing: bytes)) ?? .null,
                text: String(decoding: bytes, as: UTF8.self),
                headers: response.headers
            )
        }
    }

    func send(_ body: String, headers: HTTPFields = Self.key) async throws -> Answer {
        try await call(.post, Self.sendPath, body, headers: headers)
    }
}

/// Lends a sandbox.
///
/// - Parameters:
///   - change: Changes its settings before it begins.
///   - body: Uses it.
/// - Throws: What setting it up or using it throws.
func withSandboxUnderTest(
    _ change: (inout SandboxSettings) throws -> Void = { _ in },
    _ body: @Sendable (SandboxUnderTest) async throws -> Void
) async throws {
    var settings = SandboxSettings(catalogue: try SandboxTemplates.catalogue())
    settings.clock = StillClock()
    try change(&settings)
    let state = SandboxState(settings, snapshot: SandboxSnapshot(registry: .seed(settings)))
    let application = Application(
        router: SandboxRoute.router(SandboxServer.routes(settings, state)),
        logger: quietLogger
    )
    let final = settings
    try await application.test(.router) { client in
        try await body(SandboxUnderTest(settings: final, state: state, client: client))
    }
}

/// A clock that always shows the same time; whoever sleeps on it wakes at once.
struct StillClock: WallClock {
    var now: Timestamp { Timestamp(seconds: 1_768_451_400) }
    var minimumResolution: Duration { .microseconds(1) }

    func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {}
}
