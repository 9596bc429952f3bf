// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Delivery
internal import Digests
internal import EventIntake
internal import Events
internal import HTTPValues
internal import Logging
internal import LookUps
internal import Messages
internal import MetricFamilies
internal import Outbox
internal import PrometheusMetrics
internal import Server
internal import ServiceConfiguration
internal import ServiceLifecycle
internal import ServiceManager
internal import TemplateCatalogues
internal import TraceExport
internal import Webhooks

/// What every part of a service is given.
struct ServiceContext: Sendable {
    let settings: Settings
    let clock: any WallClock
    /// What time it is for keys and for deleting.
    let reckoned: ReckonedTime
    let registry = PrometheusRegistry(help: MetricHelp.texts)
    let logger: Logger
    /// Sees what the delivery does; for tests.
    let observer: any DeliveryObserver
    /// Who started the process.
    let manager: ServiceManager
    let departure = Departure.Stage()
    private let proxyFailures: CounterFamily<ProxyFailure>

    init(
        _ settings: Settings,
        logger: Logger,
        clock: any WallClock,
        observer: any DeliveryObserver,
        manager: ServiceManager
    ) {
        self.manager = manager
        self.settings = settings
        self.clock = StoreOpener.clock(settings.store, over: clock)
        reckoned = ReckonedTime(clock: self.clock)
        self.logger = logger
        self.observer = observer
        proxyFailures = CounterFamily("hookline_proxy_failures_total", factory: registry) { [("reason", $0.rawValue)] }
    }

    /// How often those who wait ask the store by themselves.
    var polling: Polling {
        switch settings.store {
        case .sqlite: .ofOneProcess
        case .postgres: .ofNodes
        }
    }

    /// What listens on the socket of that name which systemd has opened, else on an address.
    func listener(
        _ name: String,
        _ address: ListenAddress,
        _ endpoint: any HTTPEndpoint,
        tls: TLSPart,
        takesProxyHeader: Bool = false,
        loops: Int = 1
    ) -> HTTPListener {
        HTTPListener(
            address: address,
            socket: manager.sockets[name],
            proxies: ProxyDoor(trusted: settings.trustedProxies, takesHeader: takesProxyHeader) {
                [proxyFailures] failure in
                proxyFailures.increment(failure)
            },
            tls: tls.door(name),
            endpoint: endpoint,
            loops: loops,
            logger: logger
        )
    }

    /// The names of the configuration's sources: rules about others send nothing.
    var sources: [String] { settings.sources.map(\.name) }
    /// The names of the accounts, the default first.
    var accounts: [String] { settings.accounts.map(\.name) }
}

/// The parts of a service, wired: the composition root.
///
/// Each part makes what it has from the context and from parts before it, and names the services that run for it. A
/// feature grows the part that it belongs to, and this only when it is a part of its own.
struct ServiceParts: Sendable {
    let partner: PartnerPart
    let store: StorePart
    let rules: RulesPart
    let delivery: DeliveryPart
    let intake: IntakePart
    let tracing: TracingPart
    let tls: TLSPart
    let admin: AdminPart
    private let departure: Departure

    /// Makes all parts; what can be wrong with files comes before anything is opened.
    init(_ context: ServiceContext, certificates: (any CertificateSource)?) async throws(StartError) {
        let files = try RulesPart.Files(context)
        tls = try TLSPart(context)
        partner = try PartnerPart(context)
        tracing = try TracingPart(context)
        store = try await StorePart(context)
        rules = RulesPart(files, context, partner)
        delivery = DeliveryPart(context, store, partner, rules, tracing)
        intake = IntakePart(context, store, partner, rules, tracing, tls, certificates: certificates)
        admin = AdminPart(context, store, partner, rules, delivery, tls)
        departure = Departure(
            delay: context.settings.shutdownDelay,
            clock: context.clock,
            stage: context.departure,
            manager: context.manager,
            listener: intake.hooks
        )
    }

    /// All services in the order in which they start; they stop in the opposite one.
    ///
    /// So it is said first, and waited for (``Departure``); then nothing new comes in, then rules are read no more, then the dispatcher lets requests that have left come
    /// back, then the spans of all that are brought away, and health and metrics are there to the end.
    func services(handlingSignals: Bool) -> [any Service] {
        let services =
            admin.services + tracing.services + partner.services + store.services + delivery.services
            + rules.services(handlingSignals: handlingSignals) + tls.services(handlingSignals: handlingSignals)
            + intake.services + [departure]
        return services.map(NamedService.init)
    }

    /// Ends what is no service: connections, then the store.
    func close() async {
        await partner.close()
        await tracing.close()
        await store.store.close()
    }
}

/// A service that is known by its type.
///
/// `ServiceGroup` describes each of its services, for its own log, when it is made. Without a description of their own
/// they would be described by all that they hold: the rules, the stores, and at debug level in the log.
private struct NamedService: Service, CustomStringConvertible {
    private let service: any Service
    let description: String

    init(_ service: any Service) {
        self.service = service
        description = "\(type(of: service))"
    }

    func run() async throws { try await service.run() }
}

/// What the service's metrics mean, for their `HELP` lines.
enum MetricHelp {
    static let texts = parts.reduce([:]) { all, some in all.merging(some) { $1 } }

    private static let parts = [
        IntakeMetrics.help, LookUpMetrics.help, DigestMetrics.help, RulesReloader.help, TemplateReport.help,
        JobMetrics.help, TraceMetrics.help, StandingMetrics.help, TLSMetrics.help, delivery,
    ]

    private static let delivery = [
        "hookline_proxy_failures_total": "Connections that did not begin with a PROXY header of a trusted proxy.",
        "hookline_attempts_total": "Attempts to send a message, by how they ended.",
        "hookline_attempt_duration_seconds": "From handing a request to the partner's client to its outcome.",
        "hookline_messages_in_flight": "Requests to the partner that are on their way.",
        "hookline_portfolio_recipients": "Different recipients of templates in the last 24 hours.",
        "hookline_portfolio_limit": "How many of them there may be.",
        "hookline_pair_waiting": "Messages that wait for their turn behind others to the same recipient.",
        "hookline_account_uncertain_held":
            "1 while too many answers leave open whether messages were taken, and such messages wait for a person.",
        "hookline_account_paused": "1 while the partner refuses the account's credentials.",
        "hookline_account_circuit_open": "1 while the partner fails again and again and the account's messages wait.",
        "hookline_account_stopped": "1 while a part of the account waits for a person to resume it.",
        "hookline_account_slowed": "1 while the partner throttles the account and it goes slower.",
        "hookline_meta_codes_total": "Answers with one of Meta's error codes.",
        "hookline_outbox_depth": "Messages by state.",
        "hookline_consent_open":
            "Recipients about whom a person should decide: doubtful words, messages that do not arrive.",
        "hookline_messages_rescued_total": "Messages whose worker died in the middle of an attempt.",
        "hookline_messages_held_total": "Due messages that a gate held before they were sent.",
        "hookline_clock_steps_total": "How often somebody set the machine's clock while the service ran.",
        "hookline_clock_doubt_seconds": "How far the clock is ahead of what is believed; 0 when it is believed.",
        "hookline_store_examined": "1 when the whole store was read at the start and found sound.",
        "hookline_store_failures_total": "What the store did not do when the delivery asked it.",
    ]
}
