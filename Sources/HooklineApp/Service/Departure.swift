// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import NIOConcurrencyHelpers
internal import Server
internal import ServiceLifecycle
internal import ServiceManager

/// The first service that stops: for as long as `shutdown_delay` says it keeps the others going after SIGTERM.
///
/// A load balancer hears of the end from `/readyz` only when it asks the next time, and sends requests until then. They are served,
/// and each answer closes its connection, so that the next request comes by a new one, to somebody else.
struct Departure: Service {
    /// Whether it has begun.
    final class Stage: Sendable {
        private let hasBegun = NIOLockedValueBox(false)

        var isDeparting: Bool { hasBegun.withLockedValue(\.self) }

        fileprivate func begin() { hasBegun.withLockedValue { $0 = true } }
    }

    let delay: Duration
    let clock: any WallClock
    let stage: Stage
    let manager: ServiceManager
    /// Whose connections go.
    let listener: HTTPListener

    func run() async throws {
        try? await gracefulShutdown()
        stage.begin()
        manager.tell("STOPPING=1")
        guard delay > .zero else { return }
        listener.depart()
        try? await clock.sleep(untilSteady: clock.steadyNow.advanced(by: delay))
    }
}
