// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import WebhookVectors
import WireClient

/// What a listener does with connections, seen byte by byte.
@Suite("A connection to the listener", .timeLimit(.minutes(10)))
struct ConnectionTests {
    private static let vectors = Vector.all.filter { $0.id == "razorpay-ok" }

    private static func request(
        _ method: String = "POST",
        headers: [[String]] = [],
        framing: WireRequest.Framing = .contentLength
    ) -> WireRequest {
        WireRequest(method: method, target: "/hooks/razorpay-ok", headers: headers, body: [], framing: framing)
    }

    private static func connected(_ body: (inout WireConnection) async throws -> Void) async throws {
        try await HooksUnderTest.with(vectors, at: TestClock()) { hooks in
            try await WireConnection.open(to: hooks.address, body)
        }
    }

    @Test("stays open for the next request")
    func keptAlive() async throws {
        try await Self.connected { connection in
            for framing in [WireRequest.Framing.contentLength, .chunked, .contentLength] {
                let answer = try await connection.answer(to: Self.request(framing: framing))
                #expect(answer.status == 401)
                #expect(answer["connection"] == nil)
            }
        }
    }

    @Test("gives HEAD the headers of an answer and no byte of its body")
    func head() async throws {
        try await Self.connected { connection in
            let head = try await connection.answer(to: Self.request("HEAD"))
            #expect(head.status == 405)
            #expect(head["allow"] == "POST")
            let length = head.bodyLength
            // Were there a body, it would stand in front of this answer.
            let next = try await connection.answer(to: Self.request("GET"))
            #expect(next.status == 405)
            #expect(next.body.count == length)
        }
    }

    @Test(
        "is closed after the answer to HTTP/1.0 and to whoever asks for it",
        arguments: [
            request(framing: .old), request(headers: [["Connection", "close"]]),
            request(headers: [["connection", "Close"]]),
        ]
    )
    func closed(_ request: WireRequest) async throws {
        try await Self.connected { connection in
            let answer = try await connection.answer(to: request)
            #expect(answer.status == 401)
            #expect(answer["connection"] == "close")
            try await connection.untilClosed()
        }
    }

    @Test("of HTTP/1.0 stays open for a client that asks for that")
    func oldKeptAlive() async throws {
        try await Self.connected { connection in
            for _ in 0..<2 {
                let request = Self.request(headers: [["Connection", "keep-alive"]], framing: .old)
                let answer = try await connection.answer(to: request)
                #expect(answer.status == 401)
            }
        }
    }
}
