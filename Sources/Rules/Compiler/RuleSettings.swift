// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events

// What a rule says about when its message leaves beyond what evaluation itself acts on: read, checked and kept.

/// When nothing is sent.
package struct QuietHoursSetting: Hashable, Sendable {
    /// When quiet begins.
    package let from: TimeOfDay
    /// When quiet ends; on the next day where it is not later than `from`.
    package let to: TimeOfDay
    /// The time zone's name; `nil` for the recipient's.
    package let zone: String?
    /// Over how long what waited leaves.
    package let spread: Duration
}

/// How many messages at most.
package struct LimitSetting: Hashable, Sendable {
    /// For each what is counted.
    package enum Scope: String, Hashable, Sendable {
        case recipient
        case rule
        case account
    }

    /// What happens to one more.
    package enum Excess: String, Hashable, Sendable {
        case drop
        case `defer`
    }

    /// How many.
    package let count: Int
    /// For each what.
    package let per: Scope
    /// In how long.
    package let every: Duration
    /// What happens to one more.
    package let onExceed: Excess
}

/// One message for many events.
struct DigestSetting: Sendable {
    /// How long to collect.
    let every: Duration
    /// What the events of one message have in common; `nil` for the recipient alone.
    let key: Expression?
}

/// Which later event cancels what has not left.
struct CancelSetting: Sendable {
    let events: [EventTypePattern]
    let match: YAMLNode?
    let key: Expression
}

/// How long a message waits before it may leave.
enum DelaySetting: Sendable {
    case span(Duration)
    /// Liquid that gives a time span or an instant.
    case computed(Expression)
}
