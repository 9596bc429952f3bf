// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The law of a message's states, without clock, store or log: what each happening makes of it.
///
/// ```
/// scheduled ─▶ sending ─▶ accepted          scheduled, queued, retrying, deferred ─▶ cancelled
/// queued    ─▶    │ ├──▶ retrying ─▶ …      failed ─▶ queued (a person retries)
/// retrying  ─▶    │ ├──▶ uncertain ─▶ queued (on_uncertain: retry) | stays (hold, or attempts used up)
/// deferred  ─▶    │ │                       uncertain ─▶ queued, accepted, cancelled (a person decides)
///                 │ └──▶ failed             expired at its claim: suppressed, or failed when it was tried before
///                 ├──▶ queued (given back, account paused or stopped; leaves as its rule's `otherwise`)
///                 └──▶ deferred (throttled, held back) ─▶ … | failed, suppressed (it would wait too long)
/// accepted  ─▶ failed, deferred (reported as not delivered)
/// A digest that is due: scheduled, queued, retrying, deferred ─▶ queued (built) | failed (could not be built)
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
    /// Whether the message leaves as its rule's `otherwise` from then on.
    package private(set) var takesOtherwise = false
    /// What has to happen before the message may leave, by which it can be found then; `nil` where time alone decides.
    package private(set) var waitsFor: String?
    private let onUncertain: OnUncertain
    private let alternative: Alternative.Form?

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

    /// A happening that the state does not allow; nothing has changed.
    package struct IllegalTransition: Error, Hashable, CustomStringConvertible {
        /// Where the message stands.
        package let state: MessageState
        /// What was asked for, such as `cancel`.
        package let happening: String
        /// Why, where the state alone does not say it, and what to do instead.
        package let advice: String?

        package init(state: MessageState, happening: String, advice: String? = nil) {
            self.state = state
            self.happening = happening
            self.advice = advice
        }

        package var description: String {
            let sentence = "a message in state \(state.rawValue) does not take '\(happening)'"
            return advice.map { "\(sentence): \($0)" } ?? sentence
        }
    }

    package init(
        state: MessageState,
        attempts: Int,
        dueAt: Timestamp?,
        agesFrom: Timestamp,
        expiresAt: Timestamp?,
        onUncertain: OnUncertain,
        alternative: Alternative.Form? = nil
    ) {
        self.state = state
        self.attempts = attempts
        self.dueAt = dueAt
        self.agesFrom = agesFrom
        self.expiresAt = expiresAt
        self.onUncertain = onUncertain
        self.alternative = alternative
    }

    /// How the reason of a message begins that has expired on its way.
    static let expiredWords = "expired at "

    /// A worker takes the message, whose due time has come: `sending`; `suppressed` or `failed` when it has expired.
    package mutating func claim(at now: Timestamp) throws(IllegalTransition) {
        try require(state.isWaiting, "claim")
        guard let expiresAt, expiresAt <= now else {
            return move(to: .sending, because: attempts == 0 ? "due" : "due for another attempt")
        }
        let reason = "\(Self.expiredWords)\(expiresAt.rfc3339), before it could be sent"
        move(to: attempts == 0 ? .suppressed : .failed, because: reason)
    }

    /// The sender is done with the message.
    ///
    /// Refused credentials are the account's trouble: the message waits in the queue, and the attempt does not count. No
    /// more does one that ended with a throttle. A message that has an ``Alternative`` for such an end leaves as that at
    /// once, however often it was tried.
    ///
    /// - Parameters:
    ///   - outcome: How the attempt ended.
    ///   - now: When.
    ///   - policy: When it is tried again.
    ///   - brake: Why nothing that is uncertain is sent again by itself for now; `nil` where `on_uncertain` decides.
    ///   - generator: Where the jitter comes from.
    /// - Throws: When it was not claimed.
    package mutating func attemptEnded(
        _ outcome: Outcome,
        at now: Timestamp,
        policy: RetryPolicy,
        brake: String? = nil,
        using generator: inout some RandomNumberGenerator
    ) throws(IllegalTransition) {
        try require(state == .sending, "attempt ended")
        if outcome.counts { attempts += 1 }
        if let reason = outcome.reason(toTake: alternative) { return leaveOtherwise(because: reason, at: now) }
        switch outcome {
        case .unauthorized(let detail):
            move(to: .queued, due: now, because: "the account's credentials were refused: \(detail.reason)")
        case .accepted(_, let isHeldByMeta):
            let note = "; WhatsApp holds it back for now, to see how others like it fare (held_for_quality_assessment)"
            move(to: .accepted, because: "the partner took it" + (isHeldByMeta ? note : ""))
        case .refused(let detail):
            move(to: .failed, because: detail.reason)
        case .retryable(let detail, let retryAfter):
            retryLater(detail.reason, policy.next(query(now, retryAfter), using: &generator))
        case .uncertain(let detail):
            if let brake, onUncertain == .retry {
                return move(to: .uncertain, because: "\(detail.reason); \(brake)")
            }
            becomeUncertain(detail.reason, policy.next(query(now), using: &generator))
        case .held(let detail, .zero):
            move(to: .queued, due: now, because: "\(detail.reason); it waits until a person lets the account go on")
        case .held(let detail, let span):
            let until = now.advanced(by: span)
            wait(detail.reason, policy.hold(until: until, at: now, agesFrom: agesFrom, expiresAt: expiresAt), .failed)
        }
    }

    /// The message was claimed, and must not leave yet for what was learnt meanwhile of its recipient, its template or
    /// its account: `deferred`; `failed` or `suppressed` when it would wait too long.
    ///
    /// - Parameters:
    ///   - time: Until when; `nil` where nobody knows, and it waits as long as it may.
    ///   - now: The time now.
    ///   - policy: How long it may wait.
    ///   - reason: Why.
    ///   - condition: What has to happen before, by which it can be found then.
    ///   - isOwn: Whether that is about what the message says, so that it leaves as its ``Alternative`` where it has one.
    /// - Throws: When it was not claimed.
    package mutating func holdBack(
        until time: Timestamp?,
        at now: Timestamp,
        policy: RetryPolicy,
        because reason: String,
        condition: String? = nil,
        isOwn: Bool = false
    ) throws(IllegalTransition) {
        try require(state == .sending, "hold back")
        if isOwn, alternative != nil { return leaveOtherwise(because: reason, at: now) }
        let verdict =
            time.map { policy.hold(until: $0, at: now, agesFrom: agesFrom, expiresAt: expiresAt) }
            ?? policy.holdOpenly(at: now, agesFrom: agesFrom, expiresAt: expiresAt)
        wait(reason, verdict, attempts == 0 ? .suppressed : .failed)
        if state == .deferred { waitsFor = condition }
    }

    /// The lease ran out: the worker died, and the request may have left; queued again or held, as `on_uncertain` says.
    package mutating func leaseExpired(
        at now: Timestamp,
        policy: RetryPolicy,
        using generator: inout some RandomNumberGenerator
    ) throws(IllegalTransition) {
        try require(state == .sending, "lease expired")
        attempts += 1
        let reason = "the worker that was sending it stopped before it could say how that ended"
        becomeUncertain(reason, policy.next(query(now), using: &generator))
    }

    /// The partner's answer to an attempt arrived after the lease had run out, and it had been taken.
    ///
    /// Whoever was about to send it again must not.
    package mutating func acceptedLate() throws(IllegalTransition) {
        let allowed: [MessageState] = [.uncertain, .queued, .retrying, .deferred, .failed, .cancelled]
        try require(allowed.contains(state), "accepted late")
        move(to: .accepted, because: "the partner's answer came after the lease had run out")
    }

    /// A source reports that WhatsApp or the phone has the message: the partner took it, whatever was thought, and it must
    /// not be sent again.
    package mutating func reportedTaken(because reason: String) throws(IllegalTransition) {
        let allowed: [MessageState] = [.uncertain, .scheduled, .queued, .retrying, .deferred, .failed, .cancelled]
        try require(allowed.contains(state), "reported as taken")
        move(to: .accepted, because: reason)
    }

    /// What becomes of a message that did not get to the phone.
    package enum Undelivered: Hashable, Sendable {
        /// It gets no other try.
        case failed
        /// It waits for another try.
        case again(after: Duration)
        /// It leaves as its ``Alternative``, at once.
        case otherwise
    }

    /// A source reports that the message did not get to the phone: `failed`, `deferred` where its code says that a wait
    /// helps, or `queued` as its ``Alternative``.
    ///
    /// - Parameters:
    ///   - reason: What was reported.
    ///   - fate: What becomes of it.
    ///   - now: The time now.
    ///   - policy: How long a message is tried.
    /// - Throws: When it is neither `accepted` nor `uncertain`.
    package mutating func reportedUndelivered(
        because reason: String,
        _ fate: Undelivered,
        at now: Timestamp,
        policy: RetryPolicy
    ) throws(IllegalTransition) {
        try require(state == .accepted || state == .uncertain, "reported as not delivered")
        switch fate {
        case .failed: move(to: .failed, because: reason)
        case .again(let span):
            let until = now.advanced(by: span)
            wait(reason, policy.hold(until: until, at: now, agesFrom: agesFrom, expiresAt: expiresAt), .failed)
        case .otherwise: leaveOtherwise(because: reason, at: now)
        }
    }

    /// The worker gives the message back; the request has not left.
    package mutating func release(at now: Timestamp, because reason: String) throws(IllegalTransition) {
        try require(state == .sending, "release")
        move(to: .queued, due: now, because: reason)
    }

    /// The message has to wait: quiet hours, a limit.
    package mutating func postpone(to time: Timestamp, because reason: String) throws(IllegalTransition) {
        try require(state.isWaiting || state == .sending, "defer")
        move(to: .deferred, due: time, because: reason)
    }

    /// The message is not to leave, because of what left before it or of when it could: `suppressed`, or `failed` when it
    /// was tried before.
    package mutating func suppress(because reason: String) throws(IllegalTransition) {
        try require(state.isWaiting, "suppress")
        move(to: attempts == 0 ? .suppressed : .failed, because: reason)
    }

    /// A digest has its text: it may leave as soon as there is room.
    package mutating func enqueue(at now: Timestamp, because reason: String) throws(IllegalTransition) {
        try require(state.isWaiting, "enqueue")
        move(to: .queued, due: now, because: reason)
    }

    /// A digest cannot be built.
    package mutating func fail(because reason: String) throws(IllegalTransition) {
        try require(state.isWaiting, "fail")
        move(to: .failed, because: reason)
    }

    /// Somebody, or a later event, calls the message off.
    package mutating func cancel(because reason: String) throws(IllegalTransition) {
        try require(state.isWaiting || state == .uncertain, "cancel")
        move(to: .cancelled, because: reason)
    }

    /// A person wants it sent after all: its attempts and its age count anew, and it expires no more.
    package mutating func retry(at now: Timestamp, because reason: String) throws(IllegalTransition) {
        let advice = "nobody knows whether it arrived; release it to send it again, or mark it as sent"
        try require(state == .failed, "retry", state == .uncertain ? advice : nil)
        attempts = 0
        agesFrom = now
        expiresAt = nil
        move(to: .queued, due: now, because: reason)
    }

    /// A person has it sent again though it may have arrived: its age counts anew, and its attempts from the one that may
    /// have.
    ///
    /// Unlike a retry it keeps its expiry, and what called it off counts: it may have been told already.
    package mutating func sendAgain(
        at now: Timestamp,
        calledOffBy event: String?,
        because reason: String
    ) throws(IllegalTransition) {
        try require(state == .uncertain, "release", state == .failed ? "it did not arrive; retry it" : nil)
        if let event { try require(false, "release", "it was called off by \(event); cancel it, or mark it as sent") }
        if let expiresAt, expiresAt <= now {
            try require(false, "release", "it expired at \(expiresAt.rfc3339); cancel it, or mark it as sent")
        }
        attempts = min(attempts, 1)
        agesFrom = now
        move(to: .queued, due: now, because: reason)
    }

    /// A person saw that it arrived.
    package mutating func markSent(because reason: String) throws(IllegalTransition) {
        try require(state == .uncertain, "mark_sent")
        move(to: .accepted, because: reason)
    }

    private func query(_ now: Timestamp, _ retryAfter: Duration? = nil) -> RetryPolicy.Query {
        .init(attempts: attempts, now: now, agesFrom: agesFrom, expiresAt: expiresAt, retryAfter: retryAfter)
    }

    private mutating func retryLater(_ reason: String, _ verdict: RetryPolicy.Verdict) {
        switch verdict {
        case .again(let time): move(to: .retrying, due: time, because: reason)
        case .enough(let why): move(to: .failed, because: "\(reason); \(why)")
        }
    }

    private mutating func wait(_ reason: String, _ verdict: RetryPolicy.Verdict, _ end: MessageState) {
        switch verdict {
        case .again(let time): move(to: .deferred, due: time, because: reason)
        case .enough(let why): move(to: end, because: "\(reason); \(why)")
        }
    }

    private mutating func leaveOtherwise(because reason: String, at now: Timestamp) {
        takesOtherwise = true
        move(to: .queued, due: now, because: "\(reason); it leaves as its rule's 'otherwise' instead")
    }

    private mutating func becomeUncertain(_ reason: String, _ verdict: RetryPolicy.Verdict) {
        guard onUncertain == .retry else { return move(to: .uncertain, because: reason) }
        switch verdict {
        case .again(let time):
            move(to: .uncertain, because: reason)
            move(to: .queued, due: time, because: "on_uncertain is retry: the message may arrive twice")
        case .enough(let why):
            move(to: .uncertain, because: "\(reason); \(why)")
        }
    }

    private mutating func move(to next: MessageState, due: Timestamp? = nil, because reason: String) {
        steps.append(Step(from: state, to: next, reason: reason))
        state = next
        dueAt = due
    }

    private func require(
        _ isLegal: Bool,
        _ happening: String,
        _ advice: String? = nil
    ) throws(IllegalTransition) {
        guard isLegal else { throw IllegalTransition(state: state, happening: happening, advice: advice) }
    }
}
