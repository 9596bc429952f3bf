// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import PartnerAPI

/// What a person has done with a message, and why.
package struct Decision: Hashable, Sendable {
    /// What is done; the raw value is its word for programs.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Send a failed message after all.
        case retry
        /// Send an uncertain message again: it may arrive twice.
        case release
        /// Take an uncertain message for accepted: somebody saw that it arrived.
        case markSent = "mark_sent"
        /// Do not send it.
        case cancel

        /// The states that it takes a message from.
        package var states: [MessageState] {
            switch self {
            case .retry: [.failed]
            case .release, .markSent: [.uncertain]
            case .cancel: MessageState.waiting + [.uncertain]
            }
        }
    }

    /// What is done.
    package let kind: Kind
    /// Why, in the person's words, without what could be a phone number; `nil` when nothing was said.
    package let why: String?
    /// Whether it is done even though the recipient wants no such message; the timeline says so.
    package let anyway: Bool

    package init(_ kind: Kind, why: String? = nil, anyway: Bool = false) {
        self.kind = kind
        self.anyway = anyway
        let words = why.map { NumberHiding.hide(in: VisibleText.line($0)) } ?? ""
        self.why = words.isEmpty ? nil : words
    }

    package static let retry = Decision(.retry)
    package static let release = Decision(.release)
    package static let markSent = Decision(.markSent)
    package static let cancel = Decision(.cancel)

    /// What the timeline says.
    fileprivate func reason(by who: String) -> String {
        let words =
            switch kind {
            case .retry: "\(who) wants it sent"
            case .release: "\(who) has it sent again, though it may have arrived"
            case .markSent: "\(who) says that it was sent"
            case .cancel: "\(who) called it off"
            }
        return why.map { "\(words): \($0)" } ?? words
    }
}

/// Another message that tells now what a message tells once, and still will.
package struct Rival: Hashable, Sendable {
    /// Which one.
    package let message: MessageID
    /// Where it stands; `nil` when it is not kept any more.
    package let state: MessageState?
    /// Whether it was made of the same event by a replay; by `once_per` otherwise.
    package let isReplay: Bool

    package init(message: MessageID, state: MessageState?, isReplay: Bool = false) {
        self.message = message
        self.state = state
        self.isReplay = isReplay
    }

    /// Whether a person may pass it by: it never reached anybody, and will not by itself.
    fileprivate var givesWay: Bool { state == .failed || state == .cancelled || state == .suppressed }

    fileprivate var advice: String {
        let tells = "\(message) tells the same (\(isReplay ? "replayed" : "its rule tells it once, once_per"))"
        return switch state {
        case .accepted, nil: "\(tells) and has left: there is nothing to send"
        case .uncertain: "\(tells) and is uncertain: decide about that one first"
        default: "\(tells) and is about to: leave this one, or cancel that one first"
        }
    }
}

extension MessageRecord {
    /// Carries out what a person decided.
    ///
    /// A message that is retried or released meets all gates anew when it is claimed. One that was called off, or has
    /// expired, is not released: those are gates too. It takes over what it tells once (``onceFact``) from a rival that
    /// never reached anybody.
    ///
    /// - Parameters:
    ///   - decision: What was decided.
    ///   - who: Who did.
    ///   - now: The time now.
    ///   - rival: Who else tells now, and still will, what this message tells once.
    ///   - optOuts: What stands of its recipient, who is asked again only where the person does not override that.
    /// - Returns: The new entries of its timeline.
    /// - Throws: When its state does not allow that, it was never built, or another message has told the same meanwhile;
    ///   nothing has changed then.
    package mutating func decide(
        _ decision: Decision,
        by who: String,
        at now: Timestamp,
        rival: Rival? = nil,
        optOuts: [ConsentEntry] = []
    ) throws(MessageStateMachine.IllegalTransition) -> [TimelineEntry] {
        var machine = machine()
        let reason = decision.reason(by: who)
        switch decision.kind {
        case .retry:
            // What it said matters only where its state lets it go.
            try machine.retry(at: now, because: reason)
            try requireBuilt()
        case .release:
            try machine.sendAgain(at: now, calledOffBy: calledOffBy, because: reason)
        case .markSent: try machine.markSent(because: reason)
        case .cancel: try machine.cancel(because: reason)
        }
        if machine.state == .queued, let rival, rival.message != message.id, !rival.givesWay {
            throw .init(state: message.state, happening: decision.kind.rawValue, advice: rival.advice)
        }
        if machine.state == .queued, let hold = unexpired.hold(against: optOuts, at: now) {
            guard decision.anyway else {
                let advice = "\(hold.reason); --anyway sends it all the same, and says so in its timeline"
                throw .init(state: message.state, happening: decision.kind.rawValue, advice: advice)
            }
            overridesUntil = now
            let entry = note("\(who) overrides that the message is not wanted: \(hold.reason)", by: who, at: now)
            if decision.kind == .retry { calledOffBy = nil }
            arrival = arrival.map { _ in Arrival() }
            return entry + follow(machine, by: who, at: now)
        }
        if decision.kind == .retry { calledOffBy = nil }
        // Whatever is known of it is of the journey before.
        if machine.state == .queued { arrival = arrival.map { _ in Arrival() } }
        return follow(machine, by: who, at: now)
    }

    /// The same without an expiry, which a decision may lift.
    private var unexpired: MessageRecord {
        var record = self
        record.message.expiresAt = nil
        return record
    }

    /// Whether there is something to send: its request, or a digest that can be built.
    package var isSayable: Bool { message.request != nil || digest?.isBuilt == false }

    private func requireBuilt() throws(MessageStateMachine.IllegalTransition) {
        guard !isSayable else { return }
        let advice =
            timelineLength <= 1
            ? "it was never built: mend the rule, and replay its event" : "what it said is not kept any more"
        throw .init(state: message.state, happening: Decision.Kind.retry.rawValue, advice: advice)
    }

    /// What it tells once; `nil` when it may be told any number of times, or was never built.
    package var onceFact: Fact? {
        guard let onceKey, let request = message.request?.message else { return nil }
        return Fact(kind: .once, rule: message.rule, recipient: request.recipient, key: onceKey)
    }
}
