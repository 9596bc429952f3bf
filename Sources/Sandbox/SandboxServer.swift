// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPValues
package import Logging
internal import Server
internal import ServiceLifecycle

/// The partner API as a local server.
package struct SandboxServer: Service {
    /// What it received.
    package let state: SandboxState
    private let listener: HTTPListener
    private let stateFile: StateFile?
    private let ending: OnceValue<Void>
    private let onListening: @Sendable (Int) async -> Void
    private let logger: Logger

    /// A server that is not listening yet.
    ///
    /// - Parameters:
    ///   - settings: How it is set up.
    ///   - logger: Receives the listener's own lines.
    ///   - onListening: Called with the port once it listens.
    /// - Throws: When the state file is damaged or cannot be read.
    package init(
        settings: SandboxSettings,
        logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws {
        let snapshot = try settings.stateFile.flatMap(StateFile.read) ?? SandboxSnapshot(registry: .seed(settings))
        let (state, ending) = (SandboxState(settings, snapshot: snapshot), OnceValue<Void>())
        self.state = state
        self.ending = ending
        self.onListening = onListening
        self.logger = logger
        stateFile = settings.stateFile.map { StateFile(url: $0, state: state, logger: logger) }
        listener = HTTPListener(
            address: ListenAddress(host: settings.host, port: settings.port),
            endpoint: SandboxEndpoint(routes: Self.routes(settings, state, ending: ending)),
            limits: Self.limits,
            loops: HTTPListener.standardLoops,
            logger: logger
        )
    }

    /// All routes over one state.
    static func routes(_ settings: SandboxSettings, _ state: SandboxState, ending: OnceValue<Void>) -> [SandboxRoute] {
        ImitatedAPI(settings: settings, state: state, ending: ending).routes
            + AdminAPI(settings: settings, state: state).routes
            + RehearsalAPI(state: state, page: SandboxPage(settings)).routes
    }

    /// Those of every listener; but whoever is slow has an hour for everything, so that nobody sees a fault that was not ordered.
    private static var limits: HTTPLimits {
        var limits = HTTPLimits()
        let hour = Duration.seconds(3_600)
        limits.headTime = hour
        limits.bodyTime = hour
        limits.answerTime = hour
        // The longest of them, so that a head or a body that stops is answered.
        limits.idleTime = hour + .seconds(5)
        return limits
    }

    /// Serves until a graceful shutdown; however it ends, no request is left that hangs.
    ///
    /// - Throws: ``SandboxAddressError`` when the address cannot be had.
    package func run() async throws {
        defer { ending.set(()) }
        // Ended in the other order: the file is written once nothing more is accepted.
        let parts: [any Service] = (stateFile.map { [$0] } ?? []) + [listener]
        let services = ServiceGroup(services: parts, logger: logger)
        do {
            try await withThrowingTaskGroup(of: Void.self) { [listener, onListening, ending] group in
                group.addTask { await onListening(try await listener.bound.value.port) }
                defer { group.cancelAll() }
                try await withGracefulShutdownHandler {
                    try await services.run()
                } onGracefulShutdown: {
                    ending.set(())
                }
            }
        } catch let error as ListenError {
            throw SandboxAddressError(address: "\(error.address)", reason: error.reason)
        }
    }
}

/// Why the sandbox cannot listen.
package struct SandboxAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it was to listen.
    package let address: String
    /// What the system says.
    package let reason: String

    /// Both.
    package var description: String {
        "the sandbox cannot listen on \(address): \(reason); another one may run there"
    }
}
