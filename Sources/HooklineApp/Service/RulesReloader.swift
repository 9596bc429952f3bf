// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import CoreMetrics
internal import EventIntake
internal import Events
internal import Logging
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Presentation
internal import Rules
internal import ServiceLifecycle
internal import TemplateCatalogues
internal import UnixSignals

/// Reads the rules again when it is asked to, and keeps the last good set when the new one has errors.
///
/// Everything that can fail happens before anything live is touched: files are read and compiled aside, and their
/// templates looked up where the account's are known, then the set is replaced whole. Rules without errors whose
/// templates the account does not have are kept aside, and taken when it has them. The outcome is in the log, in the
/// metrics and in ``status``.
final class RulesReloader: Service {
    /// Rules that nothing but the gate keeps out.
    ///
    /// They are kept rather than read again later: at a moment of the partner's choosing somebody may be writing.
    private struct Kept {
        let rules: RuleSet
        /// What else was found in the files.
        let findings: [Diagnostic]
        let refusals: [TemplateGate.MissingTemplate]
    }

    /// The least time between two readings that were asked for.
    static let leastInterval: Duration = .seconds(1)

    private let path: String
    /// The names of the configuration's sources: rules about others are told.
    private let sources: [String]?
    private let engine: RulesEngine
    /// Keeps out rules whose templates no account has; `nil` lets all in.
    private let gate: TemplateGate?
    /// Held from the reading of the files to their taking, so that of two reloads the later one wins, and no change of
    /// the templates is missed between their look-up and the keeping of the rules.
    private let turn = NIOLockedValueBox<Kept?>(nil)
    private let clock: any WallClock
    private let metrics: any MetricsFactory
    private let logger: Logger
    private let onReload: @Sendable () -> Void
    private let last: NIOLockedValueBox<RulesStatus>
    private let requests: AsyncStream<Void>
    private let request: AsyncStream<Void>.Continuation

    init(
        path: String,
        sources: [String]? = nil,
        engine: RulesEngine,
        firstReading: [Diagnostic],
        gate: TemplateGate? = nil,
        clock: any WallClock,
        metrics: any MetricsFactory,
        logger: Logger,
        onReload: @escaping @Sendable () -> Void = {}
    ) {
        self.path = path
        self.sources = sources
        self.engine = engine
        self.gate = gate
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.onReload = onReload
        (requests, request) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let count = engine.rules.count
        last = NIOLockedValueBox(
            RulesStatus(at: clock.now, outcome: .taken, ruleCount: count, diagnostics: firstReading)
        )
        record(status)
        for diagnostic in firstReading { logger.warning("\(diagnostic)") }
    }

    /// How the last reading went.
    var status: RulesStatus { last.withLockedValue { $0 } }

    /// Reads the files again.
    ///
    /// Where a template is not among those that are known, the partner is asked once, before the rules are judged.
    ///
    /// - Returns: How it went.
    @discardableResult
    func reload() async -> RulesStatus {
        logger.debug("the rule files are read again")
        if let gate, let rules = RuleFolder.load([path]).rules, gate.hasDoubt(about: rules, beside: engine.rules) {
            await gate.refresh()
        }
        let status = turn.withLockedValue { kept in
            let (rules, findings) = read()
            let refusals = rules.flatMap { gate?.refusals(of: $0, beside: engine.rules) } ?? []
            return take(rules, findings, refusals, &kept)
        }
        log(status)
        if status.isSuccess { onReload() }
        return status
    }

    /// The rules of the files; none where all files are gone that there were, which nobody means.
    private func read() -> (rules: RuleSet?, findings: [Diagnostic]) {
        let (rules, findings) = RuleFolder.load([path], sources: sources)
        guard rules?.count == 0, engine.rules.count > 0, !RuleFolder.hasFiles(path) else { return (rules, findings) }
        let gone = Diagnostic(
            .fileUnreadable,
            at: SourceLocation(file: path, line: 1, column: 1),
            "found no rule file; there were some before",
            hint: "a file with 'rules: []' ends all rules"
        )
        return (nil, findings + [gone])
    }

