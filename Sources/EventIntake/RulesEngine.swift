// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
internal import NIOConcurrencyHelpers
package import Rules

/// The rules that run, and what they make of an event.
///
/// Readers take the whole set by reference; a reload replaces it whole, so an event is evaluated by one set alone.
package final class RulesEngine: Sendable {
    private let current: NIOLockedValueBox<RuleSet>
    private let accounts: [String]
    private let limits: [NamedLimit]
    private let templates: any TemplateKnowledge

    /// An engine that runs these rules.
    ///
    /// - Parameters:
    ///   - rules: The rules to begin with.
    ///   - accounts: The accounts of the configuration, the default first; at least one.
    ///   - limits: The limits of the configuration, over all rules.
    ///   - templates: What is known of the accounts' templates; nothing if left out.
    package init(
        rules: RuleSet,
        accounts: [String],
        limits: [NamedLimit] = [],
        templates: any TemplateKnowledge = NoTemplateKnowledge()
    ) {
        current = NIOLockedValueBox(rules)
        self.accounts = accounts
        self.limits = limits
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
    ) -> Consequences {
        plan(
            event,
            in: EvaluationContext(
                now: event.receivedAt,
                country: country,
                conventions: conventions,
                allowedNumbers: allowedNumbers
            )
        )
    }

    /// Evaluates the rules in a context that may be of another time than the event's; pure but for the ids.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - context: What its evaluation depends on, but for the templates and the limits.
    /// - Returns: What to store.
    package func plan(_ event: Event, in context: EvaluationContext) -> Consequences {
        let known = filled(context)
        let evaluation = rules.evaluate(event, in: known)
        if evaluation.isAboutTemplates { templates.messageDidNotFit() }
        let bytes = { Array(event.payload.bytes) }
        return evaluation.consequences(accounts: accounts, at: known.now, in: known, payload: bytes())
    }

    /// Says what every rule makes of an event: the same rules and templates as ``plan(_:in:)``.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - context: What its evaluation depends on, but for the templates and the limits.
    ///   - others: Rules to ask in the place of those that run.
    /// - Returns: A verdict for each rule.
    package func explain(
        _ event: Event,
        in context: EvaluationContext,
        with others: RuleSet? = nil
    ) -> Explanation {
        (others ?? rules).explain(event, in: filled(context))
    }

    /// With the templates that are known now, and the limits.
    private func filled(_ context: EvaluationContext) -> EvaluationContext {
        var context = context
        context.limits = limits
        templates.fill(&context)
        return context
    }

    /// Builds a digest that is to leave, with the rules as they are now; pure but for the id.
    ///
    /// - Parameters:
    ///   - order: The digest with its events.
    ///   - conventions: How the senders of the sources write their data.
    ///   - now: The time now.
    /// - Returns: Its message; or why there is none.
    package func build(
        _ order: DigestOrder,
        conventions: [String: DataConventions],
        at now: Timestamp
    ) -> DigestContent {
        let events = order.items.compactMap { item in
            (try? JSONDocument(item.payload)).map { Event(item.event, payload: $0) }
        }
        let source = events.last?.source ?? order.source
        let context = filled(EvaluationContext(now: now, conventions: conventions[source] ?? .standard))
        let made = rules.digest(of: order.rule, events, size: order.size, to: order.recipient, in: context)
        if made.isAboutTemplates { templates.messageDidNotFit() }
        return made.content(accounts: accounts, at: now, in: context)
    }
}
