// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// What a person can decide about a message.
package enum Decision: Hashable, Sendable {
    /// Send it after all: out of `failed` or `uncertain`.
    case retry
    /// Do not send it: out of every waiting state, and `uncertain`.
    case cancel
}

extension MessageRecord {
    /// Carries out what a person decided.
    ///
    /// - Parameters:
    ///   - decision: What was decided.
    ///   - who: Who did.
    ///   - now: The time now.
    /// - Returns: The new entries of its timeline.
    /// - Throws: When its state does not allow that, or it was never built; nothing has changed then.
    package mutating func decide(
        _ decision: Decision,
        by who: String,
        at now: Timestamp
    ) throws(MessageStateMachine.IllegalTransition) -> [TimelineEntry] {
        var machine = machine()
        switch decision {
        case .retry:
            guard message.request != nil else {
                throw .init(state: message.state, happening: "retry, because it was never built")
            }
            try machine.retry(at: now, because: "\(who) wants it sent")
        case .cancel:
            try machine.cancel(because: "\(who) called it off")
        }
        return follow(machine, by: who, at: now)
    }
}
