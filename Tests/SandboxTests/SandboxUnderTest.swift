// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Server
import TestSupport
import Testing

@testable import Sandbox

/// A sandbox whose routes are called without a socket, on a clock that shows one time and never waits.
struct SandboxUnderTest {
    let settings: SandboxSettings
    let state: SandboxState
    let endpoint: SandboxEndpoint

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
        let line = RequestLine(method: method, target: path)
        let reply: Reply
        switch endpoint.open(line) {
        case .answer(let early): reply = early
        case .body(let taker) where (body ?? "").utf8.count > taker.maxBodyBytes: reply = taker.refuseOversized(line)
        case .body(let taker):
            let request = InboundRequest(line: line, headers: headers, body: Array((body ?? "").utf8))
            reply = await withCheckedContinuation { answered in taker.take(request) { answered.resume(returning: $0) } }
        }
        return Answer(
            status: reply.status,
            json: (try? JSON(parsing: reply.body)) ?? .null,
            text: String(decoding: reply.body, as: UTF8.self),
            headers: reply.headers
        )
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
    let endpoint = SandboxEndpoint(routes: SandboxServer.routes(settings, state, ending: OnceValue()))
    try await body(SandboxUnderTest(settings: settings, state: state, endpoint: endpoint))
}

/// A clock that always shows the same time; whoever sleeps on it wakes at once.
struct StillClock: WallClock {
    var now: Timestamp { Timestamp(seconds: 1_768_451_400) }
    var minimumResolution: Duration { .microseconds(1) }

    func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {}
}
