// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CoreMetrics
internal import Delivery
internal import EventIntake
internal import Events
internal import Logging
internal import Messages
internal import Metrics
internal import Outbox
internal import PartnerClient
internal import Replays
internal import ServiceConfiguration
internal import ServiceLifecycle
internal import TemplateCatalogues

/// What sends the messages, settles those that lost their worker, and carries out jobs.
///
/// Each account has its own bound: with one below their sum, accounts that hang would take the room of others.
struct DeliveryPart: Sendable {
    let dispatcher: Dispatcher
    private let rescuer: Rescuer
    private let jobs: JobRunner
    /// Takes events of the past through the rules that run.
    let replayer: Replayer

    init(
        _ context: ServiceContext,
        _ store: StorePart,
        _ partner: PartnerPart,
        _ rules: RulesPart,
        _ tracing: TracingPart
    ) {
        let (settings, metrics) = (context.settings, DeliveryMetrics(factory: context.registry))
        dispatcher = Dispatcher(
            store: store.store,
            sender: partner.client,
            accounts: settings.accounts.map(\.limits),
            settings: Self.delivery(settings, context.polling),
            clock: context.clock,
            metrics: metrics,
            logger: context.logger,
            observer: context.observer,
            templates: Self.hints(partner),
            tracer: tracing.tracer
        )
        rescuer = Rescuer(
            store: store.store,
            held: dispatcher.held,
            every: context.polling.leases,
            clock: context.clock,
            metrics: metrics,
            logger: context.logger,
            observer: context.observer
        )
        let engine = rules.engine
        replayer = Replayer(context.settings, store: store.store) { engine.plan($0, in: $1) }
        jobs = Self.jobs(context, store, replayer)
    }

    var services: [any Service] { [jobs, rescuer, dispatcher] }

    private static func jobs(_ context: ServiceContext, _ store: StorePart, _ replayer: Replayer) -> JobRunner {
        JobRunner(
            store: store.store,
            replay: { job, now throws(StoreError) in try await replayer.step(job, at: now) },
            hear: { replayer.forget(allBut: $0) },
            polling: context.polling,
            clock: context.clock,
            metrics: JobMetrics(factory: context.registry),
            logger: context.logger,
            observer: context.observer
        )
    }

    private static func hints(_ partner: PartnerPart) -> TemplateHints {
        let templates = partner.templates
        return TemplateHints(
            category: { templates.category(of: $0, account: $1) },
            approval: { templates.approval(of: $0, account: $1) },
            doubt: { templates.messageDidNotFit() }
        )
    }

    /// Each account has its own bound: with one below their sum, accounts that hang would take the room of others.
    private static func delivery(_ settings: Settings, _ polling: Polling) -> DeliverySettings {
        DeliverySettings(
            maxInFlight: max(1, settings.maxInFlight),
            lease: lease(settings),
            longestAttempt: longestAttempt(settings),
            poll: polling.messages,
            drain: settings.drain,
            portfolios: settings.portfolios.map {
                PortfolioLimit(name: $0.name, recipients: $0.recipients, accounts: $0.accounts)
            }
        )
    }

    /// Longer than any attempt can take, or a message under way would be taken for lost.
    private static func lease(_ settings: Settings) -> Duration {
        max(settings.lease, longestAttempt(settings) + max(.seconds(5), settings.drain))
    }

    private static func longestAttempt(_ settings: Settings) -> Duration { settings.transport.timeout * 2 }
}

extension AccountSettings {
    fileprivate var limits: AccountLimits {
        let pair = pairInterval.map { PairLimit(interval: $0, burst: pairBurst) }
        return AccountLimits(
            name: name,
            rate: rate,
            maxInFlight: maxInFlight,
            numberRate: numberRate,
            pair: pair,
            uncertainLimit: uncertainLimit
        )
    }
}

/// The store, and what keeps it small, measured and sure of the time.
struct StorePart: Sendable {
    let store: any ServiceStore
    private let pruner: Pruner
    private let depth: DepthReporter
    /// Knows how the store stands.
    let standing: StandingReporter
    private let clockMonitor: ClockMonitor
    private let examiner: StoreExaminer

    /// Opens the store.
    ///
    /// - Parameter context: The configuration, and what all parts share.
    /// - Throws: ``StartError`` when it cannot be opened.
    init(_ context: ServiceContext) async throws(StartError) {
        let (store, examination) = try await Self.open(context)
        self.store = store
        examiner = StoreExaminer(
            begunWith: examination,
            metrics: context.registry,
            logger: context.logger
        ) { limit throws(StoreError) in try await store.examine(within: limit) }
        pruner = Self.pruner(context, store)
        depth = DepthReporter(
            store: store,
            paces: store.sharedPaces,
            accounts: context.settings.accounts.map(\.limits),
            every: context.polling.depth,
            clock: context.clock,
            metrics: DeliveryMetrics(factory: context.registry),
            logger: context.logger,
            observer: context.observer
        )
        standing = StandingReporter(
            store: store,
            clock: context.clock,
            metrics: StandingMetrics(factory: context.registry),
            logger: context.logger
        )
        clockMonitor = ClockMonitor(
            store: store,
            reckoned: context.reckoned,
            clock: context.clock,
            metrics: context.registry,
            logger: context.logger
        )
    }

    private static func pruner(_ context: ServiceContext, _ store: any ServiceStore) -> Pruner {
        Pruner(
            store: store,
            retention: Retention(
                events: context.settings.retention,
                contents: context.settings.retentionOfContents,
                rejections: context.settings.retentionOfRefused
            ),
            clock: context.clock,
            logger: context.logger,
            observer: context.observer
        )
    }

    var services: [any Service] { [examiner, depth, standing, clockMonitor, pruner] }

    private static func open(
        _ context: ServiceContext
    ) async throws(StartError) -> (any ServiceStore, StoreExamination?) {
        do {
            return try await StoreOpener.openForService(
                context.settings.store,
                timeout: context.settings.storeTimeout,
                linksReports: context.settings.linksReports,
                knowsWindows: context.settings.knowsWindows,
                readsTraces: context.settings.tracing.isOn,
                address: "\(context.settings.listen)",
                reckoned: context.reckoned,
                clock: context.clock
            )
        } catch {
            throw StartError(.store, ["the store: \(error.reason)"])
        }
    }
}
