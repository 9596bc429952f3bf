// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import FaultServer
import HTTPValues
import ServiceConfiguration
import Testing

@testable import Doctor

@Suite("Whether the running service is ready", .timeLimit(.minutes(10)))
struct ReadinessProbeTests {
    private func ask(_ configuration: String, patience: Duration = .seconds(30)) async -> ReadinessReport {
        // No variable and no other file: what would need one is not read.
        let environment = SettingsEnvironment(variables: ["INNER": "127.0.0.1:1"]) { path in
            path == "hookline.yaml" ? Array(configuration.utf8) : nil
        }
        return await ReadinessProbe(configuration: "hookline.yaml", environment: environment, patience: patience).run()
    }

    private func ask(_ server: ScriptedServer, patience: Duration = .seconds(30)) async -> ReadinessReport {
        // Secrets that are not there, and a mistake: the service that runs has read another file.
        await ask(
            """
            admin: {listen: "127.0.0.1:\(server.port)"}
            accounts: {main: {api_key: "${NOT_SET}", api_secret: file:none}}
            numbering_plans: none.bin
            sources: 7
            """,
            patience: patience
        )
    }

    @Test("a service that is ready is, whatever else the configuration says by now")
    func ready() async throws {
        let answer =
            #"{"ready": true, "checks": [{"name": "rules", "passing": false, "required": false, "detail": "old"}]}"#
        try await ScriptedServer.run({ $0.answerAll(200, answer) }) { server in
            let report = await ask(server)
            let address = server.url("/readyz")
            #expect(report.text == "ready: \(address) says so\n")
            #expect(report.json == ["ready": true, "reason": .string("\(address) says so")])
            #expect(server.requests.map { $0.head[0] } == ["GET /readyz HTTP/1.1"])
        }
    }

    @Test("one that is not says what keeps it, in one line, and not what else is wrong")
    func notReady() async throws {
        let answer = #"""
            {"ready": false, "checks": [
              {"name": "store", "passing": false, "required": true, "detail": "it is\nlocked"},
              {"name": "delivery", "passing": false, "required": true, "detail": "it has stopped"},
              {"name": "clock", "passing": false, "required": false, "detail": "it is ahead"},
              {"name": "rules", "passing": true, "required": false, "detail": "2 rules run"}]}
            """#
        try await ScriptedServer.run({ $0.answerAll(503, answer) }) { server in
            let report = await ask(server)
            #expect(!report.isReady)
            #expect(report.text.hasPrefix("not ready: store: it is"))
            #expect(report.text.hasSuffix("locked; delivery: it has stopped\n"))
            #expect(report.text.split(separator: "\n").count == 1)
        }
    }

    @Test(
        "another program at the address is not ready",
        arguments: ["<html>fine</html>", #"{"status": "UP"}"#, "[]", ""]
    )
    func stranger(_ answer: String) async throws {
        try await ScriptedServer.run({ $0.answerAll(200, answer) }) { server in
            let report = await ask(server)
            #expect(!report.isReady)
            #expect(report.text.hasPrefix("not ready: \(server.url("/readyz"))"))
        }
    }

    @Test("one that takes the connection and says nothing, as a process that was stopped does, is not ready in time")
    func silent() async throws {
        try await ScriptedServer.run({ $0.hold() }) { server in
            let report = await ask(server, patience: .milliseconds(50))
            #expect(report.text.hasPrefix("not ready: \(server.url("/readyz")): "))
        }
    }

    @Test("where nobody listens it is not ready")
    func nobody() async throws {
        let port = try ClosedPort()
        let report = await ask("admin: {listen: \"127.0.0.1:\(port.number)\"}")
        #expect(report.text.hasPrefix("not ready: http://127.0.0.1:\(port.number)/readyz: "))
        withExtendedLifetime(port) {}
    }

    @Test(
        "an address that cannot be known is said with its place",
        arguments: [
            ("admin: {listen: 8081}", "not ready: hookline.yaml:1:17: error: found '8081'; expected host:port"),
            ("admin: {listen: [a]}", "not ready: hookline.yaml:1:17: "),
            ("admin: {listen: \"${NONE}\"}", "not ready: hookline.yaml:1:17: error: the environment has no NONE"),
            ("admin: [", "not ready: hookline.yaml:"),
        ]
    )
    func unknown(_ configuration: String, _ text: String) async {
        let report = await ask(configuration)
        #expect(!report.isReady)
        #expect(report.text.hasPrefix(text), "\(report.text)")
    }

    @Test("the address is the configuration's, a variable's, or what holds without one")
    func address() {
        func address(_ text: String) -> String? {
            let environment = SettingsEnvironment(variables: ["INNER": "[::1]:9001"]) { _ in Array(text.utf8) }
            var reader = SettingsReader(path: "hookline.yaml", environment: environment)
            return reader.readInnerAddress().address?.description
        }
        #expect(address("listen: 0.0.0.0:1\n") == "127.0.0.1:8081")
        #expect(address("admin: {rate: 1/s}") == "127.0.0.1:8081")
        #expect(address("admin: {listen: ${INNER}}") == "[::1]:9001")
        #expect(address("admin: {listen: ':9002'}") == "0.0.0.0:9002")
    }
}
