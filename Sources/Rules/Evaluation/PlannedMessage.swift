// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
package import PartnerAPI

/// A message that a rule wants to leave.
package struct PlannedMessage: Sendable {
    /// The rule's name.
    package let rule: String
    /// What to send, to whom.
    package let request: MessageRequest
    /// The country of the recipient's number and who stated it; `nil` for a recipient without number.
    package let country: CountryUse?
    /// What it is for by the word of its rule (``MessageCategory/of(_:declared:)``).
    package var category: MessageCategory?
    /// The region that the recipient's number is of; `nil` where that is not known.
    package var region: String?
    /// Which credentials of the configuration; `nil` for its first account.
    package let account: String?
    /// When, how often and how surely it leaves.
    package let terms: SendTerms
    /// Why `otherwise` was taken instead of `send`; `nil` where `send` was.
    package let fallbackReason: Refusal?
    /// What it leaves as when the partner does not take it as it is: `otherwise`, where that could be built as well.
    package let alternative: Alternative?

    /// A message that leaves in place of another one.
    package struct Alternative: Sendable {
        /// What to send, to whom.
        package let request: MessageRequest
        /// Which credentials of the configuration; `nil` for its first account.
        package let account: String?
    }

    /// The message as the outbox takes it, rendered.
    ///
    /// - Parameters:
    ///   - id: Our id for it.
    ///   - account: The account whose credentials and pace it uses.
    ///   - templates: The account's templates, where they are known.
    ///   - alternative: What it leaves as when the partner does not take it as it is.
    ///   - limits: The limits of the configuration.
    /// - Returns: The message.
    package func new(
        _ id: MessageID,
        account: String,
        _ templates: TemplateCatalogue? = nil,
        otherwise alternative: Messages.Alternative? = nil,
        limits: [NamedLimit] = []
    ) -> NewMessage {
        NewMessage(
            id: id,
            rule: rule,
            account: account,
            request: request,
            terms: terms,
            cause: NewMessage.ruleMatched + (isMarketingToAmerica(templates) ? "; \(Self.america)" : ""),
            templates: templates,
            otherwise: alternative,
            category: category,
            limits: limits
        )
    }

    /// What the timeline says of a message that WhatsApp will hardly deliver, although it takes it.
    static let america = "WhatsApp delivers no marketing templates to numbers of the United States since 2025-04-01"

    /// Whether a marketing template goes to a number of the United States; `+1` alone is no such number.
    private func isMarketingToAmerica(_ templates: TemplateCatalogue?) -> Bool {
        region == "US" && (MessageCategory(request.content, in: templates) ?? category) == .marketing
    }

    /// What it leaves as when the partner does not take it as it is, rendered.
    ///
    /// - Parameters:
    ///   - accounts: The accounts of the configuration, the default first.
    ///   - context: What is known of their templates.
    /// - Returns: `nil` where there is none, and where its account is not in the configuration.
    func alternative(accounts: [String], in context: EvaluationContext?) -> Messages.Alternative? {
        guard let alternative, let account = alternative.account ?? accounts.first, accounts.contains(account) else {
            return nil
        }
        let content = alternative.request.content
        let known = MessageCategory(content, in: context?.catalogue(alternative.account))
        return Messages.Alternative(
            alternative.request,
            account: account,
            category: .of(known, declared: category)
        )
    }
}

/// What a rule collects of an event: its part of a message that many events share.
package struct PlannedItem: Sendable {
    /// The rule's name.
    package let rule: String
    /// Who gets the message.
    package let recipient: MessageRequest.Recipient
    /// The country of the recipient's number and who stated it; `nil` for a recipient without number.
    package let country: CountryUse?
    /// Which credentials of the configuration, as far as that is known; `nil` for its first account.
    package let account: String?
    /// When, how often and how surely it leaves; the digest among it.
    package let terms: SendTerms
    /// What the message is for, as far as that is known.
    package let category: MessageCategory?

    /// What the outbox takes.
    ///
    /// - Parameters:
    ///   - id: The id of the message, if the event opens one.
    ///   - account: The account of a message that names none.
    ///   - limits: The limits of the configuration.
    /// - Returns: The item.
    package func new(_ id: MessageID, account: String, limits: [NamedLimit] = []) -> DigestItem {
        DigestItem(
            id: id,
            rule: rule,
            recipient: recipient,
            terms: limits.isEmpty ? terms : terms.under(limits, category),
            category: category,
            account: self.account ?? account
        )
    }
}

/// A message that a rule wanted to leave and that could not be built.
package struct RefusedMessage: Sendable {
    /// The rule's name.
    package let rule: String
    /// Whether the rule only records.
    package let isShadow: Bool
    /// The recipient, where it was found before the mistake.
    package let recipient: MessageRequest.Recipient?
    /// The business fact, where it was found before the mistake.
    package let onceKey: String?
    /// Why.
    package let refusal: Refusal
}

