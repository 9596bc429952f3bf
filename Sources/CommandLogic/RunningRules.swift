// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Logging
internal import Presentation
package import Sandbox
package import ServiceConfiguration
internal import ServiceLifecycle
internal import UnixSignals

/// Which rules a running service has, and how it last read them.
package struct RunningRules: Hashable, Sendable {
    /// What the service answered.
    package let json: JSON

    /// Takes over an answer.
    ///
    /// - Parameter json: What `/rules/status` answered.
    package init(json: JSON) {
        self.json = json
    }

    /// Whether the files that were read last are what runs.
    package var isSuccess: Bool { json["success"] == true }

    /// What became of those files.
    private var state: String {
        if isSuccess { return "these rules run" }
        return json["waits_for_templates"] == true
            ? "the files wait for templates that the account does not have, and are taken when it has them; until then the rules from before go on"
            : "the files have errors; the rules from before go on"
    }

    /// The status for people.
    package var text: String {
        let rules = json["rules"]?.array ?? []
        let table = TextTable.render(
            titles: ["RULE", "SOURCE", "EVENTS", "MODE", "FILE"],
            rows: rules.map { rule in ["name", "source", "events", "mode", "file"].map { rule[$0]?.string ?? "-" } }
        )
        let findings = (json["diagnostics"]?.array ?? []).compactMap { $0["text"]?.string }.map {
            VisibleText.line($0) + "\n"
        }.joined()
        return "read \(json["at"]?.string ?? "-"): \(state)\n\(findings)\n\(table)"
    }

    /// Asks the service of a configuration.
    ///
    /// - Parameter settings: Where its inner listener is.
    /// - Returns: Its answer.
    /// - Throws: ``RunningService/Failure`` when it does not answer.
    package static func fetch(_ settings: Settings) async throws(RunningService.Failure) -> RunningRules {
        RunningRules(json: try await RunningService(settings).ask("/rules/status"))
    }
}

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

    /// Does something while a sandbox listens where it does by default.
    ///
    /// - Parameter body: What is done; also where the address is taken, by another sandbox perhaps.
    /// - Returns: What it returns.
    /// - Throws: When the sandbox's templates cannot be read.
    package static func during<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async throws -> Value {
        var logger = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let settings = SandboxSettings(catalogue: try SandboxTemplates.catalogue())
        let server = try SandboxServer(settings: settings, logger: logger) { port.yield($0) }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await server.run()
                port.finish()
            }
            _ = await ports.first { _ in true }
            let value = await body()
            group.cancelAll()
            return value
        }
    }
}
