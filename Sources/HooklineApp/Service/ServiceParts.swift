// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import CoreMetrics
internal import CurlTransport
internal import Delivery
internal import DurableAPI
internal import Enrichment
internal import EventIntake
internal import Events
internal import Foundation
internal import Logging
internal import Messages
internal import Metrics
internal import Outbox
internal import PartnerClient
internal import Rules
internal import Server
internal import Webhooks

/// The parts of a service, wired: the composition root.
struct ServiceParts: Sendable {
    let store: any ServiceStore
    let transport: CurlHTTPTransport
    /// For senders' APIs and certificates: what hangs there takes no connection from the partner, and the
    /// certificates that are trusted for the partner are not meant for them.
    let outside: CurlHTTPTransport
    let templates: TemplateCatalogueKeeper
    let reloader: RulesReloader
    let watcher: RulesWatcher
    let dispatcher: Dispatcher
    let rescuer: Rescuer
    let pruner: Pruner
    let depth: DepthReporter
    let timeKeeper: TimeKeeper
    let lookUps: LookUpService
    let hooks: HTTPListener
    let admin: HTTPListener

    init(
        _ settings: Settings,
        logger: Logger,
        clock: any WallClock,
        observer: any DeliveryObserver,
        certificates: (any CertificateSource)? = nil
    ) async throws(StartError) {
        let registry = PrometheusRegistry(help: MetricHelp.texts)
        let (rules, findings) = try Self.rules(settings)
        let reckoned = ReckonedTime(clock: clock)
        let (transport, client) = try Self.partner(settings, clock: clock, reckoned)
        self.transport = transport
        let outside = try Self.outside(settings)
        self.outside = outside
        let templates = TemplateCatalogueKeeper(settings, client: client, clock: clock, logger: logger)
        self.templates = templates
        let engine = RulesEngine(rules: rules, accounts: settings.accounts.map(\.name), templates: templates)
        let report = TemplateReport(
            keeper: templates,
            engine: engine,
            sources: settings.sources.map(\.name),
            clock: clock,
            metrics: registry
        )
        let (store, examination) = try await Self.store(settings, reckoned)
        self.store = store
        Self.report(examination, registry, logger)
        reloader = RulesReloader(
            path: settings.rules,
            sources: settings.sources.map(\.name),
            engine: engine,
            firstReading: findings,
            gate: TemplateGate(keeper: templates, sources: settings.sources.map(\.name)),
            clock: clock,
            metrics: registry,
            logger: logger,
            onReload: { templates.requestRefresh() }
        )
        watcher = RulesWatcher(
            path: settings.rules,
            reloader: reloader,
            templateChanges: templates.changes,
            clock: clock
        )
        let metrics = DeliveryMetrics(factory: registry)
        dispatcher = Dispatcher(
            store: store,
            sender: client,
            accounts: settings.accounts.map(\.limits),
            settings: DeliverySettings(lease: Self.lease(settings), drain: settings.drain),
            clock: clock,
            metrics: metrics,
            logger: logger,
            observer: observer
        )
        rescuer = Rescuer(
            store: store,
            held: dispatcher.held,
            clock: clock,
            metrics: metrics,
            logger: logger,
            observer: observer
        )
        pruner = Pruner(
            store: store,
            retention: Retention(events: settings.retention),
            clock: clock,
            logger: logger,
            observer: observer
        )
        depth = DepthReporter(store: store, clock: clock, metrics: metrics, logger: logger, observer: observer)
        timeKeeper = TimeKeeper(store: store, reckoned: reckoned, clock: clock, metrics: registry, logger: logger)
        let intakeMetrics = IntakeMetrics(factory: registry)
        lookUps = LookUpService(
            settings.sources.map { LookUpQueue.Source($0, settings.lookUps[$0.name]) },
            LookUpQueue.Parts(
                enricher: Enricher(transport: outside, clock: clock) {
                    try String(contentsOfFile: $0, encoding: .utf8)
                },
                rules: engine,
                store: store,
                clock: clock,
                metrics: LookUpMetrics(factory: registry),
                messages: intakeMetrics,
                logger: logger
            )
        )
        let intake = Intake(
            sources: settings.sources,
            rules: engine,
            store: store,
            certificates: CertificateCache(certificates ?? CertificateFetcher(transport: outside)),
            lookUps: lookUps,
            clock: clock,
            metrics: intakeMetrics,
            logger: logger
        )
        let api = PublicAPI(
            store: store,
            accounts: settings.accounts.map(\.name),
            templates: { templates.catalogue(account: $0) },
            clock: clock,
            metrics: intakeMetrics,
            logger: logger
        )
        let outer = PublicEndpoint(intake: intake, api: api)
        hooks = HTTPListener(
            address: settings.listen,
            endpoint: outer,
            loops: HTTPListener.standardLoops,
            logger: logger
        )
        let readiness = ReadinessCheck(
            store: store,
            reloader: reloader,
            dispatcher: dispatcher,
            templates: report,
            reckoned: reckoned,
            clock: clock
        )
        let endpoint = AdminEndpoint(
            readiness: { await readiness.run() },
            metrics: {
                report.measure()
                return registry.text()
            },
            rules: { [reloader] in reloader.status.json(engine.rules) }
        )
        admin = HTTPListener(address: settings.adminListen, endpoint: endpoint, logger: logger)
    }

