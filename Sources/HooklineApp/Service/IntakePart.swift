// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
internal import Delivery
internal import Digests
internal import DurableAPI
internal import Enrichment
internal import EventIntake
internal import Events
internal import Foundation
internal import Logging
internal import LookUps
internal import Messages
internal import Outbox
internal import Rules
internal import Server
internal import ServiceConfiguration
internal import ServiceLifecycle
internal import TemplateCatalogues
internal import Webhooks

/// What comes in: the hooks, the durable front, events that wait for a look-up, and those that share a message.
struct IntakePart: Sendable {
    let hooks: HTTPListener
    private let lookUps: LookUpService
    private let digests: DigestService

    init(
        _ context: ServiceContext,
        _ store: StorePart,
        _ partner: PartnerPart,
        _ rules: RulesPart,
        _ tracing: TracingPart,
        _ tls: TLSPart,
        certificates: (any CertificateSource)?
    ) {
        let metrics = IntakeMetrics(factory: context.registry)
        lookUps = Self.lookUps(context, store, partner, rules, metrics, tracing)
        digests = Self.digests(context, store, rules)
        let intake = Intake(
            sources: context.settings.sources,
            rules: rules.engine,
            store: store.store,
            certificates: CertificateCache(certificates ?? CertificateFetcher(transport: partner.outside)),
            lookUps: lookUps,
            hearing: Hearing(context.settings),
            clock: context.clock,
            metrics: metrics,
            tracer: tracing.tracer,
            logger: context.logger
        )
        let api = Self.api(context, store, partner, metrics, tracing)
        let endpoint = PublicEndpoint(intake: intake, api: api)
        hooks = context.listener(
            "hooks",
            context.settings.listen,
            endpoint,
            tls: tls,
            takesProxyHeader: context.settings.takesProxyHeader,
            loops: HTTPListener.standardLoops
        )
    }

    var services: [any Service] { [digests, lookUps, hooks] }

    private static func api(
        _ context: ServiceContext,
        _ store: StorePart,
        _ partner: PartnerPart,
        _ metrics: IntakeMetrics,
        _ tracing: TracingPart
    ) -> PublicAPI {
        PublicAPI(
            store: store.store,
            accounts: context.accounts,
            templates: { [templates = partner.templates] in templates.catalogue(account: $0) },
            clock: context.clock,
            metrics: metrics,
            tracer: tracing.tracer,
            logger: context.logger
        )
    }

    private static func digests(_ context: ServiceContext, _ store: StorePart, _ rules: RulesPart) -> DigestService {
        DigestService(
            store: store.store,
            rules: rules.engine,
            conventions: Dictionary(context.settings.sources.map { ($0.name, $0.preset.conventions) }) { first, _ in
                first
            },
            polling: context.polling,
            clock: context.clock,
            metrics: DigestMetrics(factory: context.registry),
            logger: context.logger
        )
    }

    private static func lookUps(
        _ context: ServiceContext,
        _ store: StorePart,
        _ partner: PartnerPart,
        _ rules: RulesPart,
        _ metrics: IntakeMetrics,
        _ tracing: TracingPart
    ) -> LookUpService {
        LookUpService(
            context.settings.sources.map { LookUpQueue.Source($0, context.settings.lookUps[$0.name]) },
            LookUpQueue.Context(
                enricher: Enricher(transport: partner.outside, clock: context.clock) {
                    try String(contentsOfFile: $0, encoding: .utf8)
                },
                rules: rules.engine,
                store: store.store,
                clock: context.clock,
                metrics: LookUpMetrics(factory: context.registry),
                messages: metrics,
                tracer: tracing.tracer,
                logger: context.logger
            ),
            polling: context.polling
        )
    }
}

extension Hearing {
    /// What recipients write, by the words and the numbers of the configuration.
    fileprivate init(_ settings: Settings) {
        let accounts = settings.accounts.compactMap { account in account.numberID.map { ($0, account.name) } }
        self.init(
            words: settings.consent.words,
            scope: settings.consent.scope,
            accounts: Dictionary(accounts) { first, _ in first },
            only: settings.accounts.count == 1 ? settings.defaultAccount : nil
        )
    }
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

/// Fetches senders' public keys with the service's HTTP client, which follows no redirects.
///
/// Whoever posts chooses the address, so none within our own network is asked.
struct CertificateFetcher: CertificateSource {
    /// Senders wait for an answer meanwhile.
    private static let timeout: Duration = .seconds(3)
    private static let maxBytes = 64 * 1_024

    /// Why nothing usable came back.
    struct Failure: Error, CustomStringConvertible {
        let status: Int

        var description: String { "the answer is \(status); expected 200 with a certificate" }
    }

    let transport: any HTTPTransport

    func pem(at url: CertificateURL) async throws -> String {
        let request = TransferRequest(
            method: .get,
            url: url.text,
            headers: try HeaderList([]),
            timeout: Self.timeout,
            maxResponseBytes: Self.maxBytes,
            refusesPrivateAddresses: true
        )
        let response = try await transport.perform(request)
        guard response.status == 200 else { throw Failure(status: response.status) }
        return String(decoding: response.body, as: UTF8.self)
    }
}
