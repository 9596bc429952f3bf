// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import FaultServer
import Testing

@Suite("A transfer that fails says how far it got")
struct FailureTests {
    typealias Script = ScriptedServer.Script

    /// Runs one request against a script and gives its error.
    private func failure(
        _ script: @escaping Script,
        body: String = "{}",
        timeout: Duration = .seconds(60),
        limit: Int = 1 << 20
    ) async throws -> TransportError {
        try await ScriptedServer.run(script) { server in
            try await TransportFixture.run { transport in
                let request = try TransportFixture.post(server.url(), body, timeout: timeout, limit: limit)
                return try #require(await TransportFixture.failure(transport, request))
            }
        }
    }

    @Test("a hang after the request was read: sent")
    func hangAfter() async throws {
        let error = try await failure(
            { connection in
                _ = connection.read()
                connection.hold()
            },
            timeout: .milliseconds(300)
        )
        #expect(error.code == .timedOut)
        #expect(error.stage == .sent)
        #expect(error.partial == nil)
    }

    @Test("a hang before a small request was read: sent, because the network has all of it")
    func hangBeforeSmall() async throws {
        let error = try await failure({ $0.hold() }, timeout: .milliseconds(300))
        #expect(error.code == .timedOut)
        #expect(error.stage == .sent)
    }

    @Test("a hang before a large request was read: not sent")
    func hangBeforeLarge() async throws {
        let error = try await failure({ $0.hold() }, body: TransportFixture.largeBody, timeout: .milliseconds(500))
        #expect(error.code == .timedOut)
        #expect(error.stage == .notSent)
    }

    @Test("a reset in the middle of the upload: not sent")
    func resetInUpload() async throws {
        let error = try await failure(
            { connection in
                _ = connection.readHead()
                connection.reset()
            },
            body: TransportFixture.largeBody
        )
        #expect(error.code == .connectionLost)
        #expect(error.stage == .notSent)
    }

    @Test("a reset after the request was read: sent")
    func resetAfter() async throws {
        let error = try await failure { connection in
            _ = connection.read()
            connection.reset()
        }
        #expect(error.code == .connectionLost)
        #expect(error.stage == .sent)
    }

    @Test("a body that ends too early: sent, with what came")
    func truncated() async throws {
        let error = try await failure { connection in
            _ = connection.read()
            connection.write("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"success\"")
        }
        #expect(error.code == .connectionLost)
        #expect(error.stage == .sent)
        #expect(error.partial?.status == 201)
        #expect(error.partial?.body == Array("{\"success\"".utf8))
    }

    @Test("a body that does not end in time: sent, with what came")
    func slowBody() async throws {
        let error = try await failure(
            { connection in
                _ = connection.read()
                connection.write("HTTP/1.1 503 Busy\r\nContent-Length: 100\r\nRetry-After: 7\r\n\r\npart")
                connection.hold()
            },
            timeout: .seconds(3)
        )
        #expect(error.code == .timedOut)
        #expect(error.partial?.status == 503)
        #expect(error.partial?["retry-after"] == "7")
    }

    @Test("a body over the limit: too large, with what the limit allows")
    func overLimit() async throws {
        let error = try await failure({ $0.answerAll(200, String(repeating: "x", count: 5_000)) }, limit: 1_000)
        #expect(error.code == .responseTooLarge)
        #expect(error.stage == .sent)
        #expect(error.partial?.body.count == 1_000)
    }

    @Test("a head over the limit: too large")
    func headOverLimit() async throws {
        let lines = (1...100).map { "X-\($0): " + String(repeating: "y", count: 1_000) }
        let error = try await failure { $0.answerAll(200, "", headers: lines) }
        #expect(error.code == .responseTooLarge)
    }

    @Test("something that is no HTTP: connection lost, sent")
    func noHTTP() async throws {
        let error = try await failure { connection in
            _ = connection.read()
            connection.write("SSH-2.0-OpenSSH_9.6\r\n")
        }
        #expect(error.stage == .sent)
        #expect(error.partial == nil)
        #expect(error.curlCode != 0)
    }

    @Test("a reused connection that dies after the request was read is not tried again behind our back")
    func noSilentRepetition() async throws {
        try await ScriptedServer.run({ connection in
            guard connection.read() != nil else { return }
            connection.answer(200, "first")
            _ = connection.read()
        }) { server in
            try await TransportFixture.run { transport in
                _ = try await transport.perform(TransportFixture.post(server.url(), "one"))
                let error = await TransportFixture.failure(transport, try TransportFixture.post(server.url(), "two"))
                #expect(error?.stage == .sent)
                #expect(error?.code == .connectionLost)
                #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["one", "two"])
            }
        }
    }

    @Test("what a reused handle did before does not count")
    func staleProgress() async throws {
        let closed = try ClosedPort()
        try await ScriptedServer.run({ $0.answerAll(200, "ok") }) { server in
            try await TransportFixture.run { transport in
                _ = try await transport.perform(TransportFixture.post(server.url(), "a long enough body"))
                let request = try TransportFixture.post("http://127.0.0.1:\(closed.number)/", "short")
                let error = await TransportFixture.failure(transport, request)
                #expect(error?.code == .refused)
                #expect(error?.stage == .notSent)
                #expect(error?.partial == nil)
            }
        }
    }

    @Test("a refused connection: not sent")
    func refused() async throws {
        let closed = try ClosedPort()
        try await TransportFixture.run { transport in
            let request = try TransportFixture.post("http://127.0.0.1:\(closed.number)/")
            let error = await TransportFixture.failure(transport, request)
            #expect(error?.code == .refused)
            #expect(error?.stage == .notSent)
        }
    }

    @Test("a name that does not resolve: not sent")
    func unknownHost() async throws {
        try await TransportFixture.run { transport in
            let error = await TransportFixture.failure(
                transport,
                try TransportFixture.post("http://nonexistent.invalid/")
            )
            #expect(error?.code == .dns)
            #expect(error?.stage == .notSent)
        }
    }

    @Test(
        "an address that libcurl must not take",
        arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "http://", "h t"]
    )
    func badAddress(url: String) async throws {
        try await TransportFixture.run { transport in
            let error = await TransportFixture.failure(transport, try TransportFixture.post(url))
            #expect(error?.code == .badRequest)
            #expect(error?.stage == .notSent)
        }
    }

    @Test(
        "a header field that would smuggle a line is refused without showing its value",
        arguments: [
            HeaderField("apiKey", "hush\r\nX: y"), HeaderField("a b", "hush"), HeaderField("", "hush"),
            HeaderField("apiKey", ""), HeaderField("apiKey", "hush\0"),
        ]
    )
    func badHeader(field: HeaderField) {
        let error = #expect(throws: TransportError.self) { try HeaderList([field]) }
        #expect(error?.code == .badRequest)
        #expect(error?.description.contains("hush") == false)
    }
}
