// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Events
import Foundation
import HooklineApp
import ServiceLifecycle
import ServiceManager
import TestSupport
import Testing

@testable import Sandbox

@Suite("A shutdown behind a load balancer", .timeLimit(.minutes(10)))
struct DepartureTests {
    /// The status of a page, and whether its answer is the last one of its connection.
    private func answer(_ transport: CurlHTTPTransport, _ url: String) async throws -> (status: Int, isLast: Bool) {
        let headers = try HeaderList([])
        let request = TransferRequest(method: .get, url: url, headers: headers, body: [], timeout: .seconds(600))
        let answer = try await transport.perform(request)
        return (answer.status, answer["connection"] == "close")
    }

    @Test("goes on accepting for shutdown_delay, not ready, each answer the last one of its connection")
    func departs() async throws {
        try await withTemporaryFolder { folder in
            let clock = TestClock()
            try await withSandbox(SandboxFaults(), clock: clock) { _, port in
                let setup = HooklineSetup(settings: "shutdown_delay: 10s")
                let settings = try writeSettings(setup, in: folder, partnerPort: port)
                let service = try await HooklineService(
                    settings: settings,
                    logger: quietLogger,
                    clock: clock,
                    handlesSignals: false
                )
                let group = ServiceGroup(services: [service], logger: quietLogger)
                async let run: Void = group.run()
                let addresses = try await service.addresses
                let transport = try CurlHTTPTransport()
                let (readiness, health) = ("http://\(addresses.admin)/readyz", "http://\(addresses.hooks)/healthz")
                #expect(try await answer(transport, readiness).status == 200)
                #expect(try await answer(transport, health) == (200, false))
                await group.triggerGracefulShutdown()
                while try await answer(transport, readiness).status != 503 {}
                while true {
                    let now = try await answer(transport, health)
                    #expect(now.status == 200)
                    if now.isLast { break }
                }
                // Whoever waits for the end is there by now or comes yet: the clock goes on until it has ended.
                let moving = Task { while !Task.isCancelled { await clock.advance(by: .seconds(1)) } }
                defer { moving.cancel() }
                try await run
                await #expect(throws: (any Error).self) { try await answer(transport, health) }
                await transport.shutdown()
            }
        }
    }
}
