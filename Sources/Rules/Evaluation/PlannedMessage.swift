// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
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
    /// Which credentials of the configuration; `nil` for its first account.
    package let account: String?
    /// When, how often and how surely it leaves.
    package let terms: SendTerms
    /// Why `otherwise` was taken instead of `send`; `nil` where `send` was.
    package let fallbackReason: Refusal?

    /// Where it would begin, were it stored now.
    ///
    /// - Parameters:
    ///   - now: The time now.
    ///   - book: What was told before; what this message tells is added.
    /// - Returns: What a store would decide.
    func beginning(at now: Timestamp, _ book: inout FactBook) -> Beginning {
        let fact = terms.fact(rule: rule, recipient: request.recipient)
        return book.begin(MessageID(at: now), telling: fact, terms, at: now, keys: now)
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
        case refused(RefusedMessage)
    }

    /// The rule's name.
    package let rule: String
    /// In the order of elements (`for_each`), then of recipients; empty when the list was.
    package let results: [Result]
}

/// What all rules made of an event.
package struct Evaluation: Sendable {
    /// The rules that matched, in their order.
    package let outcomes: [RuleOutcome]

    package init(outcomes: [RuleOutcome]) {
        self.outcomes = outcomes
    }

    /// Every result, in order.
    package var results: [RuleOutcome.Result] { outcomes.flatMap(\.results) }

    /// The messages that can be sent or recorded, in order.
    package var messages: [PlannedMessage] {
        results.compactMap { if case .planned(let message) = $0 { message } else { nil } }
    }

    /// The messages that could not be built, in order.
    package var refusals: [RefusedMessage] {
        results.compactMap { if case .refused(let message) = $0 { message } else { nil } }
    }
}
