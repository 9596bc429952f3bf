// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import EventIntake
internal import Events
internal import Logging
internal import Rules
internal import ServiceConfiguration
internal import ServiceLifecycle
internal import TemplateCatalogues

/// The rules that run, and what reads them again.
struct RulesPart: Sendable {
    /// The rules as the files had them at the start.
    struct Files: Sendable {
        fileprivate let rules: RuleSet
        fileprivate let findings: [Diagnostic]

        /// Reads the files.
        ///
        /// - Parameter context: The configuration.
        /// - Throws: ``StartError`` with everything that is wrong with them.
        init(_ context: ServiceContext) throws(StartError) {
            let (rules, diagnostics) = RuleFolder.load([context.settings.rules], sources: context.sources)
            guard let rules else { throw StartError(.rules, diagnostics.map(\.description)) }
            self.rules = rules
            findings = diagnostics
        }
    }

    let engine: RulesEngine
    let reloader: RulesReloader
    /// Holds the rules against the templates that are known.
    let report: TemplateReport
    private let watcher: RulesWatcher

    init(_ files: Files, _ context: ServiceContext, _ partner: PartnerPart) {
        let templates = partner.templates
        engine = RulesEngine(
            rules: files.rules,
            accounts: context.accounts,
            limits: context.settings.limits,
            templates: templates
        )
        report = TemplateReport(
            templates: templates,
            engine: engine,
            sources: context.sources,
            clock: context.clock,
            metrics: context.registry
        )
        reloader = RulesReloader(
            path: context.settings.rules,
            sources: context.sources,
            engine: engine,
            firstReading: files.findings,
            gate: TemplateGate(templates: templates, sources: context.sources),
            clock: context.clock,
            metrics: context.registry,
            logger: context.logger,
            onReload: { templates.requestRefresh() }
        )
        watcher = RulesWatcher(
            path: context.settings.rules,
            reloader: reloader,
            templateChanges: templates.changes,
            clock: context.clock
        )
    }

    /// The watcher of the files; with it the listener for SIGHUP, unless several services share a process.
    func services(handlingSignals: Bool) -> [any Service] { handlingSignals ? [watcher, reloader] : [watcher] }
}
