// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI

/// What one account has on its way, and how much more it may take: pure, time is a parameter, on the steady line.
struct AccountThrottle {
    let limits: AccountLimits
    private(set) var pause: AccountPause
    private(set) var circuit: CircuitBreaker
    private(set) var inFlight = 0
    /// What must not leave for now, and what stopped.
    private(set) var holds = Holds()
    /// The pace after a throttle.
    private(set) var slowdown: Slowdown
    /// Whether what is uncertain waits for a person.
    private(set) var brake: StormBrake
    private var pacer: Pacer?
    /// The pace that all nodes keep together; `nil` where this process has the store for itself, and keeps its own.
    private(set) var shared: SharedPace?
    /// How old a report may be that tells how the account stands now.
    private static let reportsAge: Duration = .seconds(600)
    /// Until then the partner asked for peace.
    private(set) var notBefore: Timestamp?
    /// What is held for a time, and when that was looked at: a list over thousands of recipients is not made at each turn.
    private(set) var waits: [DeliveryStatus.Held] = []
    private(set) var waitsSeen: Timestamp?
    /// Which state of the holds that was.
    private var changesSeen = 0

    /// An account with nothing on its way.
    ///
    /// - Parameters:
    ///   - limits: How it may be used.
    ///   - probe: How long it waits between two probes when its credentials are refused.
    ///   - settings: When its circuit opens.
    ///   - isShared: Whether other nodes send of it too.
    init(
        _ limits: AccountLimits,
        probe: Duration,
        circuit settings: CircuitBreaker.Settings,
        isShared: Bool = false
    ) {
        self.limits = limits
        shared = isShared ? SharedPace() : nil
        pause = AccountPause(interval: probe)
        circuit = CircuitBreaker(settings)
        pacer = isShared ? nil : limits.rate.map { Pacer($0) }
        slowdown = Slowdown(usual: limits.rate)
        brake = StormBrake(limits.uncertainLimit)
    }

    /// What an attempt's end did to the account.
    struct Change: Hashable {
        var pause = AccountPause.Change.none
        var circuit = CircuitBreaker.Change.none
        var brake = StormBrake.Change.none
        /// The part that stopped.
        var stopped: MetaCode.Part?
        /// Whether the account goes slower, or as usual again; `nil` when its pace stays.
        var isSlowed: Bool?
    }

    /// What may leave of an account, but for its pace.
    private enum Way {
        case closed
        /// One message finds out whether others may leave.
        case probe
        /// So many.
        case open(Int)
    }

    private func way(at now: Timestamp) -> Way {
        let room = limits.maxInFlight - inFlight
        guard holds.stops[.account] == nil else { return .closed }
        guard room > 0, notBefore.map({ $0 <= now }) ?? true else { return .closed }
        guard !pause.isPaused || pause.allowsProbe(at: now) else { return .closed }
        // Whatever ends while the circuit is half open is the probe: nothing else may be on its way then.
        guard circuit.isClosed || (inFlight == 0 && circuit.allowsProbe(at: now)) else { return .closed }
        return !pause.isPaused && circuit.isClosed ? .open(room) : .probe
    }

    /// How many messages the account may take now; one when it does not send and a probe is due.
    func quota(at now: Timestamp) -> Int {
        switch way(at: now) {
        case .closed: return 0
        case .probe: return shared?.mayProbe(at: now) ?? true ? 1 : 0
        case .open(let room):
            if let shared { return isPaced ? min(room, shared.available(at: now)) : room }
            return min(room, pacer?.available(at: now) ?? room, slowdown.available(at: now) ?? room)
        }
    }

    /// What this node has to ask the others for before the account takes a message now; `nil` for nothing.
    func wish(at now: Timestamp, lease: Duration) -> AccountStanding.Wish? {
        guard let shared, shared.mayAsk(at: now) else { return nil }
        switch way(at: now) {
        case .closed: return nil
        case .probe:
            return shared.mayProbe(at: now) || shared.othersProbe(at: now) ? nil : .probe(for: lease)
        case .open(let room):
            return isPaced && shared.isEmpty(at: now) ? .places(min(room, shared.want)) : nil
        }
    }

    /// How many messages the account could take now, with all that this node would ask for.
    func possible(at now: Timestamp) -> Int {
        switch wish(at: now, lease: .zero) {
        case .probe: 1
        case .places(let count): count
        case nil: quota(at: now)
        }
    }

