// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Sandbox

/// A sandbox whose routes are called without a socket, on a clock that shows one time and never waits.
struct SandboxUnderTest {
    let settings: SandboxSettings
    let state: SandboxState
    let responder: RouterResponder<SandboxContext>

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
        var head = HTTPRequest(
            method: method,
            scheme: "http",
            authority: "localhost",
            path: path,
            headerFields: headers
        )
        let sent = ByteBuffer(string: body ?? "")
        if body != nil { head.headerFields[.contentLength] = String(sent.readableBytes) }
        let context = SandboxContext(source: .init(channel: NIOAsyncTestingChannel(), logger: quietLogger))
        let response = try await responder.respond(
            to: Request(head: head, body: RequestBody(buffer: sent)),
            context: context
        )
        let written = WrittenBody()
        try await response.body.write(written)
        return Answer(
            status: response.status.code,
            json: (try? JSON(parsing: written.bytes)) ?? .null,
            text: String(decoding: written.bytes, as: UTF8.self),
            headers: response.headers
        )
    }

    func send(_ body: String, headers: HTTPFields = Self.key) async throws -> Answer {
        try await call(.post, Self.sendPath, body, headers: headers)
    }
}

/// Keeps the bytes of an answer.
private final class WrittenBody: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) { bytes += buffer.readableBytesView }
    func finish(_ trailingHeaders: HTTPFields?) {}
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
    let responder = SandboxRoute.router(SandboxServer.routes(settings, state)).buildResponder()
    try await body(SandboxUnderTest(settings: settings, state: state, responder: responder))
}

/// A clock that always shows the same time; whoever sleeps on it wakes at once.
struct StillClock: WallClock {
    var now: Timestamp { Timestamp(seconds: 1_768_451_400) }
    var minimumResolution: Duration { .microseconds(1) }

    func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {}
}
