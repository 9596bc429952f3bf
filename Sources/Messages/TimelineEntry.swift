// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// One change of a message's state: who, when and why.
package struct TimelineEntry: Hashable, Sendable {
    /// When it changed.
    package let at: Timestamp
    /// Who changed it: `hookline` for the service itself, else the name of the person's token or account.
    package let who: String
    /// Where the message stood before; `nil` for the first entry.
    package let from: MessageState?
    /// Where it stood from then on.
    package let to: MessageState
    /// Why, in a sentence; no phone number, no secret.
    package let why: String

    /// What stands in ``who`` for changes that the service makes by itself.
    package static let service = "hookline"

    package init(at: Timestamp, who: String, from: MessageState?, to: MessageState, why: String) {
        self.at = at
        self.who = who
        self.from = from
        self.to = to
        self.why = why
    }

    /// The entry of a change that a machine went through.
    init(_ step: MessageStateMachine.Step, by who: String = Self.service, at now: Timestamp) {
        self.init(at: now, who: who, from: step.from, to: step.to, why: step.reason)
    }
}
