// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Outbox

/// What one account has on its way, and how much more it may take: pure, time is a parameter.
struct AccountDesk {
    let limits: AccountLimits
    private(set) var pause: AccountPause
    private(set) var inFlight = 0
    private var pacer: Pacer?
    /// Until then the partner asked for peace.
    private var notBefore: Timestamp?

    /// An account with nothing on its way.
    init(_ limits: AccountLimits, probe: Duration) {
        self.limits = limits
        pause = AccountPause(interval: probe)
        pacer = limits.rate.map { Pacer($0) }
    }

    /// How many messages the account may take now; one when it is paused and a probe is due.
    func quota(at now: Timestamp) -> Int {
        let room = limits.maxInFlight - inFlight
        guard room > 0, notBefore.map({ $0 <= now }) ?? true else { return 0 }
        guard !pause.isPaused else { return pause.allowsProbe(at: now) ? 1 : 0 }
        return min(room, pacer?.available(at: now) ?? room)
    }

    /// When the account may take a message again, if nothing ends meanwhile; `nil` when something has to end first.
    func nextChance(after now: Timestamp) -> Timestamp? {
        guard inFlight < limits.maxInFlight else { return nil }
        let paced = pacer?.nextRefill(after: now) ?? now
        let allowed = max(paced, notBefore ?? now)
        guard let pause = pause.pause else { return allowed }
        return pause.isProbing ? nil : max(allowed, pause.nextProbe)
    }

    /// Notes that messages of the account were claimed.
    mutating func claimed(_ count: Int, at now: Timestamp) {
        guard count > 0 else { return }
        inFlight += count
        pacer?.take(count, at: now)
        pause.probeLeaves()
    }

    /// Notes that a claimed message is given back; its request has not left.
    mutating func gaveBack(at now: Timestamp) {
        inFlight -= 1
        pacer?.giveBack(1)
        pause.probeMissed(at: now)
    }

    /// Notes how an attempt ended.
    ///
    /// A 429 with `Retry-After` is about the account, not about the message: nothing leaves before that.
    mutating func ended(_ outcome: Outcome, at now: Timestamp) -> AccountPause.Change {
        inFlight -= 1
        if case .retryable(let detail, let wait?) = outcome, detail.status == 429 {
            notBefore = max(notBefore ?? now, now.advanced(by: wait))
        }
        return pause.attemptEnded(outcome, at: now)
    }
}
