// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
internal import NIOConcurrencyHelpers
internal import PhoneNumbers
package import Rules

/// The rules that run, and what they make of an event.
///
/// Readers take the whole set by reference; a reload replaces it whole, so an event is evaluated by one set alone.
package final class RulesEngine: Sendable {
    private let current: NIOLockedValueBox<RuleSet>
    private let accounts: [String]
    private let templates: any TemplateKnowledge

    /// An engine that runs these rules.
    ///
    /// - Parameters:
    ///   - rules: The rules to begin with.
    ///   - accounts: The accounts of the configuration, the default first; at least one.
    ///   - templates: What is known of the accounts' templates; nothing if left out.
    package init(rules: RuleSet, accounts: [String], templates: any TemplateKnowledge = NoTemplateKnowledge()) {
        current = NIOLockedValueBox(rules)
        self.accounts = accounts
        self.templates = templates
    }

    /// The rules that run now.
    package var rules: RuleSet { current.withLockedValue { $0 } }

    /// Replaces the rules from the next event on.
    ///
    /// - Parameter rules: A set that compiled without errors.
    package func replace(with rules: RuleSet) {
        current.withLockedValue { $0 = rules }
    }

    /// What the outbox is to store for an event.
    package struct Plan: Sendable {
        /// Whether a rule matched.
        package let disposition: Disposition
        /// The messages that can be sent or recorded.
        package let messages: [NewMessage]
        /// The messages that could not be built.
        package let failures: [FailedMessage]
    }

    /// Evaluates the rules; pure but for the ids.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - country: The source's country for phone numbers without country code.
    ///   - conventions: How the source's sender writes its data.
    ///   - allowedNumbers: Kinds of phone numbers that the source allows, by the words of rule files.
    /// - Returns: What to store.
    package func plan(
        _ event: Event,
        country: String?,
        conventions: DataConventions,
        allowedNumbers: [String] = []
    ) -> Plan {
        var context = EvaluationContext(now: event.receivedAt, country: country, conventions: conventions)
        context.allowedNumbers = Set(allowedNumbers.compactMap(NumberKind.init(rawValue:)))
        templates.fill(&context)
        let evaluation = rules.evaluate(event, in: context)
        if evaluation.results.contains(where: \.isAboutTemplate) { templates.messageDidNotFit() }
        var messages: [NewMessage] = []
        var failures: [FailedMessage] = []
        for result in evaluation.results {
            let id = MessageID(at: event.receivedAt)
            switch result {
            case .planned(let planned):
                let account = planned.account ?? accounts.first ?? ""
                if accounts.contains(account) {
                    messages.append(NewMessage(planned, id: id, account: account))
                } else {
                    let reason = "the rule names the account '\(account)', which the configuration does not have"
                    failures.append(FailedMessage(id: id, rule: planned.rule, reason: reason))
                }
            case .refused(let refused):
                failures.append(FailedMessage(id: id, rule: refused.rule, reason: "\(refused.refusal)"))
            }
        }
        return Plan(
            disposition: evaluation.outcomes.isEmpty ? .unmatched : .matched,
            messages: messages,
            failures: failures
        )
    }
}

extension RuleOutcome.Result {
    /// Whether the message was refused, or replaced by `otherwise`, because of what is known of its template.
    fileprivate var isAboutTemplate: Bool {
        let refusal: Refusal? =
            switch self {
            case .planned(let planned): planned.fallbackReason
            case .refused(let refused): refused.refusal
            }
        return refusal?.code == .templateNotApproved || refusal?.code == .templateMismatch
    }
}

extension NewMessage {
    fileprivate init(_ planned: PlannedMessage, id: MessageID, account: String) {
        self.init(
            id: id,
            rule: planned.rule,
            account: account,
            request: planned.request,
            terms: planned.terms
        )
    }
}
