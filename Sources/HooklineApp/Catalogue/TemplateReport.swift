// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CoreMetrics
internal import EventIntake
internal import Events
internal import Metrics
internal import NIOConcurrencyHelpers
internal import PartnerAPI
internal import Rules
internal import Server

/// Holds the rules that run against the templates that are known, for `/readyz` and `/metrics`.
final class TemplateReport: Sendable {
    private let keeper: TemplateCatalogueKeeper
    private let engine: RulesEngine
    /// The names of the configuration's sources: rules about others send nothing.
    private let sources: [String]
    private let clock: any WallClock
    private let metrics: any MetricsFactory
    /// Every status that was ever counted: one that nothing has any more goes to 0 rather than staying as it was.
    private let statuses = NIOLockedValueBox<[String: Set<String>]>([:])

    init(
        keeper: TemplateCatalogueKeeper,
        engine: RulesEngine,
        sources: [String],
        clock: any WallClock,
        metrics: any MetricsFactory
    ) {
        self.keeper = keeper
        self.engine = engine
        self.sources = sources
        self.clock = clock
        self.metrics = metrics
    }

    /// One check an account, by name; none of them is required, because other rules go on.
    func checks() -> [Readiness.Check] {
        let shelves = keeper.shelves
        let alerts = alerts(shelves)
        return shelves.sorted { $0.key < $1.key }.map { account, shelf in
            let own = alerts.filter { $0.account == account }
            return Readiness.Check(
                name: "templates \(account)",
                isPassing: own.isEmpty && shelf.failure == nil,
                isRequired: false,
                detail: ([Self.state(shelf)] + own.map(\.description)).joined(separator: "; ")
            )
        }
    }

    /// Writes the numbers of this moment into the metrics.
    func measure() {
        let shelves = keeper.shelves
        let alerts = alerts(shelves)
        for (account, shelf) in shelves {
            count(shelf.copy?.catalogue.templates ?? [], account)
            let own = alerts.count { $0.account == account }
            gauge("hookline_template_alerts", ("account", account), Double(own))
            if let copy = shelf.copy {
                let age = copy.readAt.duration(to: clock.now).inSeconds
                gauge("hookline_templates_age_seconds", ("account", account), age)
            }
            guard shelf.askedAt != nil else { continue }
            let isSuccess = shelf.failure == nil
            gauge("hookline_templates_last_refresh_successful", ("account", account), isSuccess ? 1 : 0)
        }
    }

    /// What the metrics mean, for their `HELP` lines.
    static let help = [
        "hookline_templates": "Templates of the account, by status.",
        "hookline_template_alerts": "Templates that rules use and the account cannot send.",
        "hookline_templates_age_seconds": "How old the known templates of the account are.",
        "hookline_templates_last_refresh_successful": "Whether the partner last gave the account's templates.",
    ]

    private func alerts(_ shelves: [String: TemplateShelf]) -> [TemplateAlert] {
        let catalogues = shelves.compactMapValues { $0.copy?.catalogue }
        let uses = engine.rules.templateUses(for: sources)
        return TemplateAlert.find(uses, in: catalogues, standard: keeper.standard)
    }

    private static func state(_ shelf: TemplateShelf) -> String {
        let known =
            shelf.copy.map { "\($0.catalogue.templates.count.counted("template")), as of \($0.readAt.rfc3339)" }
            ?? "not read yet; templates are taken on trust"
        guard let failure = shelf.failure else { return known }
        return "\(known); the partner has not given them since \(failure.since.rfc3339): \(failure.reason)"
    }

    private func count(_ templates: [MessageTemplate], _ account: String) {
        let counts = Dictionary(templates.map { ($0.status.rawValue.lowercased(), 1) }, uniquingKeysWith: +)
        let all = statuses.withLockedValue { statuses in
            statuses[account, default: []].formUnion(counts.keys)
            return statuses[account] ?? []
        }
        for status in all {
            let dimensions = [("account", account), ("status", status)]
            Gauge(label: "hookline_templates", dimensions: dimensions, factory: metrics)
                .record(Double(counts[status] ?? 0))
        }
    }

    private func gauge(_ label: String, _ dimension: (String, String), _ value: Double) {
        Gauge(label: label, dimensions: [dimension], factory: metrics).record(value)
    }
}
