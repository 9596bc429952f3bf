// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Liquid
package import Messages
package import PartnerAPI

// One message for many events: what an event adds to it, and its text when it leaves.

extension RuleEvaluator {
    /// The name under which a digest's texts find its events.
    static let items = "items"

    /// The scope of a rule that collects: `items` holds the event alone.
    func collecting(_ scope: LiquidScope) -> LiquidScope {
        guard rule.timing.digest != nil else { return scope }
        return scope.adding(Self.items, [EventScope.item(of: scope, lets: [])], size: 1)
    }

    /// What an event adds to the digest of a recipient; its text is not built before it leaves.
    func item(
        of digest: DigestSetting,
        for found: RecipientResolver.Found,
        _ onceKey: String?,
        _ subject: Subject,
        _ scope: LiquidScope
    ) throws(Refusal) -> PlannedItem {
        let key = try digest.key.map { expression throws(Refusal) in try self.key(expression, of: "digest.key", scope) }
        let account = rule.send.account.flatMap { try? $0.render(scope) }
        let window = DigestTerms(key: key ?? "", window: digest.every)
        let category = category(account)
        return PlannedItem(
            rule: rule.name,
            recipient: found.recipient,
            country: found.country,
            account: account,
            terms: terms(onceKey, subject, dueAt: nil, quiet: quietHours(of: found, for: category), digest: window),
            category: category
        )
    }

    /// What the message is for, as far as that is known before it has its text, by its template and its rule's word.
    private func category(_ account: String?) -> MessageCategory? {
        .of(knownCategory(account), declared: rule.traits.category)
    }

    private func knownCategory(_ account: String?) -> MessageCategory? {
        guard case .template(let plan) = rule.send.content else { return .service }
        guard let name = plan.name.constant,
            case .found(let found)? = context.catalogue(account)?
                .choose(name, languages: plan.languages.compactMap(\.constant))
        else { return nil }
        return found.category.flatMap { MessageCategory(rawValue: $0.lowercased()) }
    }

    /// Builds the message of a digest: the last event's fields at the root, and all of them as `items`.
    ///
    /// - Parameters:
    ///   - events: The events that are kept with what they say; at least one.
    ///   - size: How many there are in truth.
    ///   - recipient: Who gets it.
    /// - Returns: The message.
    /// - Throws: A refusal with the place in the file.
    func digest(
        of events: [Event],
        size: Int,
        to recipient: MessageRequest.Recipient
    ) throws(Refusal) -> PlannedMessage {
        let names = rule.lets.map(\.name)
        let budget = LiquidBudget()
        var items: [LiquidValue] = []
        var last: LiquidScope?
        for event in events {
            var scope = EventScope.make(event, context, withWebhook: true)
            scope.budget = budget
            items.append(EventScope.item(of: try binding(collecting(scope)), lets: names))
            last = scope
        }
        guard let last else { throw Refusal(.badList, "none of its events can be read any more", at: rule.location) }
        let scope = try binding(last.adding(Self.items, items, size: size))
        return try message(to: RecipientResolver.Found(recipient: recipient), nil, Subject(), scope)
    }
}

extension RuleSet {
    /// Builds the message of a digest that is to leave, with the rules as they are now.
    ///
    /// - Parameters:
    ///   - name: The rule that collected.
    ///   - events: The events that are kept with what they say.
    ///   - size: How many there are in truth.
    ///   - recipient: Who gets it.
    ///   - context: Time, zone, templates; the conventions are those of the last event's sender.
    /// - Returns: The message; or why there is none, in a sentence.
    package func digest(
        of name: String,
        _ events: [Event],
        size: Int,
        to recipient: MessageRequest.Recipient,
        in context: EvaluationContext
    ) -> Result<PlannedMessage, DigestRefusal> {
        guard let rule = rule(named: name) else {
            return .failure(DigestRefusal(reason: "the rule '\(name)' is not there any more"))
        }
        guard rule.timing.digest != nil, let last = events.last else {
            let reason = rule.timing.digest == nil ? "the rule '\(name)' has no 'digest' any more" : "it has no events"
            return .failure(DigestRefusal(reason: reason))
        }
        let evaluator = RuleEvaluator(rule: rule, event: last, context: context)
        do throws(Refusal) {
            return .success(try evaluator.digest(of: events, size: size, to: recipient))
        } catch {
            return .failure(DigestRefusal(reason: "\(evaluator.explained(error))", refusal: error))
        }
    }
}

/// Why a digest cannot be built.
package struct DigestRefusal: Error, Sendable {
    /// One sentence.
    package let reason: String
    /// What its rule could not build; `nil` where there is no such rule.
    package let refusal: Refusal?

    package init(reason: String, refusal: Refusal? = nil) {
        self.reason = reason
        self.refusal = refusal
    }
}

extension Result where Success == PlannedMessage, Failure == DigestRefusal {
    /// The message of a digest as the outbox takes it.
    ///
    /// - Parameters:
    ///   - accounts: The accounts of the configuration, the default first; empty for any.
    ///   - now: The time now.
    ///   - context: What is known of the accounts' templates, and the limits; nothing if left out.
    /// - Returns: The message; or why there is none.
    package func content(
        accounts: [String],
        at now: Timestamp,
        in context: EvaluationContext? = nil
    ) -> DigestContent {
        switch self {
        case .failure(let refusal): return .failed(refusal.reason)
        case .success(let message):
            switch message.stored(as: MessageID(at: now), accounts: accounts, in: context) {
            case .success(let new): return .built(new)
            case .failure(let failed): return .failed(failed.reason)
            }
        }
    }

    /// Whether it was refused, or `otherwise` stood in, because of what is known of its template.
    package var isAboutTemplates: Bool {
        switch self {
        case .success(let message): message.fallbackReason?.isAboutTemplates == true
        case .failure(let failure): failure.refusal?.isAboutTemplates == true
        }
    }
}
