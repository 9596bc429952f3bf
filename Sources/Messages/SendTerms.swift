// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// What a rule says about when, how often and how surely its message leaves.
package struct SendTerms: Hashable, Sendable {
    /// Sent once per rule, recipient and this key; `nil` when the rule has no `once_per`.
    package let once: OncePer?
    /// What it is about, in the word of the rule's `key`, by which a later event may call it off; `nil` where none may.
    package let key: String?
    /// The value that the rule's `when_changed` found; `nil` when it has none.
    package let change: Change?
    /// When it may leave; `nil` for at once, a time to come makes the message `scheduled`, and one that is past is now.
    package internal(set) var dueAt: Timestamp?
    /// Not sent any more from this time on.
    package let expiresAt: Timestamp?
    /// What happens when it is not known whether the partner took it.
    package let onUncertain: OnUncertain
    /// Whether it is sent, or only recorded.
    package let mode: Mode
    /// When nothing is sent.
    package let quiet: QuietHours?
    /// How many may leave.
    package let limit: SendLimit?
    /// Which events share its message; `nil` for a message of one event.
    package let digest: DigestTerms?
    /// The limits of the configuration that it is under, in their order.
    package internal(set) var named: [CountedLimit] = []

    package init(
        once: OncePer? = nil,
        key: String? = nil,
        change: Change? = nil,
        dueAt: Timestamp? = nil,
        expiresAt: Timestamp? = nil,
        onUncertain: OnUncertain = .retry,
        mode: Mode = .live,
        quiet: QuietHours? = nil,
        limit: SendLimit? = nil,
        digest: DigestTerms? = nil
    ) {
        self.once = once
        self.key = key
        self.change = change
        self.dueAt = dueAt
        self.expiresAt = expiresAt
        self.onUncertain = onUncertain
        self.mode = mode
        self.quiet = quiet
        self.limit = limit
        self.digest = digest
    }

    /// When a message that is stored at `now` may leave, but for its gates.
    package func due(at now: Timestamp) -> Timestamp { max(dueAt ?? now, now) }

    /// What stands between its claims and its send; `nil` for nothing.
    package var gates: SendGates? { SendGates(quiet: quiet, limit: limit, named: named) }

    /// The business fact that the message tells.
    ///
    /// - Parameters:
    ///   - rule: The rule that built it.
    ///   - recipient: To whom.
    /// - Returns: `nil` when it may be told any number of times.
    package func fact(rule: String, recipient: MessageRequest.Recipient) -> Fact? {
        once.map { Fact(kind: mode == .live ? .once : .shadowOnce, rule: rule, recipient: recipient, key: $0.key) }
    }
}

extension SendTerms {
    /// Under which an event is remembered that called the message off before it came; `nil` where none may.
    package func calledOffFact(rule: String) -> Fact? { key.map { Fact(kind: .calledOff, rule: rule, key: $0) } }
}

/// How often a business fact may be told: what `once_per` and `once_within` say.
package struct OncePer: Hashable, Sendable {
    /// The window of a rule that names none: 30 days.
    package static let defaultWindow: Duration = .seconds(30 * 86_400)

    /// What is told once, such as an order's number with its status.
    package let key: String
    /// How long the key holds, from when its message may leave.
    package let window: Duration

    package init(key: String, window: Duration = defaultWindow) {
        self.key = key
        self.window = window
    }
}

/// What `on_uncertain` says; the raw value is its word in rule files.
package enum OnUncertain: String, Hashable, Sendable {
    /// At least once: try again.
    case retry
    /// At most once: a person decides.
    case hold
}

/// What `mode` says; the raw value is its word in rule files.
package enum Mode: String, Hashable, Sendable {
    /// The message is sent.
    case live
    /// The message is stored as suppressed and shows what would have been sent; what it tells counts among shadow
    /// messages alone.
    case shadow
}
