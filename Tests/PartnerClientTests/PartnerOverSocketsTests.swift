// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import FaultServer
import Messages
import Outbox
import PartnerAPI
import Testing

@testable import PartnerClient

@Suite("The classification over real sockets")
struct PartnerOverSocketsTests {
    typealias Verdict = AnswerClassifierTests.Verdict

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let verdict: Verdict
        let script: ScriptedServer.Script

        init(_ testDescription: String, _ verdict: Verdict, _ script: @escaping ScriptedServer.Script) {
            self.testDescription = testDescription
            self.verdict = verdict
            self.script = script
        }
    }

    static let answers: [Row] = [
        Row("accepted", .accepted("m-9")) { $0.answerAll(201, #"{"success":true,"data":{"id":"m-9"}}"#) },
        Row("201 without success", .refused("unconfirmed")) { $0.answerAll(201, #"{"data":{"id":"m-9"}}"#) },
        Row("a proxy's page", .refused("unreadable_answer")) { $0.answerAll(200, "<html>Welcome</html>") },
        Row("wrong credentials", .unauthorized("UNAUTHORIZED")) {
            $0.answerAll(401, #"{"success":false,"error":{"code":"UNAUTHORIZED","message":"bad key"}}"#)
        },
        Row("429 with seconds", .retryable("http_429", after: .seconds(7))) {
            $0.answerAll(429, "", headers: ["Retry-After: 7"])
        },
        Row("429 with a date", .retryable("http_429", after: .seconds(10))) {
            $0.answerAll(429, "", headers: ["Retry-After: Sun, 06 Nov 1994 08:49:47 GMT"])
        },
        Row("a redirect", .refused("http_307")) { $0.answerAll(307, "", headers: ["Location: /elsewhere"]) },
        Row("a 503 whose body breaks off", .retryable("http_503", after: nil)) { connection in
            _ = connection.read()
            connection.write("HTTP/1.1 503 Busy\r\nContent-Length: 50\r\n\r\n<html>")
        },
    ]

    static let faults: [Row] = [
        Row("a body that breaks off", .uncertain("connection_lost")) { connection in
            _ = connection.read()
            connection.write("HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{\"success\":true")
        },
        Row("a slow body", .uncertain("timed_out")) { connection in
            _ = connection.read()
            connection.write("HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{")
            connection.hold()
        },
        Row("a body over the limit", .uncertain("response_too_large")) {
            $0.answerAll(201, String(repeating: " ", count: 100_000))
        },
        Row("a hang after the request was read", .uncertain("timed_out")) { connection in
            _ = connection.read()
            connection.hold()
        },
        Row("a close after the request was read", .uncertain("connection_lost")) { _ = $0.read() },
        Row("a reset after the request was read", .uncertain("connection_lost")) { connection in
            _ = connection.read()
            connection.reset()
        },
    ]

    @Test("an answer", arguments: answers)
    func answered(row: Row) async throws {
        #expect(try await verdict(row, timeout: .seconds(60)) == row.verdict)
    }

    @Test("a fault", arguments: faults)
    func faulty(row: Row) async throws {
        // Long enough for the request to leave on a busy machine; nothing is asserted about it.
        #expect(try await verdict(row, timeout: .milliseconds(1_500)) == row.verdict)
    }

    @Test("a partner that nobody serves: not sent, tried later")
    func refused() async throws {
        let closed = try ClosedPort()
        let outcome = try await send("http://127.0.0.1:\(closed.number)", timeout: .seconds(60))
        #expect(Verdict(outcome) == .retryable("connection_refused", after: nil))
    }

    @Test("a partner whose name is unknown: not sent, tried later")
    func unknownHost() async throws {
        let outcome = try await send("https://nonexistent.invalid", timeout: .seconds(60))
        #expect(Verdict(outcome) == .retryable("dns_failed", after: nil))
    }

    @Test("a cancelled attempt whose request was read is uncertain")
    func cancelled() async throws {
        let verdict = try await ScriptedServer.run({ connection in
            _ = connection.read()
            connection.hold()
        }) { server in
            try await withThrowingTaskGroup(of: Outcome.self) { group in
                let url = server.url("")
                group.addTask { try await send(url, timeout: .seconds(600)) }
                await server.received(1)
                group.cancelAll()
                return try await group.next().map(Verdict.init)
            }
        }
        #expect(verdict == .uncertain("cancelled"))
    }

    private func verdict(_ row: Row, timeout: Duration) async throws -> Verdict {
        try await ScriptedServer.run(row.script) { server in
            Verdict(try await send(server.url(""), timeout: timeout))
        }
    }

    private func send(_ baseURL: String, timeout: Duration) async throws -> Outcome {
        let transport = try CurlHTTPTransport()
        var limits = PartnerHTTPClient.Limits()
        limits.timeout = timeout
        let account = try PartnerHTTPClientTests.account(baseURL: baseURL)
        let client = try PartnerHTTPClient([account], transport: transport, limits: limits, clock: FixedClock())
        let outcome = await client.send(try PartnerHTTPClientTests.message(), account: "main")
        await transport.shutdown()
        return outcome
    }
}

/// A clock that stands still at the example of RFC 9110.
private struct FixedClock: WallClock {
    var now: Timestamp { AnswerClassifierTests.now }
    var minimumResolution: Duration { .microseconds(1) }

    func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {}
}
