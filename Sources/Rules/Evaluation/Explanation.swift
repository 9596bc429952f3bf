// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import EventPatterns
package import Events
import Liquid
import Messages
import PartnerAPI

/// Why each rule did or did not make a message of an event.
package struct Explanation: Sendable {
    /// What one rule made of the event.
    package enum Verdict: Sendable {
        /// It matched; the messages or the reasons why there are none.
        case matched(RuleOutcome)
        /// It is for other sources.
        case otherSource(wanted: [String])
        /// It says `enabled: false`.
        case disabled
        /// It is for other event types.
        case otherType(wanted: [String])
        /// A condition of `match` or `headers` does not hold.
        case unmatched(PatternFailure)
        /// It matches, and an earlier rule that matched says `stop: true`.
        case stopped(by: String)
    }

    /// One rule's part of the answer.
    package struct Entry: Sendable {
        /// The rule's name.
        package let rule: String
        /// Where the rule is.
        package let location: SourceLocation
        /// What it made of the event.
        package let verdict: Verdict
        /// The same in plain words.
        package let sentence: String
        /// Whether it calls off what the rule has waiting under some key.
        package let callsOff: Bool
    }

    /// The event's source.
    package let source: String
    /// The event's type.
    package let type: String
    /// Every rule that sees the source, in order.
    package let entries: [Entry]

    /// The whole answer in plain words, a line each.
    package var text: String {
        guard !entries.isEmpty else { return "no rule is for the source '\(source)'\n" }
        return entries.map { "\($0.rule): \(VisibleText.line($0.sentence))\n" }.joined()
    }
}

extension RuleSet {
    /// Explains what every rule makes of an event.
    ///
    /// - Parameters:
    ///   - event: Any event.
    ///   - context: Time, zone, country, templates.
    ///   - allSources: Whether rules for other sources are in the answer too.
    /// - Returns: An entry for each rule, in the rules' order.
    package func explain(_ event: Event, in context: EvaluationContext, allSources: Bool = false) -> Explanation {
        let envelope = Envelope.document(event)?.root
        let scope = EventScope.make(event, context, withWebhook: true)
        var stopper: String?
        var rest = RuleEvaluator.maxMessages
        var entries: [Explanation.Entry] = []
        var outbox = VirtualOutbox()
        for rule in rules {
            if let sources = rule.sources, !sources.contains(event.source), !allSources { continue }
            let verdict = verdict(rule, event, envelope, stopper) {
                RuleEvaluator(rule: rule, event: event, context: context).evaluate(scope, limit: rest)
            }
            if case .matched(let outcome) = verdict { rest = max(0, rest - outcome.results.count) }
            if case .matched = verdict, rule.stops { stopper = rule.name }
            let callingOff = callingOff(rule, event, envelope, context, scope)
            entries.append(
                Explanation.Entry(
                    rule: rule.name,
                    location: rule.location,
                    verdict: verdict,
                    sentence: verdict.sentence(event, rule, context, &outbox)
                        + (callingOff.map { "; \($0.words)" } ?? ""),
                    callsOff: callingOff?.isKeyed ?? false
                )
            )
        }
        return Explanation(source: event.source, type: event.type, entries: entries)
    }

    /// What a rule's `cancel_when` does with the event; `nil` when that is not about it.
    private func callingOff(
        _ rule: Rule,
        _ event: Event,
        _ envelope: JSONNode?,
        _ context: EvaluationContext,
        _ scope: LiquidScope
    ) -> (words: String, isKeyed: Bool)? {
        guard let condition = rule.timing.cancelWhen?.condition, rule.sources?.contains(event.source) ?? true,
            condition.events.isEmpty || condition.events.contains(where: { $0.matches(event.type) }),
            condition.pattern.firstFailure(event.payload.root, envelope: envelope) == nil
        else { return nil }
        let evaluator = RuleEvaluator(rule: rule, event: event, context: context)
        switch evaluator.cancellation(scope, isOwn: false) {
        case .success(let cancellation):
            return ("cancel_when: calls off what has not left under the key '\(cancellation.key)'", true)
        case .failure(let refusal):
            return ("cancel_when: the event is meant, and calls off nothing: \(refusal)", false)
        }
    }

    private func verdict(
        _ rule: Rule,
        _ event: Event,
        _ envelope: JSONNode?,
        _ stopper: String?,
        _ outcome: () -> RuleOutcome
    ) -> Explanation.Verdict {
        if let sources = rule.sources, !sources.contains(event.source) { return .otherSource(wanted: sources) }
        guard rule.isEnabled else { return .disabled }
        guard rule.events.isEmpty || rule.events.contains(where: { $0.matches(event.type) }) else {
            return .otherType(wanted: rule.events.map(\.text))
        }
        if let failure = rule.pattern.firstFailure(event.payload.root, envelope: envelope) {
            return .unmatched(failure)
        }
        if let stopper { return .stopped(by: stopper) }
        return .matched(outcome())
    }
}