    /// Takes rules that wait for templates if their accounts have these now; neither files nor partner are asked.
    ///
    /// While the last reading of such an account failed they go on waiting.
    func templatesChanged() {
        let status = turn.withLockedValue { kept -> RulesStatus? in
            guard let gate, let old = kept,
                let refusals = gate.refusals(of: old.rules, beside: engine.rules, after: old.refusals),
                refusals != old.refusals
            else { return nil }
            return take(old.rules, old.findings, refusals, &kept)
        }
        guard let status else { return }
        log(status, taken: "the templates that the rules waited for are there; these rules run")
        if status.isSuccess { onReload() }
    }

    private func take(
        _ rules: RuleSet?,
        _ findings: [Diagnostic],
        _ refusals: [TemplateGate.MissingTemplate],
        _ kept: inout Kept?
    ) -> RulesStatus {
        var outcome = RulesStatus.Outcome.refused
        kept = nil
        if let rules, refusals.isEmpty {
            engine.replace(with: rules)
            outcome = .taken
        } else if let rules {
            kept = Kept(rules: rules, findings: findings, refusals: refusals)
            outcome = .waiting
        }
        let diagnostics = refusals.isEmpty ? findings : (findings + refusals.map(\.finding)).sorted()
        let status = RulesStatus(
            at: clock.now,
            outcome: outcome,
            ruleCount: engine.rules.count,
            diagnostics: diagnostics
        )
        last.withLockedValue { $0 = status }
        record(status)
        return status
    }

    /// Asks for another reading soon; several requests before that are one.
    func requestReload() {
        request.yield()
    }

    /// Reloads when SIGHUP or ``requestReload()`` asks for it, until a graceful shutdown.
    ///
    /// A storm of signals makes one reading a second: each also asks the partner for its templates.
    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup { group in
                group.addTask { for await _ in await UnixSignalsSequence(trapping: .sighup) { self.requestReload() } }
                group.addTask { await self.reloadOnRequest() }
                try await group.waitForAll()
            }
        }
    }

    /// Reloads on request until the task is cancelled.
    func reloadOnRequest() async {
        for await _ in requests {
            await reload()
            let next = clock.now.advanced(by: Self.leastInterval)
            try? await clock.sleep(until: next, tolerance: Self.leastInterval / 10)
        }
    }

    private func log(_ status: RulesStatus, taken: Logger.Message = "the rules were read again") {
        for diagnostic in status.diagnostics { logger.warning("\(diagnostic)") }
        let count: Logger.MetadataValue = "\(status.ruleCount)"
        switch status.outcome {
        case .taken: logger.notice(taken, metadata: ["rules": count])
        case .waiting:
            logger.error(
                "the rules wait for templates that their account does not have; those read before go on until it has them",
                metadata: ["rules": count]
            )
        case .refused: logger.error("the rules have errors; those read before go on", metadata: ["rules": count])
        }
    }

    private func record(_ status: RulesStatus) {
        gauge("hookline_rules_last_reload_successful", status.isSuccess ? 1 : 0)
        gauge("hookline_rules", Double(status.ruleCount))
        if status.isSuccess {
            gauge("hookline_rules_last_reload_success_timestamp_seconds", Double(status.at.seconds))
        }
    }

    private func gauge(_ label: String, _ value: Double) {
        Gauge(label: label, dimensions: [], factory: metrics).record(value)
    }

    /// What the metrics mean, for their `HELP` lines.
    static let help = [
        "hookline_rules": "Rules that run.",
        "hookline_rules_last_reload_successful": "Whether the rules that were read last run.",
        "hookline_rules_last_reload_success_timestamp_seconds": "When rules were last read without errors.",
    ]
}
