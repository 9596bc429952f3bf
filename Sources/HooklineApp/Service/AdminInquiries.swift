// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import EventIntake
internal import Events
internal import FairThreads
internal import Inquiries
internal import Messages
internal import Outbox
internal import Presentation
internal import Replays
internal import RuleDrafts
internal import Rules
internal import ServiceConfiguration
internal import Webhooks

/// What the admin API asks of rules and templates for people: nothing is stored, and nothing is sent.
///
/// Rules of anybody's making take their turn where events do, and keep nothing else waiting.
struct AdminInquiries: Sendable {
    let settings: Settings
    let engine: RulesEngine
    let store: any ReadingStore

    /// What the rules that run make of an event that is kept, as its source reads it now; what was looked up for it then is
    /// put in again.
    func explain(_ stored: StoredEvent) async throws(AdminPorts.Refusal) -> JSON {
        let result = await EvaluationThreads.shared.runInTurn(of: "explain") { () -> Result<JSON, AdminPorts.Refusal> in
            Result { () throws(AdminPorts.Refusal) in try explained(stored) }
        }
        return try result.get()
    }

    private func explained(_ stored: StoredEvent) throws(AdminPorts.Refusal) -> JSON {
        let record = stored.event
        guard stored.hasBody else { throw AdminPorts.Refusal("its body is not kept any more") }
        guard let source = settings.sources.first(where: { $0.name == record.source }) else {
            throw AdminPorts.Refusal("the configuration has no source '\(record.source)'")
        }
        do throws(ArchiveDecoder.Omission) {
            var decoder = ArchiveDecoder(settings)
            let event = try decoder.event(of: record, stored.lookUp)
            let context = EvaluationContext(of: source, now: event.receivedAt)
            return ExplainReport(explanation: engine.explain(event, in: context), catalogue: nil).json
        } catch {
            throw AdminPorts.Refusal("its source cannot read its body now")
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
            let found = try await DraftableEvent(event, in: store, settings)
            var question = found.question(template: wish.template, catalogue: wish.catalogue)
            question.language = wish.language
            question.account = wish.account
            question.takenNames = Set(engine.rules.summaries.map(\.name))
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
        let result = await EvaluationThreads.shared.runInTurn(of: "draft") { () -> Result<RuleDraft, RuleDraftError> in
            Result { () throws(RuleDraftError) in try RuleDrafter.draft(question) }
        }
        return try result.get()
    }
}
