// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The law of a message's states, without clock, store or log: what each happening makes of it.
///
/// ```
/// scheduled ─▶ sending ─▶ accepted          scheduled, queued, retrying, deferred ─▶ cancelled
/// queued    ─▶    │ ├──▶ retrying ─▶ …      failed, uncertain ─▶ queued (a person retries)
/// retrying  ─▶    │ ├──▶ uncertain ─▶ queued (on_uncertain: retry) | stays (hold, or attempts used up)
/// deferred  ─▶    │ └──▶ failed             expired at its claim: suppressed, or failed when it was tried before
///                 └──▶ queued (given back, account paused) | deferred
/// ```
/// A message whose due time has come passes through `queued` within the claim; that is no entry of its timeline.
package struct MessageStateMachine: ~Copyable {
    /// Where the message stands.
    package private(set) var state: MessageState
    /// How many attempts counted so far.
    package private(set) var attempts: Int
    /// When the message may leave next; `nil` unless it waits.
    package private(set) var dueAt: Timestamp?
    /// From when the age of the message counts: when it was first due, or when a person retried it.
    package private(set) var agesFrom: Timestamp
    /// Not sent any more from this time on.
    package private(set) var expiresAt: Timestamp?
    /// The changes since the machine was made, the first one first.
    package private(set) var steps: [Step] = []
    private let onUncertain: NewMessage.OnUncertain

    /// One change of state.
    package struct Step: Hashable, Sendable {
        /// Where the message stood before.
        package let from: MessageState
        /// Where it stood from then on.
        package let to: MessageState
        /// Why, in a sentence.
        package let reason: String

        package init(from: MessageState, to: MessageState, reason: String) {
            self.from = from
            self.to = to
            self.reason = reason
        }
    }

    /// What the caller has to do.
    package enum Action: Hashable, Sendable {
        /// Hand the request to the sender.
        case send
        /// Nothing more: the partner has it.
        case finish(partnerID: String)
        /// Claim it again from then on.
        case schedule(at: Timestamp)
        /// Give it up; a person may retry it.
        case bury(reason: String)
        /// Leave it alone until a person decides.
        case hold(reason: String)
        /// Pause the account; the message waits in the queue.
        case pauseAccount(reason: String)
        /// Nothing more: it is not to leave.
        case drop(reason: String)
    }

    /// A happening that the state does not allow; nothing has changed.
    package struct IllegalTransition: Error, Hashable, CustomStringConvertible {
        /// Where the message stands.
        package let state: MessageState
        /// What was asked for, such as `cancel`.
        package let happening: String

        package init(state: MessageState, happening: String) {
            self.state = state
            self.happening = happening
        }

        package var description: String { "a message in state \(state.rawValue) does not take '\(happening)'" }
    }

    package init(
        state: MessageState,
        attempts: Int,
        dueAt: Timestamp?,
        agesFrom: Timestamp,
        expiresAt: Timestamp?,
        onUncertain: NewMessage.OnUncertain
    ) {
        self.state = state
        self.attempts = attempts
        self.dueAt = dueAt
        self.agesFrom = agesFrom
        self.expiresAt = expiresAt
        self.onUncertain = onUncertain
    }

    /// A worker takes the message, whose due time has come.
    ///
    /// - Returns: `send`; `drop` or `bury` when it has expired.
    package mutating func claim(at now: Timestamp) throws(IllegalTransition) -> Action {
        try require(state.isWaiting, "claim")
        guard let expiresAt, expiresAt <= now else {
            move(to: .sending, because: attempts == 0 ? "due" : "due for another attempt")
            return .send
        }
        let reason = "expired at \(expiresAt.rfc3339), before it could be sent"
        move(to: attempts == 0 ? .suppressed : .failed, because: reason)
        return state == .failed ? .bury(reason: reason) : .drop(reason: reason)
    }

    /// The sender is done with the message.
    ///
    /// - Returns: What becomes of it: `finish`, `bury`, `schedule`, `hold` or `pauseAccount`.
    package mutating func attemptEnded(
        _ outcome: Outcome,
        at now: Timestamp,
        policy: RetryPolicy,
        using generator: inout some RandomNumberGenerator
    ) throws(IllegalTransition) -> Action {
        try require(state == .sending, "attempt ended")
        if case .unauthorized(let detail) = outcome {
            move(to: .queued, due: now, because: "the account's credentials were refused: \(detail.reason)")
            return .pauseAccount(reason: detail.reason)
        }
        attempts += 1
        switch outcome {
        case .accepted(let partnerID):
            move(to: .accepted, because: "the partner took it")
            return .finish(partnerID: partnerID)
        case .refused(let detail), .unauthorized(let detail):
            move(to: .failed, because: detail.reason)
            return .bury(reason: detail.reason)
        case .retryable(let detail, let retryAfter):
            return retryLater(detail.reason, policy.next(query(now, retryAfter), using: &generator))
        case .uncertain(let detail):
            return becomeUncertain(detail.reason, policy.next(query(now), using: &generator))
        }
    }

    /// The lease ran out: the worker died, and the request may have left.
    ///
    /// - Returns: `schedule` or `hold`, as `on_uncertain` says.
    package mutating func leaseExpired(
        at now: Timestamp,
        policy: RetryPolicy,
        using generator: inout some RandomNumberGenerator
    ) throws(IllegalTransition) -> Action {
        try require(state == .sending, "lease expired")
        attempts += 1
        let reason = "the worker that was sending it stopped before it could say how that ended"
        return becomeUncertain(reason, policy.next(query(now), using: &generator))
    }

    /// The partner's answer to an attempt arrived after the lease had run out, and it had been taken.
    ///
    /// Whoever was about to send it again must not.
    package mutating func acceptedLate(partnerID: String) throws(IllegalTransition) -> Action {
        let allowed: [MessageState] = [.uncertain, .queued, .retrying, .deferred, .failed, .cancelled]
        try require(allowed.contains(state), "accepted late")
        move(to: .accepted, because: "the partner's answer came after the lease had run out")
        return .finish(partnerID: partnerID)
    }

    /// The worker gives the message back; the request has not left.
    package mutating func release(at now: Timestamp, because reason: String) throws(IllegalTransition) -> Action {
        try require(state == .sending, "release")
        move(to: .queued, due: now, because: reason)
        return .schedule(at: now)
    }

    /// The message has to wait: quiet hours, a limit.
    package mutating func postpone(to time: Timestamp, because reason: String) throws(IllegalTransition) -> Action {
        try require(state.isWaiting || state == .sending, "defer")
        move(to: .deferred, due: time, because: reason)
        return .schedule(at: time)
    }

    /// Somebody, or a later event, calls the message off.
    package mutating func cancel(because reason: String) throws(IllegalTransition) -> Action {
        try require(state.isWaiting || state == .uncertain, "cancel")
        move(to: .cancelled, because: reason)
        return .drop(reason: reason)
    }

    /// A person wants it sent after all: its attempts and its age count anew, and it expires no more.
    package mutating func retry(at now: Timestamp, because reason: String) throws(IllegalTransition) -> Action {
        try require(state == .failed || state == .uncertain, "retry")
        attempts = 0
        agesFrom = now
        expiresAt = nil
        move(to: .queued, due: now, because: reason)
        return .schedule(at: now)
    }

    private func query(_ now: Timestamp, _ retryAfter: Duration? = nil) -> RetryPolicy.Query {
        .init(attempts: attempts, now: now, agesFrom: agesFrom, expiresAt: expiresAt, retryAfter: retryAfter)
    }

    private mutating func retryLater(_ reason: String, _ verdict: RetryPolicy.Verdict) -> Action {
        switch verdict {
        case .again(let time):
            move(to: .retrying, due: time, because: reason)
            return .schedule(at: time)
        case .enough(let why):
            move(to: .failed, because: "\(reason); \(why)")
            return .bury(reason: "\(reason); \(why)")
        }
    }

    private mutating func becomeUncertain(_ reason: String, _ verdict: RetryPolicy.Verdict) -> Action {
        move(to: .uncertain, because: reason)
        guard onUncertain == .retry else { return .hold(reason: reason) }
        switch verdict {
        case .again(let time):
            move(to: .queued, due: time, because: "on_uncertain is retry: the message may arrive twice")
            return .schedule(at: time)
        case .enough(let why):
            return .hold(reason: "\(reason); \(why)")
        }
    }

    private mutating func move(to next: MessageState, due: Timestamp? = nil, because reason: String) {
        steps.append(Step(from: state, to: next, reason: reason))
        state = next
        dueAt = due
    }

    private func require(_ isLegal: Bool, _ happening: String) throws(IllegalTransition) {
        guard isLegal else { throw IllegalTransition(state: state, happening: happening) }
    }
}