/// What one rule made of an event that it matched.
package struct RuleOutcome: Sendable {
    /// One message, or the reason why there is none.
    package enum Result: Sendable {
        case planned(PlannedMessage)
        /// The event goes into a digest.
        case collected(PlannedItem)
        case refused(RefusedMessage)

        /// Why `send` could not be built, whether `otherwise` stood in or not.
        var refusal: Refusal? {
            switch self {
            case .planned(let message): message.fallbackReason
            case .collected: nil
            case .refused(let message): message.refusal
            }
        }
    }

    /// The rule's name.
    package let rule: String
    /// In the order of elements (`for_each`), then of recipients; empty when the list was.
    package let results: [Result]
    /// What `when_changed` found, in the order of elements; empty for rules without.
    package let changes: [Change]
}

/// What all rules made of an event.
package struct Evaluation: Sendable {
    /// The rules that matched, in their order.
    package let outcomes: [RuleOutcome]
    /// What it calls off, by rules whose `cancel_when` it is, in their order; or why it has no key for that.
    package let cancelling: [Result<Cancellation, Refusal>]
    /// The rules whose `cancel_when` it is, and for which it has no key.
    package let keyless: [KeylessCancellation]

    package init(
        outcomes: [RuleOutcome],
        cancelling: [Result<Cancellation, Refusal>] = [],
        keyless: [KeylessCancellation] = []
    ) {
        self.outcomes = outcomes
        self.cancelling = cancelling
        self.keyless = keyless
    }

    /// Whether no rule matched, and nothing can be called off.
    package var isEmpty: Bool {
        outcomes.isEmpty && cancelling.allSatisfy { if case .failure = $0 { true } else { false } }
    }

    /// What the event does beside its messages.
    package var sideEffects: SideEffects {
        guard !cancelling.isEmpty || outcomes.contains(where: { !$0.changes.isEmpty }) else { return .none }
        return SideEffects(
            cancellations: cancelling.compactMap { try? $0.get() },
            keyless: keyless,
            changes: outcomes.flatMap(\.changes)
        )
    }

    /// Every result, in order.
    package var results: [RuleOutcome.Result] {
        outcomes.count == 1 ? outcomes[0].results : outcomes.flatMap(\.results)
    }

    /// The messages that can be sent or recorded, in order.
    package var messages: [PlannedMessage] {
        results.compactMap { if case .planned(let message) = $0 { message } else { nil } }
    }

    /// The messages that could not be built, in order.
    package var refusals: [RefusedMessage] {
        results.compactMap { if case .refused(let message) = $0 { message } else { nil } }
    }
}

// MARK: What is stored

extension PlannedMessage {
    /// The message as the outbox takes it; or that the configuration, which names some, does not have its account.
    func stored(
        as id: MessageID,
        accounts: [String],
        in context: EvaluationContext?
    ) -> Result<NewMessage, FailedMessage> {
        let account = self.account ?? accounts.first ?? ""
        guard accounts.isEmpty || accounts.contains(account) else {
            let reason = "the rule names the account '\(account)', which the configuration does not have"
            return .failure(FailedMessage(id: id, rule: rule, reason: reason, recipient: request.recipient))
        }
        let (templates, otherwise) = (context?.catalogue(self.account), alternative(accounts: accounts, in: context))
        let limits = context?.limits ?? []
        return .success(new(id, account: account, templates, otherwise: otherwise, limits: limits))
    }
}

extension Evaluation {
    /// Puts the results as the outbox takes them; pure but for the ids.
    ///
    /// - Parameters:
    ///   - accounts: The accounts of the configuration, the default first.
    ///   - now: When the event came.
    ///   - context: What is known of the accounts' templates; nothing if left out.
    ///   - payload: What the rules saw of the event, as JSON; asked for only when the event goes into a digest.
    /// - Returns: What to store.
    package func consequences(
        accounts: [String],
        at now: Timestamp,
        in context: EvaluationContext? = nil,
        payload: @autoclosure () -> [UInt8] = []
    ) -> Consequences {
        var (messages, items, failures): ([NewMessage], [DigestItem], [FailedMessage]) = ([], [], [])
        for outcome in outcomes {
            for result in outcome.results {
                let id = MessageID(at: now)
                switch result {
                case .planned(let message):
                    switch message.stored(as: id, accounts: accounts, in: context) {
                    case .success(let new): messages.append(new)
                    case .failure(let failed): failures.append(failed)
                    }
                case .collected(let item):
                    items.append(item.new(id, account: accounts.first ?? "", limits: context?.limits ?? []))
                case .refused(let message):
                    let reason = "\(message.refusal)"
                    failures.append(
                        FailedMessage(id: id, rule: message.rule, reason: reason, recipient: message.recipient)
                    )
                }
            }
        }
        return Consequences(
            disposition: isEmpty ? .unmatched : .matched,
            messages: messages,
            digests: items.isEmpty ? .none : DigestItems(items, payload: payload()),
            failures: failures,
            sideEffects: sideEffects
        )
    }

    /// Whether a message was refused, or replaced by `otherwise`, because of what is known of its template.
    package var isAboutTemplates: Bool {
        outcomes.contains { $0.results.contains { $0.refusal?.isAboutTemplates == true } }
    }
}
