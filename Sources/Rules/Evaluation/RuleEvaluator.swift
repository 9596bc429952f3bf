// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Liquid
import Messages
import PartnerAPI

/// Makes one rule's messages for an event that it matches.
struct RuleEvaluator {
    /// The most elements of a `for_each`, so that one event cannot send without end.
    static let maxElements = 1_000
    /// The most messages that one event may make, over all rules together.
    static let maxMessages = 5_000

    let rule: Rule
    /// When the event happened.
    let eventTime: Timestamp
    /// The same in the sender's word; `nil` where the sender does not say, and events are in the order of their arrival.
    let statedTime: Timestamp?
    let context: EvaluationContext

    init(rule: Rule, event: Event, context: EvaluationContext) {
        self.rule = rule
        eventTime = event.time
        statedTime = event.time == event.receivedAt ? nil : event.time
        self.context = context
    }

    /// Makes the messages.
    ///
    /// - Parameters:
    ///   - scope: What texts can name before `let`.
    ///   - limit: How many messages are left to the event.
    /// - Returns: One result for each element and recipient; where the event's limit or budget is used up, one refusal
    ///   in place of the rest.
    func evaluate(_ scope: LiquidScope, limit: Int = RuleEvaluator.maxMessages) -> RuleOutcome {
        var results: [RuleOutcome.Result] = []
        var changes: [Change] = []
        do throws(Refusal) {
            let elements = try elements(scope)
            for (number, element) in elements.enumerated() {
                let subject = subject(element, number)
                if let change = try? subject.get().change { changes.append(change) }
                for plan in rule.recipients {
                    try requireRoom(after: results.count, of: elements.count * rule.recipients.count, limit, scope)
                    results.append(result(plan, element, subject))
                }
            }
        } catch {
            results.append(.refused(refused(nil, error)))
        }
        return RuleOutcome(rule: rule.name, results: Self.withoutRepeated(results), changes: changes)
    }

    /// Refuses what one event must not cause: messages without end, and texts that keep a processor busy for seconds.
    private func requireRoom(after made: Int, of wanted: Int, _ limit: Int, _ scope: LiquidScope) throws(Refusal) {
        let rest = wanted - made
        let left = rest == 1 ? "1 message of this rule is not made" : "\(rest) messages of this rule are not made"
        guard made < limit else {
            let reason = "one event makes at most \(Self.maxMessages) messages, over all rules together"
            throw Refusal(.limit, "\(reason); \(left)", at: rule.location)
        }
        guard let budget = scope.budget, budget.isSpent else { return }
        let work = "\(budget.steps) loop steps and \(budget.bytes >> 20) MiB of text"
        throw Refusal(.limit, "the texts of one event take at most \(work) together; \(left)", at: rule.location)
    }

    /// The scopes of `for_each` with `let` in them; one where the rule has no list.
    private func elements(_ scope: LiquidScope) throws(Refusal) -> [LiquidScope] {
        guard let list = rule.forEach else { return [try binding(collecting(scope))] }
        // What `let` defines may name `item` and may make the list: it is bound before, where it can be, and after.
        let outer = rule.lets.isEmpty ? scope : ((try? binding(scope)) ?? scope)
        guard let elements = try list.evaluate(outer).asArray else {
            throw Refusal(.badList, "'for_each' gives no list: \(try describe(list, outer))", at: list.location)
        }
        guard elements.count <= Self.maxElements else {
            let reason = "'for_each' gives \(elements.count) elements; expected at most \(Self.maxElements)"
            throw Refusal(.badList, reason, at: list.location)
        }
        var scopes: [LiquidScope] = []
        for (index, element) in elements.enumerated() {
            scopes.append(try binding(EventScope.element(element, index, of: elements.count, in: scope)))
        }
        return scopes
    }

    private func describe(_ list: Expression, _ scope: LiquidScope) throws(Refusal) -> String {
        let value = try list.evaluate(scope)
        return value.isNil ? "the value is missing" : "found \(value.typeName)"
    }

    func binding(_ scope: LiquidScope) throws(Refusal) -> LiquidScope {
        var scope = scope
        for (name, value) in rule.lets { scope = scope.adding(name, try value.evaluate(scope)) }
        return scope
    }

    private func result(
        _ plan: RecipientPlan,
        _ scope: LiquidScope,
        _ subject: Result<Subject, Refusal>
    ) -> RuleOutcome.Result {
        var recipient: MessageRequest.Recipient?
        var key: String?
        do throws(Refusal) {
            let resolver = RecipientResolver(
                defaultCountry: rule.country,
                sourceCountry: context.country,
                allowed: rule.allowedNumbers ?? context.allowedNumbers
            )
            let found = try resolver.resolve(plan, scope)
            recipient = found.recipient
            key = try onceKey(scope)
            if let digest = rule.timing.digest {
                return .collected(try item(of: digest, for: found, key, try subject.get(), scope))
            }
            return .planned(try message(to: found, key, try subject.get(), scope))
        } catch {
            return .refused(refused(recipient, explained(error), key))
        }
    }

    private func refused(_ recipient: MessageRequest.Recipient?, _ refusal: Refusal, _ key: String? = nil)
        -> RefusedMessage
    {
        RefusedMessage(rule: rule.name, isShadow: rule.isShadow, recipient: recipient, onceKey: key, refusal: refusal)
    }

