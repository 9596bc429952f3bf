// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import FaultServer
import Logging
import PrometheusMetrics
import ServiceLifecycle
import TestSupport
import Testing
import TraceCollector
import Traces

@Suite("The end of an exporter", .timeLimit(.minutes(5)))
struct ExporterShutdownTests {
    /// Runs the exporter in a group that a body tells to stop.
    private func run(
        _ fixture: ExporterFixture,
        _ body: (ServiceGroup) async throws -> Void
    ) async throws {
        let group = ServiceGroup(services: [fixture.exporter], logger: Logger(label: "group"))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            try await body(group)
            try await tasks.waitForAll()
        }
        await fixture.end()
    }

    @Test("what waits is brought before the end, without waiting for others")
    func flush() async throws {
        try await ScriptedServer.run {
            $0.answerAll(200, "{}")
        } _: { server in
            let fixture = try ExporterFixture(server.url())
            try await run(fixture) { group in
                fixture.add(2)
                await fixture.clock.untilSleeping()
                await group.triggerGracefulShutdown()
            }
            let names = try server.names
            #expect(names == [["s1", "s2"]])
            #expect(fixture.counted("exported") == 2)
        }
    }

    @Test("a collector that hangs holds the end up for five seconds, and what it did not take is counted")
    func hanging() async throws {
        try await ScriptedServer.run { connection in
            _ = connection.read()
            connection.hold()
        } _: { server in
            let fixture = try ExporterFixture(server.url())
            try await run(fixture) { group in
                fixture.add(3)
                await server.received(1)
                fixture.add(2, from: 4)
                await group.triggerGracefulShutdown()
                await fixture.clock.untilSleeping(to: fixture.clock.now.advanced(by: .seconds(5)))
                await fixture.clock.advance(by: .seconds(5))
            }
            #expect(fixture.counted("shut_down") == 5)
            #expect(fixture.queue.count == 0)
        }
    }

    @Test("a pause between two tries holds the end up no longer, and what was to be tried again is counted")
    func pausing() async throws {
        try await ScriptedServer.run {
            $0.answerAll(503, "", headers: ["Retry-After: 30"])
        } _: { server in
            let fixture = try ExporterFixture(server.url())
            try await run(fixture) { group in
                fixture.add(3)
                let next = fixture.clock.now.advanced(by: .seconds(30))
                await fixture.clock.untilSleeping(to: next)
                await group.triggerGracefulShutdown()
                await fixture.clock.untilSleeping(to: fixture.clock.now.advanced(by: .seconds(5)))
                #expect(fixture.counted("shut_down") == 0)
                await fixture.clock.advance(by: .seconds(5))
            }
            // The pause would have gone on for 25 seconds more.
            #expect(server.requests.count == 1)
            #expect(fixture.counted("shut_down") == 3)
            #expect(fixture.counted("exported") == 0)
        }
    }

    @Test("one that has nothing to bring ends at once")
    func idle() async throws {
        let port = try ClosedPort()
        let fixture = try ExporterFixture("http://127.0.0.1:\(port.number)/")
        try await run(fixture) { await $0.triggerGracefulShutdown() }
        #expect(fixture.registry.text().isEmpty)
        #expect(fixture.lines.isEmpty)
    }
}
