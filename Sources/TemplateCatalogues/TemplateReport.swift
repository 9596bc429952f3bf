// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CoreMetrics
package import EventIntake
package import Events
internal import Metrics
internal import NIOConcurrencyHelpers
package import PartnerAPI
package import Rules
package import Server

/// Holds the rules that run against the templates that are known, for `/readyz` and `/metrics`.
package final class TemplateReport: Sendable {
    private let templates: TemplateCatalogueService
    private let engine: RulesEngine
    /// The names of the configuration's sources: rules about others send nothing.
    private let sources: [String]
    private let clock: any WallClock
    private let metrics: any MetricsFactory
    /// Every status that was ever counted: one that nothing has any more goes to 0 rather than staying as it was.
    private let statuses = NIOLockedValueBox<[String: Set<String>]>([:])

    /// - Parameters:
    ///   - templates: Knows the templates.
    ///   - engine: Has the rules that run.
    ///   - sources: The names of the configuration's sources.
    ///   - clock: What time it is.
    ///   - metrics: Makes the gauges.
    package init(
        templates: TemplateCatalogueService,
        engine: RulesEngine,
        sources: [String],
        clock: any WallClock,
        metrics: any MetricsFactory
    ) {
        self.templates = templates
        self.engine = engine
        self.sources = sources
        self.clock = clock
        self.metrics = metrics
    }

    /// One check an account, by name; none of them is required, because other rules go on.
    package func checks() -> [Readiness.Check] {
        let knownTemplates = templates.knownTemplates
        let alerts = alerts(knownTemplates)
        return knownTemplates.sorted { $0.key < $1.key }.map { account, knowledge in
            let own = alerts.filter { $0.account == account }
            return Readiness.Check(
                name: "templates \(account)",
                isPassing: own.isEmpty && knowledge.failure == nil,
                isRequired: false,
                detail: ([Self.state(knowledge)] + own.map(\.description)).joined(separator: "; ")
            )
        }
    }

    /// Writes the numbers of this moment into the metrics.
    package func measure() {
        let knownTemplates = templates.knownTemplates
        let alerts = alerts(knownTemplates)
        for (account, knowledge) in knownTemplates {
            count(knowledge.copy?.catalogue.templates ?? [], account)
            let own = alerts.count { $0.account == account }
            gauge("hookline_template_alerts", ("account", account), Double(own))
            if let copy = knowledge.copy {
                let age = copy.readAt.duration(to: clock.now).inSeconds
                gauge("hookline_templates_age_seconds", ("account", account), age)
            }
            guard knowledge.askedAt != nil else { continue }
            let isSuccess = knowledge.failure == nil
            gauge("hookline_templates_last_refresh_successful", ("account", account), isSuccess ? 1 : 0)
        }
    }

    /// What the metrics mean, for their `HELP` lines.
    package static let help = [
        "hookline_templates": "Templates of the account, by status.",
        "hookline_template_alerts": "Templates that rules use and the account cannot send.",
        "hookline_templates_age_seconds": "How old the known templates of the account are.",
        "hookline_templates_last_refresh_successful": "Whether the partner last gave the account's templates.",
    ]

    private func alerts(_ knownTemplates: [String: KnownTemplates]) -> [TemplateAlert] {
        let catalogues = knownTemplates.compactMapValues { $0.copy?.catalogue }
        let uses = engine.rules.templateUses(for: sources)
        return TemplateAlert.find(uses, in: catalogues, standard: templates.standard)
    }

    private static func state(_ knowledge: KnownTemplates) -> String {
        let known =
            knowledge.copy.map { "\($0.catalogue.templates.count.counted("template")), as of \($0.readAt.rfc3339)" }
            ?? "not read yet; templates are taken on trust"
        guard let failure = knowledge.failure else { return known }
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

/// A template that rules want to send and the account cannot.
package struct TemplateAlert: Hashable, Sendable {
    /// Whose template it would be.
    package let account: String
    /// Why it cannot be sent; names the template.
    package let reason: String
    /// The rules that want it, in their order.
    package let rules: [String]

    /// The reason and who is concerned.
    package var description: String { "\(reason); used by \(rules.joined(separator: ", "))" }

    /// Looks every used template up.
    ///
    /// A rule whose account an event decides is alerted on only when no account has its template, and then under the
    /// standard one. Accounts whose templates nobody knows raise no alert.
    ///
    /// - Parameters:
    ///   - uses: The templates that rules name.
    ///   - catalogues: What is known, by account.
    ///   - standard: The account of rules that name none.
    /// - Returns: One alert for each account and reason, in the rules' order.
    package static func find(
        _ uses: [TemplateUse],
        in catalogues: [String: TemplateCatalogue],
        standard: String
    ) -> [TemplateAlert] {
        var order: [Key] = []
        var rules: [Key: [String]] = [:]
        for use in uses {
            guard let key = problem(use, catalogues, standard) else { continue }
            if rules[key] == nil { order.append(key) }
            if rules[key]?.contains(use.rule) != true { rules[key, default: []].append(use.rule) }
        }
        return order.map { TemplateAlert(account: $0.account, reason: $0.reason, rules: rules[$0] ?? []) }
    }

    private struct Key: Hashable {
        let account: String
        let reason: String
    }

    private static func problem(
        _ use: TemplateUse,
        _ catalogues: [String: TemplateCatalogue],
        _ standard: String
    ) -> Key? {
        func key(_ account: String) -> Key? {
            catalogues[account].flatMap(use.problem).map { Key(account: account, reason: $0.reason) }
        }
        switch use.account {
        case .standard: return key(standard)
        case .named(let account): return key(account)
        case .computed:
            let problems = catalogues.values.map(use.problem)
            return problems.contains { $0 == nil } ? nil : key(standard)
        }
    }
}
