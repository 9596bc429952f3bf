// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// How long what is settled is kept.
package struct Retention: Hashable, Sendable {
    /// Events with their messages, from the event's arrival.
    package let events: Duration
    /// Requests that were turned away.
    package let rejections: Duration

    /// What is kept.
    ///
    /// - Parameters:
    ///   - events: 90 days unless said otherwise.
    ///   - rejections: 14 days unless said otherwise.
    package init(events: Duration = .seconds(90 * 86_400), rejections: Duration = .seconds(14 * 86_400)) {
        self.events = events
        self.rejections = rejections
    }
}

extension MessageState {
    /// The states that keep a message, and its event with it, however old it is: what waits, what is on its way, and
    /// what nobody has decided about.
    package static let kept: [MessageState] = waiting + [.sending, .uncertain]
}

/// What pruning deleted.
package struct Pruned: Hashable, Sendable {
    /// Events, each with its messages.
    package let events: Int
    /// The messages of those events.
    package let messages: Int
    /// Requests that were turned away.
    package let rejections: Int
    /// Dedupe, `once_per` and idempotency keys whose window is over.
    package let keys: Int
    /// Whether nothing is left to delete.
    package let isComplete: Bool

    package init(events: Int, messages: Int, rejections: Int, keys: Int, isComplete: Bool) {
        self.events = events
        self.messages = messages
        self.rejections = rejections
        self.keys = keys
        self.isComplete = isComplete
    }
}