extension Explanation.Verdict {
    fileprivate func sentence(
        _ event: Event,
        _ rule: Rule,
        _ context: EvaluationContext,
        _ outbox: inout VirtualOutbox
    ) -> String {
        switch self {
        case .otherSource(let wanted):
            "not looked at: it is for \(list(wanted)), and the event came from '\(event.source)'"
        case .disabled: "not looked at: it says enabled: false"
        case .otherType(let wanted): "no match: it is for \(list(wanted)), and the event is \(name(event.type))"
        case .unmatched(let failure): "no match: \(failure)"
        case .stopped(let rule): "it matches, and the earlier rule '\(rule)' says stop: true"
        case .matched(let outcome): matched(outcome, context, &outbox)
        }
    }

    private func name(_ type: String) -> String { type.isEmpty ? "without type" : "'\(type)'" }

    private func list(_ words: [String]) -> String { words.map { "'\($0)'" }.joined(separator: " or ") }

    private func matched(
        _ outcome: RuleOutcome,
        _ context: EvaluationContext,
        _ outbox: inout VirtualOutbox
    ) -> String {
        let now = context.now
        guard !outcome.results.isEmpty else { return "matched, and its list is empty: no message" }
        let parts = outcome.results.map { result in
            switch result {
            case .planned(let message):
                let (id, templates) = (MessageID(at: now), context.catalogue(message.account))
                outbox.accept(
                    message.new(id, account: message.account ?? "", templates, limits: context.limits),
                    at: now
                )
                outbox.pass(until: now)
                let (verb, note) = outbox.messages.last.map { fate($0, message.terms, now) } ?? ("sends", "")
                let reason = message.fallbackReason.map { "; 'otherwise', since \($0.reason)" } ?? ""
                let country = message.country.map { " (\($0.sentence))" } ?? ""
                return "\(verb) \(message.request.summary)\(country)\(reason)\(note)"
            case .collected(let item): return collected(item, context, &outbox)
            case .refused(let message): return "cannot send: \(message.refusal)"
            }
        }
        return "matched: " + parts.joined(separator: "; ")
    }

    /// What becomes of an event that goes into a digest.
    private func collected(
        _ item: PlannedItem,
        _ context: EvaluationContext,
        _ outbox: inout VirtualOutbox
    ) -> String {
        let now = context.now
        let new = item.new(MessageID(at: now), account: "", limits: context.limits)
        let place = outbox.accept(new, of: 0, at: now).place
        let entry = outbox.messages[place]
        let whom =
            switch item.recipient {
            case .phone(let number): "\(number)"
            case .contact(let id): "contact \(id)"
            }
        let country = item.country.map { " (\($0.sentence))" } ?? ""
        let key = item.terms.digest.map { $0.key.isEmpty ? "" : ", under the key '\($0.key)'" } ?? ""
        let subject = "for one message to \(whom)\(country)\(key)"
        guard let due = entry.record.message.dueAt else {
            return "does not collect it \(subject); \(entry.beginning.reason)"
        }
        let verb = item.terms.mode == .shadow ? "collects it (shadow)" : "collects it"
        let cancelled = item.terms.key.map { ", unless an event calls off '\($0)' before" } ?? ""
        let span = "until \(due.rfc3339), if no digest is open that ends before"
        return "\(verb) \(subject), \(span)\(cancelled)"
    }

    /// What becomes of a message that was built, as a verb before it and a note behind it.
    private func fate(_ entry: VirtualOutbox.Entry, _ terms: SendTerms, _ now: Timestamp) -> (
        verb: String, note: String
    ) {
        let change = terms.change.map {
            "; when_changed: only if '\($0.value)' is not the last that is known of '\($0.key)'"
        }
        let condition = change ?? ""
        switch entry.beginning.obstacle {
        case .expired, .unchanged, .calledOff, .optedOut: return ("does not send", "; \(entry.beginning.reason)")
        case .repeated: return ("does not send", "; once_per: an earlier message of this event has the same key")
        case .shadow: return ("would send (shadow)", condition)
        case nil: break
        }
        let message = entry.record.message
        guard message.state != .suppressed else { return ("does not send", "; \(message.reason)") }
        let gates = entry.record.gates
        let named = (gates?.named ?? []).filter(\.holds).map { "; \($0.limit.sentence(of: $0.name))" }.joined()
        let limit = (gates?.limit.map { "; \($0.sentence())" } ?? "") + named
        let past = terms.dueAt.map { $0 < now } == true ? "; its delay is past, so it is due now" : ""
        guard message.dueAt != nil else { return ("sends", condition + past + limit) }
        let cause = NewMessage.ruleMatched
        let wait =
            message.reason.hasPrefix(cause) ? String(message.reason.dropFirst(cause.count)) : "; \(message.reason)"
        let cancelled = terms.key.map { ", unless an event calls off '\($0)' before" } ?? ""
        return ("sends", condition + wait + cancelled + limit)
    }
}

extension SendLimit {
    /// What an explanation says of it, which does not know what left before.
    fileprivate func sentence(of name: String? = nil) -> String {
        let whose =
            switch scope {
            case .recipient: "to this recipient"
            case .rule: "of this rule"
            case .account: name == nil ? "of this rule through this account" : "through this account"
            }
        let most = "limit\(name.map { " '\($0)'" } ?? ""): at most \(count) \(whose) in \(DurationText.write(every))"
        return "\(most), one more \(excess == .drop ? "is dropped" : "waits"); what left before is not known here"
    }
}
