// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Hummingbird
package import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The partner API as a local server.
package struct SandboxServer: Service {
    /// What it received.
    package let state: SandboxState
    private let application: Application<RouterResponder<SandboxContext>>
    private let address: String

    /// A server that is not listening yet.
    ///
    /// - Parameters:
    ///   - settings: How it is set up.
    ///   - logger: Receives the library's own lines.
    ///   - onListening: Called with the port once it listens.
    /// - Throws: When the state file is damaged or cannot be read.
    package init(
        settings: SandboxSettings,
        logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws {
        let snapshot = try settings.stateFile.flatMap(StateFile.read) ?? SandboxSnapshot(registry: .seed(settings))
        let state = SandboxState(settings, snapshot: snapshot)
        self.state = state
        address = "\(settings.host):\(settings.port)"
        var application = Application(
            router: SandboxRoute.router(Self.routes(settings, state)),
            configuration: .init(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { await onListening($0.localAddress?.port ?? settings.port) },
            logger: logger
        )
        if let url = settings.stateFile { application.addServices(StateFile(url: url, state: state, logger: logger)) }
        self.application = application
    }

    /// All routes over one state.
    static func routes(_ settings: SandboxSettings, _ state: SandboxState) -> [SandboxRoute] {
        ImitatedAPI(settings: settings, state: state).routes
            + AdminAPI(settings: settings, state: state).routes
            + RehearsalAPI(state: state, page: SandboxPage(settings)).routes
    }

    /// Serves until a graceful shutdown.
    ///
    /// - Throws: ``SandboxAddressError`` when the address cannot be had.
    package func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw SandboxAddressError(address: address, reason: String(cString: strerror(error.errnoCode)))
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
