// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HTTPValues
import NIOConcurrencyHelpers
import Server
import TestSupport
import Testing
import Webhooks
import WireClient

extension HTTPLimits {
    /// Times that no test reaches, however busy the machine is, for tests of all else that a listener limits.
    static var patient: HTTPLimits {
        var limits = HTTPLimits()
        (limits.headTime, limits.bodyTime) = (.seconds(600), .seconds(600))
        (limits.idleTime, limits.answerTime) = (.seconds(700), .seconds(600))
        return limits
    }
}

@Suite("A listener's limits, over a socket", .timeLimit(.minutes(10)))
struct ListenerLimitTests {
    /// Serves `/here`, and remembers the bodies that it got and what the listener told it.
    private struct Endpoint: HTTPEndpoint {
        let bodies = NIOLockedValueBox<[Int]>([])
        let refusals = NIOLockedValueBox<[String]>([])

        func open(_ line: RequestLine) -> Opening {
            guard line.target == "/here" else { return .answer(.empty(404)) }
            return .body(
                AsyncTaker(maxBodyBytes: 100) {
                    .empty(413)
                } reply: { [bodies] request in
                    bodies.withLockedValue { $0.append(request.body.count) }
                    return .empty(200)
                }
            )
        }

        func wasRefused(_ refusal: HTTPRefusal, target: String?) {
            refusals.withLockedValue { $0.append("\(refusal.code.rawValue) \(target ?? "-")") }
        }
    }

    private func request(
        _ target: String = "/here",
        body: Int = 0,
        headers: [[String]] = [],
        framing: WireRequest.Framing = .contentLength
    ) -> WireRequest {
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: body)
        return WireRequest(method: "POST", target: target, headers: headers, body: bytes, framing: framing)
    }

    /// A head whose body never comes.
    private func announcement(of bytes: Int, to target: String, _ more: [[String]] = []) -> WireRequest {
        let headers = [["Content-Length", "\(bytes)"]] + more
        return WireRequest(method: "PUT", target: target, headers: headers, body: [], framing: .contentLength)
    }

    /// Runs a listener, lends a connection to it, and returns what reached the endpoint until it was shut down.
    private func served(
        _ change: (inout HTTPLimits) -> Void = { _ in },
        _ body: (inout WireConnection) async throws -> Void
    ) async throws -> (bodies: [Int], refusals: [String]) {
        var limits = HTTPLimits.patient
        // Long enough that what was still on its way is read before the end: else the answer is lost with it.
        limits.lingerTime = .milliseconds(200)
        change(&limits)
        let endpoint = Endpoint()
        let here = ListenAddress(host: "127.0.0.1", port: 0)
        let listener = HTTPListener(address: here, endpoint: endpoint, limits: limits, logger: quietLogger)
        try await running(listener) {
            try await WireConnection.open(to: try await listener.bound.value, body)
        }
        return (endpoint.bodies.withLockedValue { $0 }, endpoint.refusals.withLockedValue { $0 })
    }

    @Test("a body at its limit is served, one beyond it gets 413, in chunks too")
    func bodies() async throws {
        for framing in [WireRequest.Framing.contentLength, .chunked] {
            let served = try await served { connection in
                let whole = try await connection.answer(to: request(body: 100, framing: framing))
                let excess = try await connection.answer(to: request(body: 101, framing: framing))
                #expect(whole.status == 200 && excess.status == 413)
            }
            #expect(served.bodies == [100])
        }
    }

    @Test("what is answered before its body came ends the connection, and the body is not waited for")
    func early() async throws {
        for target in ["/here", "/nowhere"] {
            let served = try await served { connection in
                let answer = try await connection.answer(to: announcement(of: 1_000_000_000, to: target))
                #expect(answer.status == (target == "/here" ? 413 : 404))
                #expect(answer["connection"] == "close")
                try await connection.untilClosed()
            }
            #expect(served.bodies.isEmpty)
        }
    }

    @Test("bodies that find no room get 503 and Retry-After, small ones always find it")
    func room() async throws {
        let change: (inout HTTPLimits) -> Void = { ($0.bodyRoom, $0.freeBodyBytes) = (5, 10) }
        let served = try await served(change) { connection in
            let fits = try await connection.answer(to: request(body: 15))
            let small = try await connection.answer(to: request(body: 10))
            let refused = try await connection.answer(to: request(body: 16))
            #expect(fits.status == 200 && small.status == 200)
            #expect(refused.status == 503 && refused["retry-after"] == "5")
        }
        #expect(served.bodies == [15, 10])
        #expect(served.refusals == ["no_room /here"])
    }

    @Test("heads over a limit get 414 and 431, and the connection ends")
    func heads() async throws {
        let long = String(repeating: "a", count: 9_000)
        for (request, status) in [
            (request("/" + long), 414), (request(headers: [["Big", long + long]]), 431),
            (request(headers: Array(repeating: ["X", "y"], count: 150)), 431),
        ] {
            let served = try await served { connection in
                let answer = try await connection.answer(to: request)
                #expect(answer.status == status)
                #expect(answer["content-type"] == "application/problem+json")
                try await connection.untilClosed()
            }
            #expect(served.bodies.isEmpty && served.refusals.count == 1)
        }
    }

    @Test("a body that is cut for its slowness never reaches the endpoint as if it were whole")
    func slow() async throws {
        let served = try await served({ $0.bodyTime = .milliseconds(1) }) { connection in
            let answer = try await connection.answer(to: announcement(of: 100, to: "/here"))
            #expect(answer.status == 408)
            try await connection.untilClosed()
        }
        #expect(served.bodies.isEmpty)
        #expect(served.refusals == ["body_too_slow /here"])
    }

    @Test("a client that asks whether it may send its body is told so, and is refused without having sent it")
    func expectation() async throws {
        let asks = [["Expect", "100-continue"]]
        let served = try await served { connection in
            let leave = try await connection.answer(to: announcement(of: 3, to: "/here", asks))
            #expect(leave.status == 100)
            #expect(try await connection.answer(toRest: Array("abc".utf8)).status == 200)
            let refused = try await connection.answer(to: announcement(of: 101, to: "/here", asks))
            #expect(refused.status == 413)
            try await connection.untilClosed()
        }
        #expect(served.bodies == [3])
    }

    @Test("a sender with new connections is served while all places are taken by idle and half requests")
    func crowd() async throws {
        var limits = HTTPLimits.patient
        limits.connections = 8
        let endpoint = Endpoint()
        let here = ListenAddress(host: "127.0.0.1", port: 0)
        let listener = HTTPListener(address: here, endpoint: endpoint, limits: limits, logger: quietLogger)
        try await running(listener) {
            let address = try await listener.bound.value
            try await withThrowingTaskGroup(of: Void.self) { group in
                // They are served once, then they stay until the listener closes them.
                for number in 0..<16 {
                    let isServed = OnceValue<Bool>()
                    group.addTask {
                        try await WireConnection.open(to: address) { connection in
                            let status = try await connection.answer(to: request()).status
                            if number.isMultiple(of: 2) { try await connection.write("POST /here HTTP/1.1\r\nHost:") }
                            isServed.set(status == 200)
                            try? await connection.untilClosed()
                        }
                    }
                    #expect(try await isServed.value)
                }
                for _ in 0..<20 {
                    let status = try await WireConnection.open(to: address) { connection in
                        try await connection.answer(to: request(body: 1)).status
                    }
                    #expect(status == 200)
                }
                group.cancelAll()
            }
        }
        #expect(endpoint.bodies.withLockedValue { $0 }.count { $0 == 1 } == 20)
    }
}
