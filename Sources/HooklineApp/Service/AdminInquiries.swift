// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import EventIntake
internal import Events
internal import FairThreads
internal import Inquiries
internal import Messages
internal import NIOConcurrencyHelpers
internal import Outbox
internal import Presentation
internal import Rehearsal
internal import Replays
internal import RuleDrafts
internal import Rules
internal import ServiceConfiguration
internal import TemplateCatalogues
internal import Webhooks

/// What the admin API asks of rules and templates for people: nothing is stored, and nothing is sent.
///
/// Rules of anybody's making take their turn where events do, and keep nothing else waiting.
struct AdminInquiries: Sendable {
    let settings: Settings
    let engine: RulesEngine
    let store: any ServiceStore
    let templates: TemplateCatalogueService
    let clock: any WallClock
    /// Whether somebody's rehearsal runs: one at a time.
    let rehearses = NIOLockedValueBox(false)

    /// What the rules that run make of an event that is kept, as its source reads it now; what was looked up for it then is
    /// put in again.
    func explain(_ stored: StoredEvent) async throws(AdminPorts.Refusal) -> AdminPorts.Shown {
        try await EvaluationThreads.shared.runInTurn(of: "explain") { () throws(AdminPorts.Refusal) in
            try explained(stored)
        }
    }

    private func explained(_ stored: StoredEvent) throws(AdminPorts.Refusal) -> AdminPorts.Shown {
        do throws(ExplainError) {
            let kept = try KeptEvent(stored, settings)
            let context = EvaluationContext(of: kept.source, now: kept.event.receivedAt)
            // As the command shows it beside the store, which knows no templates unless it is told where they are.
            let report = ExplainReport(explanation: engine.explain(kept.event, in: context), catalogue: nil)
                .with(stored.messages, of: stored.messageCount)
            return AdminPorts.Shown(json: report.json, text: report.text)
        } catch {
            throw AdminPorts.Refusal(error.reason)
        }
    }

    /// What the rules that run make of a payload that nobody sent, with what the store knows of recipients.
    ///
    /// - Parameter payload: The payload.
    /// - Returns: A report of each event in it.
    /// - Throws: `AdminPorts.Refusal` with why it is no event, or what the store says.
    func explain(_ payload: AdminPorts.Payload) async throws -> AdminPorts.Shown {
        let account = settings.defaultAccount ?? ""
        let catalogue = templates.catalogue(account: account)
        let explainer = EventExplainer(rules: engine.rules, catalogue: catalogue, limits: settings.limits, clock: clock)
        let request = EventExplainer.Request(
            source: payload.source,
            preset: payload.preset,
            type: payload.type,
            headers: payload.headers,
            body: payload.body
        )
        let source = settings.sources.first { $0.name == payload.source }
        do {
            let explained = try await EvaluationThreads.shared.runInTurn(of: "explain") { () throws(ExplainError) in
                try explainer.explain(request, source: source)
            }
            let knowledge = RecipientKnowledge(store: store, clock: clock)
            let told = try await explained.told(knowledge, account: account, in: catalogue)
            return AdminPorts.Shown(json: told.json, text: told.text)
        } catch let error as ExplainError {
            throw AdminPorts.Refusal(error.reason)
        }
    }

    /// A rule of an event that is kept, under a name that no rule has.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - wish: Which rule.
    /// - Returns: The rule, checked and tried.
    /// - Throws: `AdminPorts.Refusal` with why none can be made, or what the store says.
    func draft(_ event: EventID, _ wish: AdminPorts.DraftWish) async throws -> AdminPorts.Shown {
        do {
            let (store, settings) = (store, settings)
            // It and its siblings are read as their source reads them, which takes as long as they are large.
            let found = try await withTaskExecutorPreference(EvaluationThreads.shared) {
                try await DraftableEvent(event, in: store, settings)
            }
            var question = found.question(template: wish.template, catalogue: wish.catalogue)
            question.language = wish.language
            question.account = wish.account
            question.takenNames = engine.rules.names
            question.checks = settings.ruleChecks
            question.fillings = wish.fillings
            let draft = try await Self.draft(question)
            return AdminPorts.Shown(
                json: RuleDraftViews.json(draft, masking: .none),
                text: RuleDraftViews.text(draft, masking: .none)
            )
        } catch let error as ExplainError {
            throw AdminPorts.Refusal(error.reason)
        } catch let error as RuleDraftError {
            throw AdminPorts.Refusal(error.reason)
        }
    }

    private static func draft(_ question: RuleDrafter.Question) async throws(RuleDraftError) -> RuleDraft {
        try await EvaluationThreads.shared.runInTurn(of: "draft") { () throws(RuleDraftError) in
            try RuleDrafter.draft(question)
        }
    }

    /// What a rule that runs would have done with the events of a span of time.
    ///
    /// - Parameter wish: Which rule, and which time.
    /// - Returns: What would differ from what was sent.
    /// - Throws: `AdminPorts.Refusal` while another rehearsal runs, or what the store says.
    func backtest(_ wish: AdminPorts.BacktestWish) async throws -> AdminPorts.Shown {
        let isFree = rehearses.withLockedValue { isBusy in
            defer { isBusy = true }
            return !isBusy
        }
        guard isFree else { throw AdminPorts.Refusal("Another rehearsal runs; ask again in a moment.") }
        defer { rehearses.withLockedValue { $0 = false } }
        var question = ArchiveBacktest.Question(rules: engine.rules)
        question.scope = Backtest.Scope(since: wish.since, until: wish.until, rule: wish.rule)
        question.limit = wish.limit
        let (store, settings, asked) = (store, settings, question)
        let found = try await withTaskExecutorPreference(EvaluationThreads.shared) {
            try await BoundedBacktest(asked, over: store, settings)
        }
        return AdminPorts.Shown(json: found.json, text: found.text)
    }
}
