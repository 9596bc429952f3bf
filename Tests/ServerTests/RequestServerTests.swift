// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HTTPValues
import NIOConcurrencyHelpers
import NIOCore
import TestSupport
import Testing
import WireClient

@testable import Server

@Suite("How a connection's requests are served", .timeLimit(.minutes(10)))
struct RequestServerTests {
    /// Keeps every request until it is told to answer; each is answered with its target.
    private final class HoldingEndpoint: HTTPEndpoint, RequestTaker {
        let maxBodyBytes = 1_000
        /// The targets, as they came.
        let taken = EventRecorder<String>()
        private let waiting = NIOLockedValueBox<[@Sendable () -> Void]>([])

        func open(_ line: RequestLine) -> Opening {
            switch line.path {
            case "/nowhere": .answer(.empty(404))
            case "/silence": .answer(.silence)
            default: .body(self)
            }
        }

        func refuseOversized(_ line: RequestLine) -> Reply { .empty(413) }

        func take(_ request: InboundRequest, answer: @escaping @Sendable (Reply) -> Void) {
            let reply: Reply = request.target == "/later-silence" ? .silence : .plainText(request.target)
            waiting.withLockedValue { $0.append { answer(reply) } }
            taken.record(request.target)
        }

        /// Answers all that wait, from a thread that is none of the listener's, as a commit does.
        func answerAll() {
            let answers = waiting.withLockedValue { waiting in
                defer { waiting = [] }
                return waiting
            }
            for answer in answers { answer() }
        }
    }

    private func served(
        loops: Int = 1,
        _ body: (HoldingEndpoint, ListenAddress) async throws -> Void
    ) async throws {
        let endpoint = HoldingEndpoint()
        let here = ListenAddress(host: "127.0.0.1", port: 0)
        let listener = HTTPListener(
            address: here,
            endpoint: endpoint,
            limits: .patient,
            loops: loops,
            logger: quietLogger
        )
        try await running(listener) { try await body(endpoint, try await listener.bound.value) }
    }

    private func get(_ target: String, _ more: String = "") -> [UInt8] {
        Array("GET \(target) HTTP/1.1\r\nHost: h\r\n\(more)\r\n".utf8)
    }

    @Test("requests that come at once are taken one after the other and answered in their order")
    func pipelined() async throws {
        try await served { endpoint, address in
            try await WireConnection.open(to: address) { connection in
                try await connection.write(String(decoding: get("/a") + get("/nowhere") + get("/b"), as: UTF8.self))
                await endpoint.taken.until { $0 == ["/a"] }
                endpoint.answerAll()
                #expect(try await connection.answer(toRest: []).text == "/a")
                #expect(try await connection.answer(toRest: []).status == 404)
                await endpoint.taken.until { $0 == ["/a", "/b"] }
                endpoint.answerAll()
                #expect(try await connection.answer(toRest: get("/nowhere")).text == "/b")
                #expect(try await connection.answer(toRest: []).status == 404)
            }
        }
    }

    @Test("silence cuts the connection without a byte and serves nothing behind it", arguments: [true, false])
    func silence(isKnownAtOnce: Bool) async throws {
        try await served { endpoint, address in
            try await WireConnection.open(to: address) { connection in
                let target = isKnownAtOnce ? "/silence" : "/later-silence"
                try await connection.write(String(decoding: get("/a") + get(target) + get("/b"), as: UTF8.self))
                await endpoint.taken.until { $0 == ["/a"] }
                endpoint.answerAll()
                #expect(try await connection.answer(toRest: []).text == "/a")
                if !isKnownAtOnce {
                    await endpoint.taken.until { $0 == ["/a", "/later-silence"] }
                    endpoint.answerAll()
                }
                try await connection.untilClosed()
            }
            let next = try await WireConnection.open(to: address) { try await $0.answer(toRest: get("/nowhere")) }
            #expect(next.status == 404)
            #expect(!endpoint.taken.elements.contains("/b"))
        }
    }