    /// Whether the account has a pace.
    private var isPaced: Bool { limits.rate != nil || slowdown.isSlow }

    /// When the account may take a message again, if nothing ends meanwhile; `nil` when something has to end first.
    func nextChance(after now: Timestamp) -> Timestamp? {
        guard inFlight < limits.maxInFlight, holds.stops[.account] == nil else { return nil }
        if let pause = pause.pause, pause.isProbing { return nil }
        if let opening = circuit.opening, opening.isProbing || inFlight > 0 { return nil }
        return waits(after: now).map(\.until).reduce(now, max)
    }

    /// Until when the account may take nothing, and why, as far as time is what it waits for.
    func wait(at now: Timestamp) -> DeliveryStatus.Wait? {
        // Before half a burst may leave, the loop does not look; a single message may leave all the same.
        let isUsedUp = pacer.map { $0.available(at: now) < 1 } ?? shared.map { $0.available(at: now) < 1 } ?? false
        return waits(after: now).filter { $0.until > now && ($0.cause != .rate || isUsedUp) }.max {
            $0.until < $1.until
        }
    }

    /// What time alone can end, some of it over already.
    private func waits(after now: Timestamp) -> [DeliveryStatus.Wait] {
        var all: [(Timestamp?, DeliveryStatus.Wait.Cause)] = [
            (pacer?.nextRefill(after: now), .rate), (slowdown.nextRefill(after: now), .slowed),
            (notBefore, .retryAfter), (pause.pause?.nextProbe, .pause),
            (circuit.opening?.nextProbe, .circuit),
        ]
        if let shared {
            let refill = isPaced ? shared.nextRefill(after: now) : nil
            all[0] = (slowdown.isSlow ? nil : refill, .rate)
            all[1] = (slowdown.isSlow ? refill : nil, .slowed)
            // Another node finds out, and tells; or it does not any more.
            if pause.isPaused || !circuit.isClosed {
                all.append((shared.othersProbeUntil ?? shared.askAt, pause.isPaused ? .pause : .circuit))
            }
        }
        return all.compactMap { time, cause in time.map { .init(until: $0, cause: cause) } }
    }

    /// Notes that messages of the account were claimed.
    mutating func claimed(_ count: Int, at now: Timestamp) {
        guard count > 0 else { return }
        inFlight += count
        pacer?.take(count, at: now)
        shared?.take(count)
        slowdown.take(count, at: now)
        pause.probeLeaves()
        circuit.probeLeaves()
    }

    /// Notes that a claimed message is given back; its request has not left.
    mutating func gaveBack(at now: Timestamp) {
        inFlight -= 1
        pacer?.giveBack(1)
        shared?.giveBack()
        slowdown.giveBack(1)
        pause.probeMissed(at: now)
        circuit.probeMissed()
    }

    /// Whether a message that was claimed has to wait all the same; if so, until when, and why.
    mutating func hold(_ message: () -> Addressee, at now: Timestamp) -> HeldBack? {
        holds.isEmpty ? nil : holds.hold(message(), at: now)
    }

    /// Looks what is held for a time, once a second at most; the first hold after none is seen at once.
    mutating func lookAtWaits(at now: Timestamp) {
        guard !holds.isEmpty || !waits.isEmpty else { return }
        let isNew = waits.isEmpty && holds.changes != changesSeen
        guard isNew || waitsSeen.map({ $0.advanced(by: .seconds(1)) <= now }) ?? true else { return }
        holds.forgetOld(at: now)
        (waits, waitsSeen, changesSeen) = (holds.waits(at: now), now, holds.changes)
    }

    /// Looks at the templates that are paused; see ``Holds/lookAtTemplates(_:at:)``.
    mutating func lookAtTemplates(_ approval: (String, Timestamp) -> Bool?, at now: Timestamp) -> [String] {
        holds.lookAtTemplates(approval, at: now)
    }

    /// A person lets everything go on that had stopped.
    mutating func resume(at now: Timestamp) -> [MetaCode.Part] { holds.resume(at: now) }

