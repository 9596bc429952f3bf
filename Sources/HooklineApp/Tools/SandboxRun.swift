// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Logging
package import Sandbox
internal import ServiceLifecycle
internal import UnixSignals

/// Runs a sandbox until SIGTERM or SIGINT.
package enum SandboxRun {
    /// Runs it.
    ///
    /// - Parameters:
    ///   - settings: How it is set up.
    ///   - onListening: Called with the port once it listens.
    /// - Throws: What binding the address throws.
    package static func run(_ settings: SandboxSettings, onListening: @escaping @Sendable (Int) async -> Void)
        async throws
    {
        var logger = Logger(label: "sandbox") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let server = try SandboxServer(settings: settings, logger: logger, onListening: onListening)
        try await ServiceGroup(
            services: [server],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }
}
