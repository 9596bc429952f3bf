// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events

// What a rule says about when its message leaves beyond what evaluation itself acts on: read, checked and kept.

/// One message for many events.
struct DigestSetting: Sendable {
    /// How long to collect.
    let every: Duration
    /// What the events of one message have in common; `nil` for the recipient alone.
    let key: Expression?
    /// Where it stands.
    let location: SourceLocation
}

/// Which later event cancels what has not left.
struct CancelSetting: Sendable {
    let condition: EventCondition
    /// The types of events with their places.
    let eventNodes: [YAMLNode]
    /// `match` with its places.
    let matchNode: YAMLNode?
    /// What has to equal the rule's own key.
    let key: Expression
}

/// How long a message waits before it may leave.
enum DelaySetting: Sendable {
    case span(Duration)
    /// Liquid that gives a time span or an instant.
    case computed(Expression)
}