    /// Ends what is no service: connections, then the store.
    func close() async {
        await outside.shutdown()
        await transport.shutdown()
        await store.close()
    }

    /// Longer than any attempt can take, or a message under way would be taken for lost.
    private static func lease(_ settings: Settings) -> Duration {
        max(.seconds(120), settings.transport.timeout * 2 + settings.drain)
    }

    private static func rules(_ settings: Settings) throws(StartError) -> (RuleSet, [Diagnostic]) {
        let (rules, diagnostics) = RuleFolder.load([settings.rules], sources: settings.sources.map(\.name))
        guard let rules else { throw StartError(.rules, diagnostics.map(\.description)) }
        return (rules, diagnostics)
    }

    private static func partner(
        _ settings: Settings,
        clock: any WallClock,
        _ reckoned: ReckonedTime
    ) throws(StartError) -> (CurlHTTPTransport, PartnerHTTPClient) {
        do {
            let transport = try CurlHTTPTransport(TransportOptions(settings))
            let client = try PartnerHTTPClient(settings, transport: transport, clock: clock) { answer in
                // While the machine's clock is in doubt, the dates of the answers speak for it.
                if reckoned.doubt != nil, let date = answer.date { reckoned.hear(date) }
            }
            return (transport, client)
        } catch {
            throw StartError(.partner, ["the partner's client: \(error)"])
        }
    }

    private static func outside(_ settings: Settings) throws(StartError) -> CurlHTTPTransport {
        let concurrency = settings.lookUps.count * LookUpQueue.concurrency
        do {
            return try CurlHTTPTransport(TransportOptions(outside: settings, concurrency: concurrency))
        } catch {
            throw StartError(.partner, ["the client for senders' APIs: \(error)"])
        }
    }

    private static func store(
        _ settings: Settings,
        _ reckoned: ReckonedTime
    ) async throws(StartError) -> (any ServiceStore, StoreExamination?) {
        do {
            return try await StoreOpener.openForService(
                settings.store,
                timeout: settings.storeTimeout,
                reckoned: reckoned
            )
        } catch {
            throw StartError(.store, ["the store: \(error.reason)"])
        }
    }

    /// Tells whether the whole store was found sound; one that is damaged was not opened.
    private static func report(_ examination: StoreExamination?, _ metrics: any MetricsFactory, _ logger: Logger) {
        let isWhole = examination == .sound
        Gauge(label: "hookline_store_examined", dimensions: [], factory: metrics).record(isWhole ? 1 : 0)
        guard !isWhole else { return }
        logger.notice("the store is too big to be examined whole at the start; 'hookline doctor' examines it")
    }
}

extension AccountSettings {
    fileprivate var limits: AccountLimits { AccountLimits(name: name, rate: rate, maxInFlight: maxInFlight) }
}

extension LookUpQueue.Source {
    fileprivate init(_ source: Source, _ settings: LookUpSettings?) {
        self.init(
            name: source.name,
            enrichment: settings?.enrichment,
            period: settings?.period ?? LookUpSettings.defaultPeriod,
            country: source.country,
            conventions: source.preset.conventions,
            allowedNumbers: source.allowedNumbers
        )
    }
}
