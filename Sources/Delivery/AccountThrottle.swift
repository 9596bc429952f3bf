// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox

/// What one account has on its way, and how much more it may take: pure, time is a parameter, on the steady line.
struct AccountThrottle {
    let limits: AccountLimits
    private(set) var pause: AccountPause
    private(set) var circuit: CircuitBreaker
    private(set) var inFlight = 0
    private var pacer: Pacer?
    /// Until then the partner asked for peace.
    private var notBefore: Timestamp?

    /// An account with nothing on its way.
    init(_ limits: AccountLimits, probe: Duration, circuit settings: CircuitBreaker.Settings) {
        self.limits = limits
        pause = AccountPause(interval: probe)
        circuit = CircuitBreaker(settings)
        pacer = limits.rate.map { Pacer($0) }
    }

    /// What an attempt's end did to the account.
    struct Change: Hashable {
        var pause = AccountPause.Change.none
        var circuit = CircuitBreaker.Change.none
    }

    /// How many messages the account may take now; one when it does not send and a probe is due.
    func quota(at now: Timestamp) -> Int {
        let room = limits.maxInFlight - inFlight
        guard room > 0, notBefore.map({ $0 <= now }) ?? true else { return 0 }
        guard !pause.isPaused || pause.allowsProbe(at: now) else { return 0 }
        // Whatever ends while the circuit is half open is the probe: nothing else may be on its way then.
        guard circuit.isClosed || (inFlight == 0 && circuit.allowsProbe(at: now)) else { return 0 }
        guard !pause.isPaused, circuit.isClosed else { return 1 }
        return min(room, pacer?.available(at: now) ?? room)
    }

    /// When the account may take a message again, if nothing ends meanwhile; `nil` when something has to end first.
    func nextChance(after now: Timestamp) -> Timestamp? {
        guard inFlight < limits.maxInFlight else { return nil }
        if let pause = pause.pause, pause.isProbing { return nil }
        if let opening = circuit.opening, opening.isProbing || inFlight > 0 { return nil }
        return waits(after: now).map(\.until).reduce(now, max)
    }

    /// Until when the account may take nothing, and why, as far as time is what it waits for.
    func wait(at now: Timestamp) -> DeliveryStatus.Wait? {
        // Before half a burst may leave, the loop does not look; a single message may leave all the same.
        let isPaced = pacer.map { $0.available(at: now) < 1 } ?? false
        return waits(after: now).filter { $0.until > now && ($0.cause != .rate || isPaced) }.max { $0.until < $1.until }
    }

    /// What time alone can end, some of it over already.
    private func waits(after now: Timestamp) -> [DeliveryStatus.Wait] {
        let all: [(Timestamp?, DeliveryStatus.Wait.Cause)] = [
            (pacer?.nextRefill(after: now), .rate), (notBefore, .retryAfter), (pause.pause?.nextProbe, .pause),
            (circuit.opening?.nextProbe, .circuit),
        ]
        return all.compactMap { time, cause in time.map { .init(until: $0, cause: cause) } }
    }

    /// Notes that messages of the account were claimed.
    mutating func claimed(_ count: Int, at now: Timestamp) {
        guard count > 0 else { return }
        inFlight += count
        pacer?.take(count, at: now)
        pause.probeLeaves()
        circuit.probeLeaves()
    }

    /// Notes that a claimed message is given back; its request has not left.
    mutating func gaveBack(at now: Timestamp) {
        inFlight -= 1
        pacer?.giveBack(1)
        pause.probeMissed(at: now)
        circuit.probeMissed()
    }

    /// Notes how an attempt ended.
    ///
    /// A 429 with `Retry-After` is about the account, not about the message: nothing leaves before that.
    mutating func ended(_ outcome: Outcome, at now: Timestamp) -> Change {
        inFlight -= 1
        if case .retryable(let detail, let wait?) = outcome, detail.status == 429 {
            notBefore = max(notBefore ?? now, now.advanced(by: wait))
        }
        return Change(pause: pause.attemptEnded(outcome, at: now), circuit: circuit.attemptEnded(outcome, at: now))
    }
}
