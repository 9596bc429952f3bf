// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import EventPatterns
import Events
import Messages
import PhoneNumbers

/// One rule, compiled: an object, because every event that comes near it would copy all its parts.
final class Rule: Sendable {
    let name: String
    /// As its file has it.
    let text: RuleLines
    let summary: String?
    /// The sources whose events it sees; `nil` for all.
    let sources: [String]?
    /// The types of events that it sees; empty for all.
    let events: [EventTypePattern]
    /// `match` as it was written.
    let match: JSON?
    /// The same with its places.
    let matchNode: YAMLNode?
    /// `headers` as it was written.
    let headers: JSON?
    /// `match` and `headers`.
    let pattern: EventPattern
    let traits: RuleTraits
    let lets: [(name: String, value: Expression)]
    let forEach: Expression?
    let recipients: [RecipientPlan]
    /// The country of numbers without country code, by `defaults`.
    let country: String?
    /// Kinds of numbers that `defaults` allows; `nil` leaves it to the source.
    let allowedNumbers: Set<NumberKind>?
    let send: SendPlan
    let otherwise: SendPlan?
    let timing: RuleTiming

    init(
        name: String,
        text: RuleLines,
        summary: String?,
        sources: [String]?,
        events: [EventTypePattern],
        match: JSON?,
        matchNode: YAMLNode?,
        headers: JSON?,
        pattern: EventPattern,
        traits: RuleTraits,
        lets: [(name: String, value: Expression)],
        forEach: Expression?,
        recipients: [RecipientPlan],
        country: String?,
        allowedNumbers: Set<NumberKind>?,
        send: SendPlan,
        otherwise: SendPlan?,
        timing: RuleTiming
    ) {
        self.name = name
        self.text = text
        self.summary = summary
        self.sources = sources
        self.events = events
        self.match = match
        self.matchNode = matchNode
        self.headers = headers
        self.pattern = pattern
        self.traits = traits
        self.lets = lets
        self.forEach = forEach
        self.recipients = recipients
        self.country = country
        self.allowedNumbers = allowedNumbers
        self.send = send
        self.otherwise = otherwise
        self.timing = timing
    }

    /// Where the rule begins.
    var location: SourceLocation { text.location }
    var isEnabled: Bool { traits.isEnabled }
    var isShadow: Bool { traits.isShadow }
    var stops: Bool { traits.stops }
    var readsWebhook: Bool { traits.readsWebhook }

    /// What an event has to be like.
    var condition: EventCondition {
        EventCondition(events: events, match: match, headers: headers, pattern: pattern)
    }

    /// Whether an event of that source and type is for this rule at all.
    func sees(source: String, type: String) -> Bool {
        (sources?.contains(source) ?? true) && (events.isEmpty || events.contains { $0.matches(type) })
    }
}

/// What is so of a rule, or not.
struct RuleTraits: Sendable {
    let isEnabled: Bool
    let isShadow: Bool
    /// Whether later rules are passed over after a match.
    let stops: Bool
    /// Whether some text of the rule reads `webhook`.
    let readsWebhook: Bool
    /// What its messages are for, where their template's category is not known; `nil` where the rule does not say.
    let category: MessageCategory?
}

/// What an event has to be like: for a rule, or for its `cancel_when`.
struct EventCondition: Sendable {
    /// The types of events; empty for all.
    let events: [EventTypePattern]
    /// `match` as it was written.
    let match: JSON?
    /// `headers` as it was written.
    let headers: JSON?
    /// `match` and `headers`.
    let pattern: EventPattern
}

/// One entry of `to`.
enum RecipientPlan: Sendable {
    case phone(PhonePlan)
    /// An id that WhatsApp itself reported.
    case whatsAppID(Expression)
    case contact(Expression)
}

/// Numbers of one recipient, by preference.
struct PhonePlan: Sendable {
    /// A text that gives a number.
    struct Candidate: Sendable {
        let expression: Expression
        /// Whether the filter `phone` has read it, which gives international digits without a plus.
        let isRead: Bool
    }

    let candidates: [Candidate]
    /// The country of numbers without country code.
    let country: Expression?
    /// Kinds of numbers that are otherwise refused; `nil` leaves it to the file and the source.
    let allowed: Set<NumberKind>?
    /// Whether the first number of a text that has several is taken, instead of refusing it.
    let takesFirst: Bool
    let location: SourceLocation
}

/// What a rule says about when and how often its messages leave.
struct RuleTiming: Sendable {
    /// The parts of the business fact that is told once; empty for none.
    let oncePer: [Expression]
    /// How long the fact is remembered.
    let onceWithin: Duration
    let delay: DelaySetting?
    let expiresAfter: Duration?
    let onUncertain: OnUncertain
    let key: Expression?
    let cancelWhen: CancelSetting?
    let whenChanged: Expression?
    let digest: DigestSetting?
    let quietHours: QuietHoursSetting?
    let limit: SendLimit?
}
