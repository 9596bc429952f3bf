// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HTTPValues
import NIOCore
import TestSupport
import Testing
import WireClient

@testable import Server

@Suite("Answers that come in pieces", .timeLimit(.minutes(10)))
struct AnswerPiecesTests {
    /// Answers `/pieces` with what a test says, and all else with its target.
    private final class PiecesEndpoint: HTTPEndpoint, RequestTaker {
        let maxBodyBytes = 1_000
        struct Broken: Error {}

        let pieces = AsyncStream<String>.makeStream()
        /// What became of the body: `begun`, each piece that the system has taken, and at last `gone` or `ended`.
        let story = EventRecorder<String>()
        let refusals = EventRecorder<HTTPRefusal.Code>()

        func open(_ line: RequestLine) -> Opening { .body(self) }

        func refuseOversized(_ line: RequestLine) -> Reply { .empty(413) }

        func wasRefused(_ refusal: HTTPRefusal, target: String?) { refusals.record(refusal.code) }

        func take(_ request: InboundRequest, answer: @escaping @Sendable (Reply) -> Void) {
            guard request.target == "/pieces" else { return answer(.plainText(request.target)) }
            let stream = ReplyStream { [story, pieces] send in
                story.record("begun")
                do {
                    for await piece in pieces.stream {
                        if piece == "break" { throw Broken() }
                        try await send(Array(piece.utf8))
                        story.record("\(piece.utf8.count)")
                    }
                    story.record(Task.isCancelled ? "cancelled" : "ended")
                } catch let error as Broken {
                    throw error
                } catch {
                    story.record("gone")
                }
            }
            answer(Reply(status: 200, headers: [.contentType: "text/event-stream"], stream: stream))
        }
    }

    private func served(
        _ limits: HTTPLimits = .patient,
        _ body: (PiecesEndpoint, ListenAddress) async throws -> Void
    ) async throws {
        let endpoint = PiecesEndpoint()
        let here = ListenAddress(host: "127.0.0.1", port: 0)
        let listener = HTTPListener(address: here, endpoint: endpoint, limits: limits, logger: quietLogger)
        try await running(listener) { try await body(endpoint, try await listener.bound.value) }
    }

    private func get(_ target: String, _ method: String = "GET", version: String = "1.1") -> [UInt8] {
        Array("\(method) \(target) HTTP/\(version)\r\nHost: h\r\n\r\n".utf8)
    }

    @Test("each piece is a chunk that leaves at once, and behind the last one the connection serves the next request")
    func chunks() async throws {
        try await served { endpoint, address in
            try await WireConnection.open(to: address) { connection in
                let head = try await connection.head(toRest: get("/pieces") + get("/next"))
                #expect(head.status == 200 && head["transfer-encoding"] == "chunked")
                #expect(head["content-length"] == nil && head["content-type"] == "text/event-stream")
                for piece in ["one", "", "zwölf\r\n"] { endpoint.pieces.continuation.yield(piece) }
                #expect(try await connection.chunk() == "one")
                #expect(try await connection.chunk() == "zwölf\r\n")
                await endpoint.story.until { $0 == ["begun", "3", "0", "8"] }
                endpoint.pieces.continuation.finish()
                #expect(try await connection.chunk() == "")
                #expect(try await connection.answer(toRest: []).text == "/next")
            }
        }
    }

    @Test("a client of HTTP/1.0 reads to the end of its connection, and HEAD begins no body")
    func withoutChunks() async throws {
        try await served { endpoint, address in
            try await WireConnection.open(to: address) { connection in
                let head = try await connection.head(toRest: get("/pieces", "HEAD"))
                #expect(head["transfer-encoding"] == "chunked")
                #expect(try await connection.answer(toRest: get("/next")).text == "/next")
            }
            #expect(endpoint.story.elements.isEmpty)
            endpoint.pieces.continuation.yield("one")
            endpoint.pieces.continuation.yield("two")
            endpoint.pieces.continuation.finish()
            try await WireConnection.open(to: address) { connection in
                let head = try await connection.head(toRest: get("/pieces", version: "1.0"))
                #expect(head["transfer-encoding"] == nil && head["connection"] == "close")
                #expect(try await connection.untilEnd() == "onetwo")
            }
        }
    }

    @Test("a body that breaks off is cut, and has no end that could be taken for one")
    func broken() async throws {
        try await served { endpoint, address in
            try await WireConnection.open(to: address) { connection in
                _ = try await connection.head(toRest: get("/pieces"))
                endpoint.pieces.continuation.yield("one")
                endpoint.pieces.continuation.yield("break")
                #expect(try await connection.untilEnd() == "3\r\none\r\n")
            }
        }
    }

    @Test("who goes away, also by ending their side alone, ends the making of pieces")
    func gone() async throws {
        try await served { endpoint, address in
            try await WireConnection.open(to: address) { connection in
                _ = try await connection.head(toRest: get("/pieces"))
            }
            await endpoint.story.until { $0 == ["begun", "cancelled"] }
        }
    }

    @Test("a shutdown ends the body as a whole, and waits for nobody's next piece")
    func shutdown() async throws {
        let address = OnceValue<ListenAddress>()
        let isReading = OnceValue<Bool>()
        async let last = WireConnection.open(to: try await address.value) { connection in
            _ = try await connection.head(toRest: get("/pieces"))
            isReading.set(true)
            let chunk = try await connection.chunk()
            try await connection.untilClosed()
            return chunk
        }
        try await served { endpoint, bound in
            address.set(bound)
            _ = try await isReading.value
            await endpoint.story.until { $0 == ["begun"] }
        }
        #expect(try await last == "")
    }

    @Test("who reads nothing is given up, and no more than a piece waits for them")
    func unread() async throws {
        var limits = HTTPLimits.patient
        limits.answerTime = .milliseconds(50)
        try await served(limits) { endpoint, address in
            try await WireConnection.open(to: address) { connection in
                try await connection.write(String(decoding: get("/pieces"), as: UTF8.self))
                for _ in 0..<64 { endpoint.pieces.continuation.yield(String(repeating: "x", count: 1 << 20)) }
                await endpoint.refusals.until { $0 == [.answerUnread] }
                await endpoint.story.until { $0.last == "gone" }
                #expect(endpoint.story.elements.count < 64)
            }
        }
    }
}