    /// Notes how an attempt ended.
    ///
    /// A 429 with `Retry-After` is about the account, not about the message: nothing leaves before that.
    ///
    /// - Parameters:
    ///   - outcome: How it ended.
    ///   - message: To whom it went; asked for only where that matters.
    ///   - began: When its request left.
    ///   - now: The time now.
    /// - Returns: The outcome, with how long the message waits if it is held, and what changed.
    mutating func ended(
        _ outcome: Outcome,
        of message: () -> Addressee,
        began: Timestamp,
        at now: Timestamp
    ) -> (outcome: Outcome, change: Change) {
        inFlight -= 1
        var (outcome, change) = (outcome, Change())
        change.pause = pause.attemptEnded(outcome, at: now)
        change.circuit = circuit.attemptEnded(outcome, at: now)
        change.brake = brake.attemptEnded(outcome, circuit: (change.circuit, circuit.isClosed), at: now)
        switch outcome {
        case .retryable(let detail, let wait?) where detail.status == 429 && detail.metaCode?.tellsOfOutage ?? true:
            rest(until: now.advanced(by: wait))
        case .held(let detail, let span):
            let wait = held(detail, for: span, message, began: began, at: now, &change)
            outcome = .held(detail, for: wait)
        case .accepted:
            if slowdown.accepted(at: now) { change.isSlowed = false }
            if !holds.isEmpty { holds.accepted(message(), began: began) }
        case .refused, .retryable, .uncertain, .unauthorized: break
        }
        return (outcome, change)
    }

    /// Notes that a source reported one of Meta's codes of a message that the partner had taken.
    ///
    /// It says of the recipient, the template and the account what it would say in an answer, from the time on at which it
    /// happened: reports come late. What is about now alone, a pace and a stop, an old one does not tell. Nor does it tell of
    /// the partner's credentials, which took the message.
    ///
    /// - Parameters:
    ///   - code: The code.
    ///   - reason: The same in words.
    ///   - message: To whom it went; asked for only where that matters.
    ///   - taken: When the partner took it.
    ///   - time: When it happened; not after now.
    ///   - now: The time now.
    /// - Returns: What changed.
    mutating func reported(
        _ code: MetaCode,
        because reason: String,
        of message: () -> Addressee,
        taken: Timestamp,
        happened time: Timestamp,
        at now: Timestamp
    ) -> Change {
        var change = Change()
        let isOfNow = time > now.advanced(by: .zero - Self.reportsAge)
        switch code.treatment {
        case .stop(let part):
            guard isOfNow, holds.stop(part, because: reason, began: taken, at: now) else { break }
            change.stopped = part
        case .slowAccount:
            if isOfNow, slowdown.throttled(taken, at: now, among: shared?.nodes ?? 1) { change.isSlowed = true }
        case .restAccount(let span): rest(until: time.advanced(by: span))
        case .pacePair, .holdRecipient, .holdTemplate: holds.heard(code, message(), taken: taken, at: time)
        case .pauseAccount, .fail, .retry, .tryAgain, .hold: break
        }
        return change
    }

    /// Changes what this node shares with others.
    mutating func share(_ change: (inout SharedPace) -> Void) {
        guard var shared else { return }
        change(&shared)
        self.shared = shared
    }

    /// Takes over what keeps the account from sending, by what other nodes learnt.
    mutating func adopt(_ condition: AccountCondition) {
        notBefore = condition.notBefore
        pause.adopt(condition.refusal)
        circuit.adopt(condition.failure, after: condition.failures)
        brake.adopt(condition.uncertain, since: condition.brakedSince)
        slowdown.adopt(condition.slowness)
        holds.adopt(condition)
    }

    private mutating func rest(until time: Timestamp) {
        notBefore = max(notBefore ?? time, time)
    }

    /// How long a message waits that the partner does not take now; what that says of others is noted.
    private mutating func held(
        _ detail: AttemptDetail,
        for span: Duration,
        _ message: () -> Addressee,
        began: Timestamp,
        at now: Timestamp,
        _ change: inout Change
    ) -> Duration {
        guard let code = detail.metaCode else { return span }
        switch code.treatment {
        case .stop(let part):
            if holds.stop(part, because: detail.reason, began: began, at: now) { change.stopped = part }
            return part == .account ? .zero : MetaCode.patience
        case .restAccount: rest(until: now.advanced(by: span))
        case .slowAccount:
            if slowdown.throttled(began, at: now, among: shared?.nodes ?? 1) { change.isSlowed = true }
            if span > .seconds(1) { rest(until: now.advanced(by: span)) }
            return max(span, slowdown.interval ?? span)
        default: break
        }
        return holds.struck(code, message(), began: began, at: now).map { max(span, now.duration(to: $0)) } ?? span
    }
}
