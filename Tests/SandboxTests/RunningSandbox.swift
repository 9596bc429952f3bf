// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import Server
import ServiceLifecycle
import TestSupport
import Testing
import WireClient

@testable import Sandbox

/// A sandbox that listens.
struct RunningSandbox {
    let address: ListenAddress
    let state: SandboxState
    fileprivate let group: ServiceGroup

    /// Begins a graceful shutdown.
    func end() async { await group.triggerGracefulShutdown() }

    /// A message to be sent, with the key.
    static let message = WireRequest(
        method: "POST",
        target: SandboxUnderTest.sendPath,
        headers: SandboxUnderTest.key.map { [$0.name.rawName, $0.value] },
        body: Array(#"{"type": "text", "phone": "919876543210", "content": "Hello"}"#.utf8),
        framing: .contentLength
    )
}

/// Runs a server on a free port beside a body, and shuts it down gracefully afterwards.
///
/// - Parameters:
///   - change: Changes its settings before it begins.
///   - body: Uses it, and may end it.
/// - Throws: What setting it up or using it throws.
func withSandboxServer(
    _ change: (inout SandboxSettings) -> Void = { _ in },
    _ body: (RunningSandbox) async throws -> Void
) async throws {
    let (server, port) = try sandboxServer(change)
    let group = ServiceGroup(services: [server], logger: quietLogger)
    async let run: Void = group.run()
    let result: Result<Void, any Error>
    do {
        let address = ListenAddress(host: "127.0.0.1", port: try await port.value)
        result = .success(try await body(RunningSandbox(address: address, state: server.state, group: group)))
    } catch {
        result = .failure(error)
    }
    await group.triggerGracefulShutdown()
    try await run
    try result.get()
}

/// A server that does not run yet, and the port on which it will.
func sandboxServer(_ change: (inout SandboxSettings) -> Void) throws -> (SandboxServer, port: OnceValue<Int>) {
    var settings = SandboxSettings(catalogue: try SandboxTemplates.catalogue())
    settings.port = 0
    change(&settings)
    let port = OnceValue<Int>()
    return (try SandboxServer(settings: settings, logger: quietLogger) { port.set($0) }, port)
}

/// A clock on which whoever sleeps is never woken, and which tells of the first who does.
final class EndlessClock: WallClock {
    /// Known once somebody sleeps.
    let asleep = OnceValue<Void>()
    /// Known once somebody gave up sleeping.
    let gaveUp = OnceValue<Void>()

    var now: Timestamp { StillClock().now }
    var minimumResolution: Duration { StillClock().minimumResolution }

    func sleep(until deadline: Timestamp, tolerance: Duration?) async throws {
        asleep.set(())
        defer { gaveUp.set(()) }
        try await OnceValue<Void>().value
    }
}
