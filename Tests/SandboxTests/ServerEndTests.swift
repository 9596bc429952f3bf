// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import HTTPValues
import Server
import Testing
import WireClient

@testable import Sandbox

@Suite("The connections of a sandbox, and its end", .timeLimit(.minutes(5)))
struct ServerEndTests {
    private static let hanging = [SandboxFault(.hangAfterAccepting, times: 1)]

    @Test("a connection serves one request after the other")
    func kept() async throws {
        try await withSandboxServer { sandbox async throws in
            try await WireConnection.open(to: sandbox.address) { connection in
                for _ in 0..<2 {
                    let answer = try await connection.answer(to: RunningSandbox.message)
                    #expect(answer.status == 201 && answer["connection"] != "close")
                }
            }
            #expect(await sandbox.state.acceptedCount == 2)
        }
    }

    @Test("a request that hangs is cut when the sandbox ends, and its message is kept")
    func hanging() async throws {
        let clock = EndlessClock()
        try await withSandboxServer({ $0.clock = clock }) { sandbox async throws in
            await sandbox.state.setFaults(Self.hanging)
            try await WireConnection.open(to: sandbox.address) { connection in
                try await connection.write(RunningSandbox.message)
                try await clock.asleep.value
                await sandbox.end()
                #expect(try await connection.untilEnd() == "")
            }
            #expect(await sandbox.state.acceptedCount == 1)
        }
    }

    @Test("a request that hangs waits for nothing any more when the sandbox is cancelled")
    func cancelled() async throws {
        let clock = EndlessClock()
        let (server, port) = try sandboxServer { $0.clock = clock }
        await server.state.setFaults(Self.hanging)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try? await server.run() }
            let address = ListenAddress(host: "127.0.0.1", port: try await port.value)
            try await WireConnection.open(to: address) { connection in
                try await connection.write(RunningSandbox.message)
                try await clock.asleep.value
            }
            tasks.cancelAll()
            try await clock.gaveUp.value
        }
    }

    @Test("an open page hears of a message at once, and its stream ends with the sandbox")
    func stream() async throws {
        try await withSandboxServer { sandbox async throws in
            try await WireConnection.open(to: sandbox.address) { page in
                let request = WireRequest(
                    method: "GET",
                    target: "/sandbox/events",
                    headers: [],
                    body: [],
                    framing: .contentLength
                )
                let head = try await page.head(toRest: request.bytes)
                #expect(head.status == 200 && head["content-type"] == "text/event-stream")
                #expect(head["cache-control"] == "no-store" && head["x-content-type-options"] == "nosniff")
                #expect(head["x-accel-buffering"] == "no", "a proxy that collects answers would keep it to itself")
                #expect(try await page.chunk() == ": hello\n\n")
                try await WireConnection.open(to: sandbox.address) { connection in
                    let answer = try await connection.answer(to: RunningSandbox.message)
                    #expect(answer.status == 201)
                }
                let event = try await page.chunk()
                #expect(event.contains("event: message") && event.contains("Hello"))
                await sandbox.end()
                #expect(try await page.chunk() == "")
                try await page.untilClosed()
            }
        }
    }
}
