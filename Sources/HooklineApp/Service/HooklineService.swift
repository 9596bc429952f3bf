// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
package import Delivery
internal import EventIntake
package import Events
package import HTTPValues
package import Logging
import Messages
package import Outbox
internal import PartnerClient
internal import Presentation
internal import Rules
internal import Server
package import ServiceConfiguration
internal import ServiceLifecycle
package import ServiceManager
internal import TemplateCatalogues
internal import UnixSignals
package import Webhooks

/// The whole service: rules, store, listeners and delivery, put together from the configuration.
///
/// Its parts start together and stop in the order of ``ServiceParts/services(handlingSignals:)``; the store closes after
/// all.
package final class HooklineService: Service {
    private let parts: ServiceParts
    private let handlesSignals: Bool
    private let logger: Logger
    private let manager: ServiceManager

    /// Loads the rules and opens the store; nothing runs yet.
    ///
    /// - Parameters:
    ///   - settings: The configuration.
    ///   - logger: Receives the lines of all parts.
    ///   - clock: What time it is, and what is waited on.
    ///   - observer: Sees what the delivery does; for tests.
    ///   - handlesSignals: Whether SIGHUP reads the rules again; `false` for several services in one process.
    ///   - certificates: Where senders' public keys come from; their own hosts if left out.
    ///   - manager: Who started the process, and hears when it is ready and when it stops; nobody if left out.
    /// - Throws: ``StartError`` with everything that is wrong.
    package init(
        settings: Settings,
        logger: Logger,
        clock: any WallClock = SystemClock(),
        observer: any DeliveryObserver = NoObserver(),
        handlesSignals: Bool = true,
        certificates: (any CertificateSource)? = nil,
        manager: ServiceManager = ServiceManager([:])
    ) async throws(StartError) {
        let context = ServiceContext(settings, logger: logger, clock: clock, observer: observer, manager: manager)
        parts = try await ServiceParts(context, certificates: certificates)
        logger.debug(
            "the service is put together",
            metadata: [
                "rules": "\(parts.rules.engine.rules.count)", "sources": "\(settings.sources.count)",
                "accounts": "\(settings.accounts.count)",
            ]
        )
        self.handlesSignals = handlesSignals
        self.logger = logger
        self.manager = manager
    }

    /// Where the service listens; waits until it does.
    ///
    /// - Throws: `CancellationError` when the waiting task is cancelled.
    package var addresses: ServiceAddresses {
        get async throws {
            ServiceAddresses(
                hooks: try await parts.intake.hooks.bound.value,
                admin: try await parts.admin.admin.bound.value
            )
        }
    }

    /// Where events and messages are; closed when ``run()`` returns.
    package var store: any OutboxStore { parts.store.store }

    /// Reads the rules again, as SIGHUP does.
    ///
    /// - Returns: Whether the new rules run; otherwise those before go on.
    @discardableResult
    package func reloadRules() async -> Bool {
        await parts.rules.reloader.reload().isSuccess
    }

    /// Asks the partner for the templates of all accounts now, and waits for its answers.
    package func refreshTemplates() async {
        await parts.partner.templates.refresh()
    }

    /// Runs until a graceful shutdown.
    ///
    /// - Throws: What a part throws that cannot go on, such as a listener whose address is taken.
    package func run() async throws {
        try await run(signals: [])
    }

    /// Runs until SIGTERM or SIGINT, as a program of its own.
    ///
    /// - Parameter onListening: Called once both listeners listen.
    /// - Throws: What a part throws that cannot go on.
    package func run(onListening: @escaping @Sendable (ServiceAddresses) -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask {
                onListening(try await self.addresses)
                self.manager.tell("READY=1")
                await self.showLife()
            }
            // When it cannot start, its error cancels the announcement.
            try await self.run(signals: [.sigterm, .sigint])
            group.cancelAll()
        }
    }

    /// Tells systemd's watchdog, at twice the pace that it wants, that tasks still get their turn.
    private func showLife() async {
        guard let watchdog = manager.watchdog else { return }
        await periodically(every: watchdog / 2, on: SystemClock()) { [manager] in manager.tell("WATCHDOG=1") }
    }

    private func run(signals: [UnixSignal]) async throws {
        let services = parts.services(handlingSignals: handlesSignals)
        let group = ServiceGroup(services: services, gracefulShutdownSignals: signals, logger: logger)
        do {
            try await group.run()
        } catch {
            await parts.close()
            throw error
        }
        await parts.close()
    }
}

/// Where a running service listens; the ports are the real ones where the configuration says 0.
package struct ServiceAddresses: Hashable, Sendable {
    /// Where senders post to.
    package let hooks: ListenAddress
    /// Health, readiness and metrics.
    package let admin: ListenAddress
}

/// Why the service cannot start.
package struct StartError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which part is at fault.
    package enum Kind: Hashable, Sendable {
        /// A rule file has errors.
        case rules
        /// The store cannot be opened.
        case store
        /// The client of the partner API cannot be set up.
        case partner
        /// The client for traces cannot be set up.
        case tracing
        /// A listener's certificate cannot be served.
        case certificates
    }

    /// Which part is at fault.
    package let kind: Kind
    /// Everything that was found, a line each.
    package let findings: [String]

    package init(_ kind: Kind, _ findings: [String]) {
        self.kind = kind
        self.findings = findings
    }

    package var description: String { findings.joined(separator: "\n") }
}
