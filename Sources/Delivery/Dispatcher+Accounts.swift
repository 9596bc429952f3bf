// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Logging
import Messages
import Outbox
import PartnerAPI
import Traces

extension Dispatcher {
    /// Tells operators, metrics and observers what an attempt's end did to its account; nothing when it did nothing.
    func announce(_ change: AccountThrottle.Change, of account: String, because reason: String?) {
        let reason = reason ?? ""
        announce(change.pause, account, reason)
        announce(change.circuit, account, reason)
        announce(change.brake, account)
        if let part = change.stopped { announce(stopped: part, of: account, because: reason) }
        if let isSlowed = change.isSlowed { announce(isSlowed: isSlowed, account, reason) }
    }

    /// Counts one of Meta's codes that came with an answer, and tells operators of those that need them.
    func announce(_ code: MetaCode, _ detail: AttemptDetail, _ message: ClaimedMessage) {
        metrics.metaCode(detail.code, account: message.account)
        announce(code, account: message.account, rule: message.rule, because: detail.reason, message.trace)
    }

    /// Tells operators of a code of Meta's that needs them, once for each rule or account.
    func announce(
        _ code: MetaCode,
        account: String,
        rule: String,
        because reason: String,
        _ trace: TraceContext? = nil
    ) {
        if code.doubtsTemplate { templates.doubt() }
        switch code.alert {
        case .none: return
        case .rule:
            guard isNews("\(account)/\(rule)/\(code.label)") else { return }
            logger.error(
                "WhatsApp refuses a rule's messages: mend the rule or its template",
                metadata: ["rule": "\(rule)", "account": "\(account)", "reason": "\(reason)"].with(trace)
            )
        case .account:
            guard isNews("\(account)/\(code.label)") else { return }
            logger.error(
                "WhatsApp refuses some of an account's messages",
                metadata: ["account": "\(account)", "reason": "\(reason)"].with(trace)
            )
        }
    }

    /// Tells that a portfolio's recipients of the day are nearly used up.
    func announce(_ warning: (name: String, percent: Int)) {
        logger.warning(
            "a portfolio's new recipients of the last 24 hours come near its limit: beyond it, new ones wait",
            metadata: ["portfolio": "\(warning.name)", "percent": "\(warning.percent)"]
        )
        observer.observe(.portfolioNearLimit(warning.name, percent: warning.percent))
    }

    /// Tells that a person let a part of an account go on.
    func announce(resumed part: MetaCode.Part, of account: String) {
        logger.notice("\(part.subject) goes on, as a person wants it", metadata: ["account": "\(account)"])
        metrics.stopped(false, part, account: account)
        observer.observe(.partResumed(account, part))
    }

    private func announce(_ change: StormBrake.Change, _ account: String) {
        switch change {
        case .none: return
        case .engaged:
            logger.error(
                "too many answers of an account leave open whether messages were taken: such messages wait for a person",
                metadata: ["account": "\(account)"]
            )
        case .released:
            logger.notice(
                "uncertain messages of the account are left to their rules again",
                metadata: ["account": "\(account)"]
            )
        }
        metrics.holdsUncertain(change == .engaged, account: account)
        observer.observe(change == .engaged ? .brakeEngaged(account) : .brakeReleased(account))
    }

    /// Tells that a part of an account waits for a person.
    func announce(stopped part: MetaCode.Part, of account: String, because reason: String) {
        logger.error(
            "\(part.subject) stopped, and its messages wait: mend what is wrong, then 'hookline accounts resume'",
            metadata: ["account": "\(account)", "reason": "\(reason)"]
        )
        metrics.stopped(true, part, account: account)
        observer.observe(.partStopped(account, part))
    }

    private func announce(isSlowed: Bool, _ account: String, _ reason: String) {
        if isSlowed {
            logger.warning(
                "the partner throttles the account, which goes slower for a while",
                metadata: ["account": "\(account)", "reason": "\(reason)"]
            )
        } else {
            logger.notice("the account goes at its usual pace again", metadata: ["account": "\(account)"])
        }
        metrics.slowed(isSlowed, account: account)
    }

    /// Tells that somebody set the wall clock.
    func announce(step: Duration) {
        let seconds = Int64(step.inSeconds.rounded())
        logger.warning(
            "the machine's clock was set: pauses and paces go on as they were, and what was due stays due",
            metadata: ["seconds": "\(seconds)"]
        )
        metrics.clockStepped()
    }

    private func announce(_ change: AccountPause.Change, _ account: String, _ reason: String) {
        switch change {
        case .none:
            return
        case .paused:
            logger.error(
                "the partner refuses the account's credentials: its messages wait until it takes them again",
                metadata: ["account": "\(account)", "reason": "\(reason)"]
            )
            observer.observe(.accountPaused(account))
        case .resumed:
            logger.notice("the partner takes the account's credentials", metadata: ["account": "\(account)"])
            observer.observe(.accountResumed(account))
        }
        metrics.paused(change == .paused, account: account)
    }

    private func announce(_ change: CircuitBreaker.Change, _ account: String, _ reason: String) {
        switch change {
        case .none:
            return
        case .opened:
            logger.error(
                "the partner fails again and again: the account's messages wait, one at a time finds out if it is back",
                metadata: ["account": "\(account)", "reason": "\(reason)"]
            )
            observer.observe(.circuitOpened(account))
        case .closed:
            logger.notice("the partner answers again", metadata: ["account": "\(account)"])
            observer.observe(.circuitClosed(account))
        }
        metrics.circuitOpen(change == .opened, account: account)
    }
}