    @Test("thousands of requests in one write are served without a stack that grows with them")
    func manyAtOnce() async throws {
        try await served { _, address in
            try await WireConnection.open(to: address) { connection in
                let requests = Array(repeating: get("/nowhere"), count: 5_000).flatMap { $0 }
                var answer = try await connection.answer(toRest: requests)
                for _ in 1..<5_000 { answer = try await connection.answer(toRest: []) }
                #expect(answer.status == 404)
            }
        }
    }

    @Test("one thread answers requests on many connections and loops, each gets its own answer")
    func together() async throws {
        try await served(loops: 3) { endpoint, address in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        try await WireConnection.open(to: address) { connection in
                            try await connection.answer(toRest: get("/\(number)")).text == "/\(number)"
                        }
                    }
                }
                await endpoint.taken.until { $0.count == 60 }
                endpoint.answerAll()
                let areOwn = try await group.reduce(into: []) { $0.append($1) }
                #expect(areOwn == Array(repeating: true, count: 60))
            }
        }
    }

    @Test("a request behind the last one of its connection is not taken")
    func behindTheLast() async throws {
        try await served { endpoint, address in
            try await WireConnection.open(to: address) { connection in
                let requests = get("/last", "Connection: close\r\n") + get("/late")
                try await connection.write(String(decoding: requests, as: UTF8.self))
                await endpoint.taken.until { $0 == ["/last"] }
                endpoint.answerAll()
                #expect(try await connection.answer(toRest: []).text == "/last")
                try await connection.untilClosed()
            }
            #expect(endpoint.taken.elements == ["/last"])
        }
    }

    @Test("what is no HTTP is answered 400, and the connection ends")
    func unreadable() async throws {
        try await served { endpoint, address in
            for text in ["what is this\r\n\r\n", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n"] {
                try await WireConnection.open(to: address) { connection in
                    let answer = try await connection.answer(toRest: Array(text.utf8))
                    #expect(answer.status == 400)
                    #expect(answer["connection"] == "close")
                    try await connection.untilClosed()
                }
            }
            #expect(endpoint.taken.elements.isEmpty)
        }
    }

    @Test("a shutdown lets what was taken be answered, says that the connection ends, and cuts off nobody who waits")
    func shutdown() async throws {
        let endpoint = HoldingEndpoint()
        let here = ListenAddress(host: "127.0.0.1", port: 0)
        let listener = HTTPListener(address: here, endpoint: endpoint, limits: .patient, logger: quietLogger)
        let address = OnceValue<ListenAddress>()
        async let answer = WireConnection.open(to: try await address.value) { connection in
            let answer = try await connection.answer(toRest: get("/slow"))
            try await connection.untilClosed()
            return answer
        }
        // Its end asks the listener to stop, which then waits for the answer.
        async let end: Void = running(listener) {
            address.set(try await listener.bound.value)
            await endpoint.taken.until { $0 == ["/slow"] }
        }
        await endpoint.taken.until { $0 == ["/slow"] }
        try await Self.untilRefused(try await listener.bound.value)
        endpoint.answerAll()
        let last = try await answer
        #expect(last.text == "/slow")
        #expect(last["connection"] == "close")
        try await end
    }

    /// Returns when nobody listens there any more.
    private static func untilRefused(_ address: ListenAddress) async throws {
        while (try? await WireConnection.open(to: address) { _ in }) != nil { try Task.checkCancellation() }
    }

    @Test("the date of an answer is that of RFC 9110")
    func date() {
        let date = HTTPDate()
        #expect(date.text(at: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(date.text(at: 1_709_251_199) == "Thu, 29 Feb 2024 23:59:59 GMT")
        #expect(date.text(at: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test("an answer has its length and its date, and to HEAD no body")
    func writing() {
        var bytes = ByteBuffer()
        let reply = Reply(status: 405, headers: [.allow: "POST"], body: Array("no".utf8))
        AnswerWriter.write(reply, AnswerFrame(isToHead: true, isLast: true), into: &bytes)
        let text = String(buffer: bytes).replacing(/date: .*? GMT/, with: "date: now")
        let expected =
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\ncontent-length: 2\r\ndate: now\r\nconnection: close\r\n\r\n"
        #expect(text == expected)
    }
}
