// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import FaultServer
import Testing

@Suite("A transfer that is answered")
struct AnswerTests {
    @Test("brings status, header fields and body; the request arrives as it was given")
    func answered() async throws {
        try await ScriptedServer.run({ $0.answerAll(201, "{}", headers: ["X-Two:  a b ", "x-two: c"]) }) { server in
            try await TransportFixture.run { transport in
                let request = try TransportFixture.post(server.url("/v1/messages/send"), "{\"a\":\"ü\"}")
                let response = try await transport.perform(request)
                #expect(response.status == 201)
                #expect(response.body == Array("{}".utf8))
                #expect(response["x-two"] == "a b")
                #expect(response.headers.map(\.name) == ["content-length", "x-two", "x-two"])
                let received = try #require(server.requests.first)
                #expect(received.head.first == "POST /v1/messages/send HTTP/1.1")
                #expect(received.value("apiKey") == "pk_test")
                #expect(received.value("Content-Type") == "application/json")
                #expect(received.value("Expect") == nil)
                #expect(received.body == request.body)
            }
        }
    }

    @Test("GET and POST take turns on one handle, and an empty POST has a length")
    func methods() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "ok") }) { server in
            try await TransportFixture.run { transport in
                for _ in 1...2 {
                    _ = try await transport.perform(TransportFixture.post(server.url("/p"), "x"))
                    _ = try await transport.perform(TransportFixture.get(server.url("/g")))
                    _ = try await transport.perform(TransportFixture.post(server.url("/e"), ""))
                }
                let lines = server.requests.map { "\($0.head[0]) \($0.value("Content-Length") ?? "-")" }
                let turn = ["POST /p HTTP/1.1 1", "GET /g HTTP/1.1 -", "POST /e HTTP/1.1 0"]
                #expect(lines == turn + turn)
            }
        }
    }

    @Test("uses one connection for requests that follow each other")
    func keepAlive() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "ok") }) { server in
            try await TransportFixture.run { transport in
                for _ in 1...20 { _ = try await transport.perform(TransportFixture.post(server.url())) }
                #expect(server.requests.count == 20)
                #expect(server.connections == 1)
            }
        }
    }

    @Test("takes a new connection where the server closed the old one in between")
    func reconnects() async throws {
        try await ScriptedServer.run({ connection in
            if connection.read() != nil { connection.answer(200, "ok", headers: ["Connection: close"]) }
        }) { server in
            try await TransportFixture.run { transport in
                for _ in 1...3 { _ = try await transport.perform(TransportFixture.post(server.url())) }
                #expect(server.connections == 3)
            }
        }
    }

    @Test("a redirect is an answer and not followed", arguments: [301, 302, 307, 308])
    func redirect(status: Int) async throws {
        try await ScriptedServer.run({ $0.answerAll(status, "", headers: ["Location: /elsewhere"]) }) { server in
            try await TransportFixture.run { transport in
                let response = try await transport.perform(TransportFixture.post(server.url()))
                #expect(response.status == status)
                #expect(response["location"] == "/elsewhere")
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test("an answer that comes before the upload is through counts")
    func earlyAnswer() async throws {
        try await ScriptedServer.run({ connection in
            _ = connection.readHead()
            connection.answer(413, "too large", headers: ["Connection: close"])
            connection.drain()
        }) { server in
            try await TransportFixture.run { transport in
                let request = try TransportFixture.post(server.url(), TransportFixture.largeBody)
                #expect(try await transport.perform(request).status == 413)
            }
        }
    }

    @Test("an interim answer is skipped")
    func interim() async throws {
        try await ScriptedServer.run({ connection in
            _ = connection.read()
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            connection.answer(201, "done")
        }) { server in
            try await TransportFixture.run { transport in
                let response = try await transport.perform(TransportFixture.post(server.url()))
                #expect(
                    response
                        == TransferResponse(
                            status: 201,
                            headers: [HeaderField("content-length", "4")],
                            body: Array("done".utf8)
                        )
                )
            }
        }
    }

    @Test("goes through a proxy only when told to")
    func proxy() async throws {
        try await ScriptedServer.run({ $0.answerAll(200, "proxied") }) { server in
            var options = TransportOptions()
            options.proxy = server.url("")
            try await TransportFixture.run(options) { transport in
                _ = try await transport.perform(TransportFixture.get("http://partner.invalid/templates"))
                #expect(server.requests.first?.head.first == "GET http://partner.invalid/templates HTTP/1.1")
            }
        }
    }

    @Test("a chunked body is put together")
    func chunked() async throws {
        try await ScriptedServer.run({ connection in
            _ = connection.read()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            connection.drain()
        }) { server in
            try await TransportFixture.run { transport in
                let response = try await transport.perform(TransportFixture.get(server.url()))
                #expect(response.body == Array("abcde".utf8))
            }
        }
    }
}
