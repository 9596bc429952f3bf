// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
package import HooklineApp
package import Logging
internal import Outbox
internal import PartnerAPI
internal import PartnerClient
internal import Presentation
internal import Sandbox
package import ServiceConfiguration
internal import ServiceLifecycle
internal import UnixSignals

/// The service and the partner's sandbox in one process, for writing rules: what comes, and what customers would read, is
/// told as it happens.
package struct Workbench: Service {
    /// How often the store is asked what came.
    private static let interval: Duration = .milliseconds(200)

    private let settings: Settings
    /// Where the sandbox listens on 127.0.0.1; 0 takes a free port, to which the accounts are turned.
    var port: Int
    private let logger: Logger
    private let say: @Sendable (String) -> Void
    /// Whether SIGHUP reads the rules again; `false` for tests, which have one process.
    var handlesSignals = true
    private let onListening: @Sendable (ServiceAddresses, _ sandbox: Int) -> Void

    /// A workbench that does not run yet.
    ///
    /// - Parameters:
    ///   - settings: The configuration, whose accounts are at a sandbox of this machine.
    ///   - logger: Receives the lines of the service.
    ///   - say: Receives what happens, in lines for people.
    ///   - onListening: Called once senders may post, with the port of the sandbox, too.
    /// - Throws: ``WorkbenchError`` where an account would send to somebody.
    package init(
        settings: Settings,
        logger: Logger,
        say: @escaping @Sendable (String) -> Void,
        onListening: @escaping @Sendable (ServiceAddresses, _ sandbox: Int) -> Void
    ) throws(WorkbenchError) {
        var ports: Set<Int> = []
        for account in settings.accounts {
            guard let port = Self.localPort(account.partner.baseURL) else {
                throw WorkbenchError(realAccount: account.name)
            }
            ports.insert(port)
        }
        guard let port = ports.first, ports.count == 1 else { throw WorkbenchError(ports: ports.sorted()) }
        self.settings = settings
        self.port = port
        self.logger = logger
        self.say = say
        self.onListening = onListening
    }

    /// The port of an address of this machine; `nil` for others.
    private static func localPort(_ address: String) -> Int? {
        address.prefixMatch(of: #/http:\/\/(?:127\.0\.0\.1|localhost):([0-9]{1,5})\//#).flatMap { Int($0.output.1) }
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: As ``run()``.
    package func runUntilStopped() async throws {
        try await ServiceGroup(services: [self], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    }

    /// Runs until a graceful shutdown.
    ///
    /// - Throws: What keeps the sandbox or the service from running, such as an address that is taken.
    package func run() async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var quiet = logger
        quiet.logLevel = .warning
        var sandboxSettings = SandboxSettings(catalogue: try SandboxTemplates.catalogue())
        sandboxSettings.port = self.port
        let sandbox = try SandboxServer(settings: sandboxSettings, logger: quiet) { port.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sandbox.run() }
            group.addTask {
                guard let port = await ports.first(where: { _ in true }) else { return }
                try await serve(sandbox.state, at: port)
            }
            // Both end by themselves at a shutdown, the service when it has drained; one that fails ends the other.
            do {
                for try await _ in group {}
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    private func serve(_ sandbox: SandboxState, at port: Int) async throws {
        var settings = settings
        settings.accounts = try settings.accounts.map { try $0.moved(to: PartnerAddress.sandbox(port: port)) }
        let service = try await HooklineService(settings: settings, logger: logger, handlesSignals: handlesSignals)
        let store = try await StoreOpener.openForTools(settings.store)
        do {
            // What was there before is left out, and what comes from the first request on is told.
            var log = WorkbenchLog(store: store)
            try await log.skipWhatIsThere()
            try await withThrowingTaskGroup(of: Void.self) { [log] group in
                group.addTask {
                    onListening(try await service.addresses, port)
                    await cancelWhenGracefulShutdown { await tell(log, sandbox) }
                }
                try await service.run()
                group.cancelAll()
            }
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    /// Tells what comes until it is cancelled.
    private func tell(_ log: WorkbenchLog, _ sandbox: SandboxState) async {
        var log = log
        var told = 0
        while !Task.isCancelled {
            do throws(StoreError) {
                for line in try await log.next() { say(line) }
            } catch {
                if !Task.isCancelled {
                    logger.warning("what came cannot be told", metadata: ["reason": "\(error.reason)"])
                }
            }
            for message in await sandbox.received(after: told) {
                say(Self.bubble(message))
                told = message.sequence
            }
            // A cancelled sleep ends the loop.
            try? await SystemClock().sleep(until: SystemClock().now.advanced(by: Self.interval), tolerance: nil)
        }
    }

    private static func bubble(_ message: ReceivedMessage) -> String {
        let name = message.recipientName.map { " (\(VisibleText.line($0)))" } ?? ""
        let text = message.rendering.map(ChatBubble.draw) ?? message.request.json().text(.indented)
        return "to +\(message.recipient.digits)\(name)\n\(text)\n"
    }
}

/// Why there is no workbench.
package struct WorkbenchError: Error, Hashable, Sendable {
    /// What was found and what was expected.
    package let reason: String

    init(realAccount name: String) {
        reason =
            "account '\(name)' is not at a sandbox of this machine (\(PartnerAddress.sandbox)), and would send to real "
            + "people; unset the variables of its key, or run 'hookline serve'"
    }

    init(ports: [Int]) {
        let list = ports.map(String.init).joined(separator: " and ")
        reason = "the accounts have sandboxes at the ports \(list); expected one for all"
    }
}
