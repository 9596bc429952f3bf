// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import PartnerAPI

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
    ///   - holder: Who tells now, and still will, what this message tells once (``onceFact``).
    /// - Returns: The new entries of its timeline.
    /// - Throws: When its state does not allow that, it was never built, or another message has told the same meanwhile;
    ///   nothing has changed then.
    package mutating func decide(
        _ decision: Decision,
        by who: String,
        at now: Timestamp,
        holder: MessageID? = nil
    ) throws(MessageStateMachine.IllegalTransition) -> [TimelineEntry] {
        var machine = machine()
        switch decision {
        case .retry:
            guard message.request != nil else {
                throw .init(state: message.state, happening: "retry, because it was never built")
            }
            if let holder, holder != message.id {
                let happening = "retry, because \(holder) tells the same (once_per): cancel that one first, or leave it"
                throw .init(state: message.state, happening: happening)
            }
            try machine.retry(at: now, because: "\(who) wants it sent")
            calledOffBy = nil
        case .cancel:
            try machine.cancel(because: "\(who) called it off")
        }
        return follow(machine, by: who, at: now)
    }

    /// What it tells once; `nil` when it may be told any number of times, or was never built.
    package var onceFact: Fact? {
        guard let onceKey, let request = message.request?.message else { return nil }
        return Fact(kind: .once, rule: message.rule, recipient: request.recipient, key: onceKey)
    }
}
