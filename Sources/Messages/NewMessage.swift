// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import PartnerAPI

/// A message that a rule built, on its way into the outbox.
package struct NewMessage: Hashable, Sendable {
    /// Our id for it.
    package let id: MessageID
    /// The rule that built it.
    package let rule: String
    /// The account whose credentials and pace it uses.
    package let account: String
    /// What to send, to whom.
    package let request: MessageRequest
    /// Sent once per rule, recipient and this key; `nil` when the rule has no `once_per`.
    package let once: OncePer?
    /// When it may leave; `nil` for at once, a time to come makes the message `scheduled`.
    package let dueAt: Timestamp?
    /// Not sent any more from this time on.
    package let expiresAt: Timestamp?
    /// What happens when it is not known whether the partner took it.
    package let onUncertain: OnUncertain
    /// Whether it is sent, or only recorded.
    package let mode: Mode
    /// Why there is this message, as its timeline begins.
    package let cause: String

    /// How often a business fact may be told.
    package struct OncePer: Hashable, Sendable {
        /// The window of a rule that names none: 30 days.
        package static let defaultWindow: Duration = .seconds(30 * 86_400)

        /// What is told once, such as an order's number with its status.
        package let key: String
        /// How long the key holds, from the event's arrival.
        package let window: Duration

        package init(key: String, window: Duration = defaultWindow) {
            self.key = key
            self.window = window
        }
    }

    /// What `on_uncertain` says.
    package enum OnUncertain: String, Hashable, Sendable {
        /// At least once: try again.
        case retry
        /// At most once: a person decides.
        case hold
    }

    /// What `mode` says.
    package enum Mode: String, Hashable, Sendable {
        /// The message is sent.
        case live
        /// The message is stored as suppressed, takes no `once_per` key, and shows what would have been sent.
        case shadow
    }

    package init(
        id: MessageID,
        rule: String,
        account: String,
        request: MessageRequest,
        once: OncePer? = nil,
        dueAt: Timestamp? = nil,
        expiresAt: Timestamp? = nil,
        onUncertain: OnUncertain = .retry,
        mode: Mode = .live,
        cause: String = "the rule matched"
    ) {
        self.id = id
        self.rule = rule
        self.account = account
        self.request = request
        self.once = once
        self.dueAt = dueAt
        self.expiresAt = expiresAt
        self.onUncertain = onUncertain
        self.mode = mode
        self.cause = cause
    }
}