    /// Two entries of `to` that are one recipient send once.
    private static func withoutRepeated(_ results: [RuleOutcome.Result]) -> [RuleOutcome.Result] {
        struct Told: Hashable {
            let recipient: MessageRequest.Recipient
            let request: MessageRequest?
            let key: String?
            let change: Change?
        }
        var seen: Set<Told> = []
        guard results.count > 1 else { return results }
        return results.filter { result in
            let (recipient, request, terms): (MessageRequest.Recipient, MessageRequest?, SendTerms)
            switch result {
            case .planned(let message):
                (recipient, request, terms) = (message.request.recipient, message.request, message.terms)
            case .collected(let item): (recipient, request, terms) = (item.recipient, nil, item.terms)
            case .refused: return true
            }
            let told = Told(recipient: recipient, request: request, key: terms.key, change: terms.change)
            return seen.insert(told).inserted
        }
    }
}

// MARK: One message

extension RuleEvaluator {
    func message(
        to found: RecipientResolver.Found,
        _ key: String?,
        _ subject: Subject,
        _ scope: LiquidScope
    ) throws(Refusal) -> PlannedMessage {
        let dueAt = try dueAt(scope)
        var reason: Refusal?
        let built: Built
        do throws(Refusal) {
            built = try build(rule.send, found.recipient, scope)
        } catch {
            guard let otherwise = rule.otherwise else { throw error }
            reason = explained(error)
            built = try build(otherwise, found.recipient, scope)
        }
        return PlannedMessage(
            rule: rule.name,
            request: built.request,
            country: found.country,
            category: rule.traits.category,
            region: found.region,
            account: built.account,
            terms: terms(key, subject, dueAt: dueAt, quiet: quietHours(of: found, for: category(of: built))),
            fallbackReason: reason,
            alternative: reason == nil ? alternative(to: built, found.recipient, scope) : nil
        )
    }

    /// What the message leaves as when the partner does not take it: built now, and no reason to refuse it.
    private func alternative(
        to built: Built,
        _ recipient: MessageRequest.Recipient,
        _ scope: LiquidScope
    ) -> PlannedMessage.Alternative? {
        guard let otherwise = rule.otherwise, let other = try? build(otherwise, recipient, scope),
            other.request != built.request || other.account != built.account
        else { return nil }
        return PlannedMessage.Alternative(request: other.request, account: other.account)
    }

    /// What the rule says about when, how often and how surely a message leaves.
    func terms(
        _ key: String?,
        _ subject: Subject,
        dueAt: Timestamp?,
        quiet: QuietHours?,
        digest: DigestTerms? = nil
    ) -> SendTerms {
        SendTerms(
            once: key.map { OncePer(key: $0, window: rule.timing.onceWithin) },
            key: rule.timing.cancelWhen == nil ? nil : subject.key,
            change: subject.change,
            dueAt: dueAt,
            expiresAt: rule.timing.expiresAfter.map { eventTime.advanced(by: $0) },
            onUncertain: rule.timing.onUncertain,
            mode: rule.isShadow ? .shadow : .live,
            quiet: quiet,
            limit: rule.timing.limit,
            digest: digest
        )
    }

    /// When the recipient is to have no message of the rule; a file's quiet hours do not hold what says who somebody is.
    ///
    /// - Parameters:
    ///   - found: Who gets the message.
    ///   - category: What the message is for; asked for only where that matters.
    /// - Returns: `nil` where it may leave at any time.
    func quietHours(of found: RecipientResolver.Found, for category: @autoclosure () -> MessageCategory?) -> QuietHours?
    {
        guard let setting = rule.timing.quietHours, !(setting.isInherited && category() == .authentication) else {
            return nil
        }
        return setting.hours(of: found.recipient, region: found.region)
    }

    /// What a message is for, by its template and the rule's word.
    private func category(of built: Built) -> MessageCategory? {
        let known = MessageCategory(built.request.content, in: context.catalogue(built.account))
        return .of(known, declared: rule.traits.category)
    }

    private struct Built {
        let request: MessageRequest
        let account: String?
    }

    private func build(_ plan: SendPlan, _ recipient: MessageRequest.Recipient, _ scope: LiquidScope) throws(Refusal)
        -> Built
    {
        let account = try plan.account.map { expression throws(Refusal) in try expression.render(scope) }
        let number = try plan.phoneNumberID.map { expression throws(Refusal) in try expression.render(scope) }
        let content = try ContentBuilder(scope: scope, catalogue: context.catalogue(account)).build(plan)
        do throws(MessageRequestError) {
            let request = try MessageRequest(recipient: recipient, phoneNumberID: number, content: content)
            return Built(request: request, account: account)
        } catch {
            throw Refusal(.invalidMessage, error.description, at: plan.location)
        }
    }

    private func onceKey(_ scope: LiquidScope) throws(Refusal) -> String? {
        let parts = rule.timing.oncePer
        guard !parts.isEmpty else { return nil }
        var keys: [String] = []
        for part in parts {
            let key = ParameterCleaning.clean(try part.render(scope))
            guard !key.isEmpty else { throw Refusal(.badKey, "the key of 'once_per' is empty", at: part.location) }
            keys.append(key)
        }
        guard keys.count > 1 else { return keys.first }
        // Escaped, so that the parts of two different lists cannot add up to the same key.
        return keys.map { $0.replacing("%", with: "%25").replacing("/", with: "%2F") }.joined(separator: "/")
    }

    /// An undefined name that `let` defines, traced back to the text that gave nothing.
    func explained(_ refusal: Refusal) -> Refusal {
        guard let name = refusal.path.map({ $0.prefix { $0 != "." && $0 != "[" } }),
            let source = rule.lets.first(where: { $0.name == name })
        else { return refusal }
        let reason = "\(refusal.reason), because let '\(name)' gave nothing: \(source.value.template.source)"
        return Refusal(refusal.code, reason, at: refusal.location, path: refusal.path, country: refusal.country)
    }
}
