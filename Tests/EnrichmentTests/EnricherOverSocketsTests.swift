// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Enrichment
import Events
import FaultServer
import TestSupport
import Testing

@Suite("A look-up over real sockets")
struct EnricherOverSocketsTests {
    private struct Unexpected: Error {}

    /// Runs one look-up against a script.
    private func enrich(
        _ script: @escaping ScriptedServer.Script,
        timeout: String? = nil,
        options: TransportOptions = TransportOptions(),
        step: (ScriptedServer) -> EnrichmentStepSettings,
        then check: (Result<JSON, LookUpFailure>, ScriptedServer) throws -> Void
    ) async throws {
        try await ScriptedServer.run(script) { server in
            let transport = try CurlHTTPTransport(options)
            let enricher = Enricher(transport: transport, clock: TestClock()) { _ in throw Unexpected() }
            let enrichment = try Enrichment([step(server)])
            let event = try TestEvent.make(
                body:
                    #"{"data": {"id": 250, "evil": "../../customers?x="}, "url": "https://localhost:\#(server.port)/"}"#
            )
            let result: Result<JSON, LookUpFailure>
            do throws(LookUpFailure) {
                result = .success(try await enricher.enrich(event, with: enrichment))
            } catch {
                result = .failure(error)
            }
            await transport.shutdown()
            try check(result, server)
        }
    }

    private static func orders(_ timeout: String? = nil) -> (ScriptedServer) -> EnrichmentStepSettings {
        { server in TestEvent.step(url: server.url("/orders/{{ data.id }}"), timeout: timeout) }
    }

    @Test("asks once, with the headers of the configuration and the defaults, and brings the answer")
    func asks() async throws {
        try await enrich(
            { $0.answerAll(200, #"{"total": 10.00}"#, headers: ["Content-Type: application/json"]) },
            step: { server in
                TestEvent.step(
                    url: server.url("/orders/{{ data.id }}?q={{ data.evil }}"),
                    headers: [("X-Auth-Token", "token"), ("Order", "{{ data.id }}")]
                )
            },
            then: { result, server in
                #expect(try result.get().text() == #"{"total":10.00}"#)
                let request = try #require(server.requests.first)
                #expect(server.requests.count == 1)
                #expect(request.head.first == "GET /orders/250?q=..%2F..%2Fcustomers%3Fx%3D HTTP/1.1")
                #expect(request.value("Host") == "127.0.0.1:\(server.port)")
                #expect(request.value("X-Auth-Token") == "token")
                #expect(request.value("Order") == "250")
                #expect(request.value("Accept") == "application/json")
                #expect(request.value("User-Agent") == "Hookline")
                #expect(request.body.isEmpty)
            }
        )
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: ScriptedServer.Script

        init(_ expected: String, _ script: @escaping ScriptedServer.Script) {
            testDescription = expected
            self.script = script
        }
    }

    @Test(
        "fails with the reason, and nothing is asked twice",
        arguments: [
            Row("the answer is 301, a redirect") { $0.answerAll(301, "", headers: ["Location: http://127.0.0.1:1/"]) },
            Row("the answer is 404 with text/html") { $0.answerAll(404, "hush", headers: ["Content-Type: text/html"]) },
            Row("the answer has more than 1 MiB") {
                $0.answerAll(200, "\"" + String(repeating: "x", count: 1 << 20) + "\"")
            },
            Row("no answer: ") { connection in
                _ = connection.read()
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"hush\"")
            },
            Row("no answer: ") { connection in
                _ = connection.read()
                connection.write("hush\r\n")
            },
        ]
    )
    func failures(row: Row) async throws {
        try await enrich(row.script, step: Self.orders()) { result, server in
            let failure = try #require(throws: LookUpFailure.self) { try result.get() }
            #expect(failure.reason.hasPrefix("look-up (GET 127.0.0.1): \(row.testDescription)"), "\(failure)")
            #expect(!failure.reason.contains("hush"))
            #expect(!failure.reason.contains("orders"))
            #expect(!failure.isFinal)
            #expect(server.requests.count == 1)
        }
    }

    @Test("a server that hangs costs the step's time-out")
    func hang() async throws {
        try await enrich({ $0.hold() }, step: Self.orders("1s")) { result, _ in
            let failure = try #require(throws: LookUpFailure.self) { try result.get() }
            #expect(failure.reason.contains("no answer: "))
            #expect(!failure.isFinal)
        }
    }

    @Test("an answer of the most allowed bytes is taken")
    func largest() async throws {
        let body = "\"" + String(repeating: "x", count: (1 << 20) - 2) + "\""
        try await enrich({ $0.answerAll(200, body) }, step: Self.orders()) { result, _ in
            let value = try result.get()
            #expect(value.string?.utf8.count == (1 << 20) - 2)
        }
    }

    @Test("a host that only a wildcard covers is not asked when its name leads to this machine")
    func rebinding() async throws {
        // Below .localhost every resolver answers with this machine.
        try await enrich(
            { $0.answerAll(200, "{}") },
            step: { server in
                TestEvent.step(
                    url: "https://{{ 'inside' }}.shop.localhost:{{ '\(server.port)' }}/",
                    hosts: ["*.shop.localhost:\(server.port)"]
                )
            },
            then: { result, server in
                let failure = try #require(throws: LookUpFailure.self) { try result.get() }
                #expect(failure.reason.contains("not of the open Internet"), "\(failure)")
                #expect(failure.isFinal)
                #expect(server.connections == 0)
            }
        )
    }
}
