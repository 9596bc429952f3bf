// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
package import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The partner API as a local server.
package struct SandboxServer: Service {
    /// What it received.
    package let state: SandboxState
    private let application: Application<RouterResponder<BasicRequestContext>>

    /// A server that is not listening yet.
    ///
    /// - Parameters:
    ///   - settings: How it is set up.
    ///   - logger: Receives the library's own lines.
    ///   - onListening: Called with the port once it listens.
    /// - Throws: When the page's template does not compile.
    package init(
        settings: SandboxSettings,
        logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws {
        let state = SandboxState(capacity: settings.maxMessages)
        let endpoint = SandboxEndpoint(settings: settings, state: state, page: try SandboxPage())
        self.state = state
        application = Application(
            router: endpoint.router,
            configuration: .init(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { await onListening($0.localAddress?.port ?? settings.port) },
            logger: logger
        )
    }

    /// Serves until a graceful shutdown.
    ///
    /// - Throws: What binding the address throws.
    package func run() async throws {
        try await application.run()
    }
}
