// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import PartnerAPI

/// A message that a rule built, on its way into the outbox.
package struct NewMessage: Hashable, Sendable {
    /// The rule that a message is said to come from which an application sends through the API.
    package static let apiRule = "api"

    /// Our id for it.
    package let id: MessageID
    /// The rule that built it.
    package let rule: String
    /// The account whose credentials and pace it uses.
    package let account: String
    /// Who gets it.
    package let recipient: MessageRequest.Recipient
    /// What to send, as it will leave.
    package let request: RenderedRequest
    /// When, how often and how surely it leaves.
    package let terms: SendTerms
    /// What it is for; `nil` for a template whose category nobody knows.
    package let category: MessageCategory?
    /// Why there is this message, as its timeline begins.
    package fileprivate(set) var cause: String
    /// What it leaves as when the partner does not take it as it is; `nil` for nothing.
    package let alternative: Alternative?

    /// The cause of a message that a rule built.
    package static let ruleMatched = "the rule matched"

    /// A message, whose request is rendered here and never again.
    ///
    /// - Parameters:
    ///   - id: Our id for it.
    ///   - rule: The rule that built it.
    ///   - account: The account whose credentials and pace it uses.
    ///   - request: What to send, to whom.
    ///   - terms: When, how often and how surely it leaves.
    ///   - cause: Why there is this message, as its timeline begins.
    ///   - catalogue: The templates of its account, where they are known.
    ///   - alternative: What it leaves as when the partner does not take it as it is.
    ///   - declared: What it is for by the word of its rule (``MessageCategory/of(_:declared:)``).
    ///   - limits: The limits of the configuration.
    package init(
        id: MessageID,
        rule: String,
        account: String,
        request: MessageRequest,
        terms: SendTerms = SendTerms(),
        cause: String = NewMessage.ruleMatched,
        templates catalogue: TemplateCatalogue? = nil,
        otherwise alternative: Alternative? = nil,
        category declared: MessageCategory? = nil,
        limits: [NamedLimit] = []
    ) {
        self.id = id
        self.rule = rule
        self.account = account
        recipient = request.recipient
        self.request = RenderedRequest(request)
        self.cause = cause
        self.alternative = alternative
        category = .of(MessageCategory(request.content, in: catalogue), declared: declared)
        self.terms = limits.isEmpty ? terms : terms.under(limits, category)
    }

    /// The business fact that it tells once; `nil` when it may be told any number of times.
    package var fact: Fact? { terms.fact(rule: rule, recipient: recipient) }

    /// Under which an event is remembered that called it off before it came; `nil` where none may.
    package var calledOffFact: Fact? { terms.calledOffFact(rule: rule) }
}

extension NewMessage {
    /// The message with the job in its cause that replayed its event.
    package func replayed(by job: JobID) -> NewMessage {
        var message = self
        message.cause = "replayed by \(job): \(cause)"
        return message
    }
}

/// A message that a rule could not build: stored as `failed` without a request, so that a mended rule can be
/// replayed over its event.
package struct FailedMessage: Error, Hashable, Sendable {
    /// Our id for it.
    package let id: MessageID
    /// The rule that matched and could not build its message.
    package let rule: String
    /// Why, in a sentence, with the path or the filter at fault; no phone number.
    package let reason: String
    /// Who was to get it; `nil` where that was not found out.
    package let recipient: MessageRequest.Recipient?

    package init(id: MessageID, rule: String, reason: String, recipient: MessageRequest.Recipient? = nil) {
        self.id = id
        self.rule = rule
        self.recipient = recipient
        // A filter's words may repeat what it could not read.
        self.reason = NumberHiding.hide(in: reason)
    }
}
